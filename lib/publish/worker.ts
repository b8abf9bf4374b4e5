/**
 * The writer: a thread that may read and write the output directory and nothing else.
 *
 * @module
 */
import { FatalError } from "../errors.ts";
import type { Edition, Outcome } from "./messages.ts";
import { publishFiles } from "./publish.ts";

interface WriterScope {
  onmessage: (event: MessageEvent<Edition>) => void;
  postMessage(message: Outcome): void;
}

const scope = self as unknown as WriterScope;

scope.onmessage = ({ data: { directory, files } }) => {
  scope.postMessage(publish(directory, files));
};
scope.postMessage({}); // ready

function publish(directory: string, files: Edition["files"]): Outcome {
  try {
    publishFiles(directory, files);
    return {};
  } catch (error) {
    if (error instanceof FatalError) return { failure: error.message };
    throw error;
  }
}
