/**
 * The code of a reader: a thread that may read the directories of modules and nothing else. It
 * reads one batch of modules after the other, and at the end sends what all of them say. One of the
 * readers discovers the modules before that, and renders some of the files after it.
 *
 * @module
 */
import { decodeStrings } from "../bytes/strings.ts";
import { discover } from "../discover/discover.ts";
import { FatalError } from "../errors.ts";
import { listStringColumns, listSymbolColumns } from "../read/columns.ts";
import { Extractor } from "../read/extract.ts";
import { mergeStrings } from "../read/merge.ts";
import { renderStrings } from "../render/files.ts";
import type { FromReader, ToReader } from "./messages.ts";

interface ReaderScope {
  onmessage: (event: MessageEvent<ToReader>) => void;
  postMessage(message: FromReader, transfer?: Transferable[]): void;
}

const scope = self as unknown as ReaderScope;
let extractor: Extractor | undefined;

scope.onmessage = async ({ data }) => {
  switch (data.kind) {
    case "discover":
      return discoverModules(data);
    case "read":
      extractor ??= new Extractor(data.options);
      await extractor.read(decodeStrings(data.paths));
      return scope.postMessage({ kind: "done" });
    case "finish":
      return sendFacts();
    case "render":
      return renderFiles(data);
  }
};

function discoverModules({ search, step }: Extract<ToReader, { kind: "discover" }>): void {
  let found = 0;
  let reported = 0;
  const discovery = discover(search, (cost) => {
    found += cost;
    if (found < reported + step) return;
    scope.postMessage({ kind: "progress", cost: found });
    reported = found;
  });
  scope.postMessage({ kind: "discovered", discovery });
}

function sendFacts(): void {
  if (extractor === undefined) throw new Error("nothing has been read");
  const facts = extractor.finish();
  extractor = undefined;
  const columns = [...listSymbolColumns(facts), ...listStringColumns(facts)];
  scope.postMessage({ kind: "facts", facts }, columns.map(({ buffer }) => buffer as ArrayBuffer));
}

function renderFiles(
  { parts, locations, names, options }: Extract<ToReader, { kind: "render" }>,
): void {
  try {
    const files = renderStrings({ ...mergeStrings(parts, locations), names }, options);
    const memory = files.map(({ bytes }) => bytes.buffer as ArrayBuffer);
    scope.postMessage({ kind: "rendered", files }, memory);
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    scope.postMessage({ kind: "failed", reason: error.message });
  }
}

scope.postMessage({ kind: "ready" });
