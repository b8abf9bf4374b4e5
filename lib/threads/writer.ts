/**
 * The code of the writer: a thread that may read and write the output directory and nothing else.
 *
 * @module
 */
import { publishFiles, touch } from "../publish/publish.ts";
import { answerMessages } from "./answer.ts";
import type { FromWriter, ToWriter } from "./messages.ts";

answerMessages<ToWriter, FromWriter>((message) => {
  const { directory } = message;
  if (message.kind === "touch") {
    touch(directory);
    return { message: { kind: "touched" } };
  }
  const { files, sync, stop } = message;
  const isStopped = () => Atomics.load(stop, 0) !== 0;
  const published = publishFiles(directory, files, { sync, isStopped });
  return { message: { kind: "published", published } };
});
