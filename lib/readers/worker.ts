/**
 * A reader: a thread that may read the directories of modules and nothing else. It reads batch
 * after batch, and tells in the end what all those modules say. One of them searches the tree
 * before that.
 *
 * @module
 */
import { searchTree } from "../discover/tree.ts";
import { PLAIN_COST, readingCost } from "../extract/cost.ts";
import { Extractor } from "../extract/extract.ts";
import { listColumns } from "../facts/columns.ts";
import {
  type Batch,
  packFinding,
  type Reply,
  type SearchReply,
  type SearchRequest,
} from "./messages.ts";

interface ReaderScope {
  onmessage: (event: MessageEvent<SearchRequest | Batch>) => void;
  postMessage(message: SearchReply | Reply, transfer: Transferable[]): void;
}

const scope = self as unknown as ReaderScope;
let extractor: Extractor | undefined;

scope.onmessage = async ({ data }) => {
  if ("search" in data) return search(data);
  const { paths, options } = data;
  extractor ??= new Extractor(options);
  if (paths.length > 0) {
    await extractor.read(paths);
    return scope.postMessage({}, []);
  }
  const facts = extractor.finish();
  extractor = undefined;
  scope.postMessage({ facts }, listColumns(facts).map(({ buffer }) => buffer as ArrayBuffer));
};

function search({ search, step }: SearchRequest): void {
  const costs = new Map<string, number>(); // but for plain files
  let sum = 0;
  let told = 0;
  const finding = searchTree(search, (path) => {
    const cost = readingCost(path);
    if (cost !== PLAIN_COST) costs.set(path, cost);
    sum += cost;
    if (sum < told + step) return;
    scope.postMessage({ cost: sum }, []);
    told = sum;
  });
  const costOf = (path: string) => costs.get(path) ?? PLAIN_COST;
  scope.postMessage({ finding: packFinding(finding, costOf) }, []);
}

scope.postMessage({}, []); // ready
