/**
 * A reader: a thread that may read the directories of modules and nothing else, and answers each
 * batch of paths with the facts of those modules.
 *
 * @module
 */
import { listBuffers } from "../facts/merge.ts";
import { Extractor } from "./extract.ts";
import type { Batch, BatchFacts } from "./messages.ts";

interface ReaderScope {
  onmessage: (event: MessageEvent<Batch>) => void;
  postMessage(message: BatchFacts, transfer: Transferable[]): void;
}

const scope = self as unknown as ReaderScope;
let extractor: Extractor | undefined;

scope.onmessage = async ({ data: { index, paths, maxModuleSize } }) => {
  extractor ??= new Extractor({ maxModuleSize });
  const facts = await extractor.extract(paths);
  scope.postMessage({ index, facts }, listBuffers(facts));
};
