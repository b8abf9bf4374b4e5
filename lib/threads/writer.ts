/**
 * The code of the writer: a thread that may read and write the output directory and nothing else.
 *
 * @module
 */
import { FatalError } from "../errors.ts";
import { publishFiles } from "../publish/publish.ts";
import type { FromWriter, ToWriter } from "./messages.ts";

interface WriterScope {
  onmessage: (event: MessageEvent<ToWriter>) => void;
  postMessage(message: FromWriter): void;
}

const scope = self as unknown as WriterScope;

scope.onmessage = ({ data }) => scope.postMessage(publish(data));
scope.postMessage({ kind: "ready" });

function publish({ directory, files }: ToWriter): FromWriter {
  try {
    publishFiles(directory, files);
    return { kind: "published" };
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    return { kind: "failed", reason: error.message };
  }
}
