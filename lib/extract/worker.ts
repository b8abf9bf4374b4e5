/**
 * A reader: a thread that may read the directories of modules and nothing else. It reads batch
 * after batch, and tells in the end what all those modules say.
 *
 * @module
 */
import { listBuffers } from "../facts/merge.ts";
import { Extractor } from "./extract.ts";
import type { Batch, Reply } from "./messages.ts";

interface ReaderScope {
  onmessage: (event: MessageEvent<Batch>) => void;
  postMessage(message: Reply, transfer: Transferable[]): void;
}

const scope = self as unknown as ReaderScope;
let extractor: Extractor | undefined;

scope.onmessage = async ({ data: { paths, options } }) => {
  extractor ??= new Extractor(options);
  if (paths.length > 0) {
    await extractor.read(paths);
    return scope.postMessage({}, []);
  }
  const facts = extractor.finish();
  extractor = undefined;
  scope.postMessage({ facts }, listBuffers(facts));
};
scope.postMessage({}, []); // ready
