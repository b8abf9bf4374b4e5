/**
 * The code of the writer: a thread that may read and write the output directory and nothing else.
 *
 * @module
 */
import { publishFiles } from "../publish/publish.ts";
import { answerMessages } from "./answer.ts";
import type { FromWriter, ToWriter } from "./messages.ts";

answerMessages<ToWriter, FromWriter>(({ directory, files }) => {
  publishFiles(directory, files);
  return { message: { kind: "published" } };
});
