/**
 * A reader: a thread that may read the directories of modules and nothing else. It reads batch
 * after batch, and tells in the end what all those modules say. One of them discovers the modules
 * before that, and renders files behind it.
 *
 * @module
 */
import { decodeStrings } from "../bytes/strings.ts";
import { discover } from "../discover/discover.ts";
import { FatalError } from "../errors.ts";
import { Extractor } from "../extract/extract.ts";
import { listStringColumns, listSymbolColumns } from "../facts/columns.ts";
import { mergeStrings } from "../facts/merge.ts";
import { renderStrings } from "../output/files.ts";
import type {
  Batch,
  RenderReply,
  RenderRequest,
  Reply,
  SearchReply,
  SearchRequest,
} from "./messages.ts";

interface ReaderScope {
  onmessage: (event: MessageEvent<SearchRequest | Batch | RenderRequest>) => void;
  postMessage(message: SearchReply | Reply | RenderReply, transfer: Transferable[]): void;
}

const scope = self as unknown as ReaderScope;
let extractor: Extractor | undefined;

scope.onmessage = async ({ data }) => {
  if ("search" in data) return search(data);
  if ("places" in data) return render(data);
  const { options } = data;
  const paths = decodeStrings(data.paths);
  extractor ??= new Extractor(options);
  if (paths.length > 0) {
    await extractor.read(paths);
    return scope.postMessage({}, []);
  }
  const facts = extractor.finish();
  extractor = undefined;
  const columns = [...listSymbolColumns(facts), ...listStringColumns(facts)];
  scope.postMessage({ facts }, columns.map(({ buffer }) => buffer as ArrayBuffer));
};

function search({ search, step }: SearchRequest): void {
  let sum = 0;
  let told = 0;
  const discovery = discover(search, (cost) => {
    sum += cost;
    if (sum < told + step) return;
    scope.postMessage({ cost: sum }, []);
    told = sum;
  });
  scope.postMessage({ discovery }, []);
}

function render({ parts, places, names, options }: RenderRequest): void {
  try {
    const files = renderStrings({ ...mergeStrings(parts, places), names }, options);
    scope.postMessage({ files }, files.map(({ bytes }) => bytes.buffer as ArrayBuffer));
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    scope.postMessage({ failure: error.message }, []);
  }
}

scope.postMessage({}, []); // ready
