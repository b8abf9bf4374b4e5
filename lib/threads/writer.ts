/**
 * The code of the writer: a thread that may read and write the output directory, and those of the cache
 * and of the report, and nothing else.
 *
 * @module
 */
import { keepCache, publishFiles, saveReport, touch } from "../publish/publish.ts";
import { answerMessages } from "./answer.ts";
import type { FromWriter, ToWriter } from "./messages.ts";

answerMessages<ToWriter, FromWriter>((message) => {
  switch (message.kind) {
    case "publish": {
      const { directory, files, sync, stop } = message;
      const isStopped = () => Atomics.load(stop, 0) !== 0;
      const published = publishFiles(directory, files, { sync, isStopped });
      return { message: { kind: "published", published } };
    }
    case "keep":
      return { message: { kind: "kept", messages: keepCache(message) } };
    case "save":
      return { message: { kind: "kept", messages: saveReport(message) } };
    case "touch":
      touch(message.directory);
      return { message: { kind: "touched" } };
  }
});
