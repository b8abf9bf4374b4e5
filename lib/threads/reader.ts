/**
 * The code of a reader: a thread that may read the directories of modules and nothing else. It
 * reads one batch of modules after the other, and at the end sends what all of them say. One of the
 * readers discovers the modules before that, and renders some of the files after it. With --check,
 * one reads the index files.
 *
 * @module
 */
import { copyStrings, decodeStrings } from "../bytes/strings.ts";
import { describeProblem, isBadCache, readCache } from "../cache/cache.ts";
import { encodeStringFacts } from "../cache/facts.ts";
import { checkSet } from "../check/check_set.ts";
import { compareFiles } from "../check/compare_files.ts";
import { readIndexSet } from "../check/read_set.ts";
import { readingCost } from "../discover/cost.ts";
import { discover } from "../discover/discover.ts";
import { findNewest } from "../discover/fresh.ts";
import type { Facts, Strings } from "../model.ts";
import { listStringColumns, listSymbolColumns } from "../read/columns.ts";
import { Extractor, QUOTA } from "../read/extract.ts";
import { mergeStrings } from "../read/merge.ts";
import { renderStrings } from "../render/files.ts";
import { compileModule } from "../wasm/module.ts";
import { type Answer, answerMessages } from "./answer.ts";
import { chooseFirstBatch, countReaders, limitFirst } from "./batches.ts";
import type { FromReader, Reading, ToReader } from "./messages.ts";
import type { Counter } from "./watch.ts";

let extractor: Extractor | undefined;

answerMessages<ToReader, FromReader>(async (message, send) => {
  switch (message.kind) {
    case "discover":
      return await discoverModules(message, send);
    case "recall":
      return recall(message);
    case "read":
      return await readModules(message);
    case "finish":
      return finish();
    case "render":
      return renderFiles(message);
    case "findNewest":
      return { message: { kind: "newest", second: findNewest(message.search) } };
    case "check": {
      const checked = checkSet(readIndexSet(message.directory), message.builtin);
      return { message: { kind: "checked", checked } };
    }
    case "compare":
      return compareWith(message);
  }
});

/** Tells the main thread that this one gets on with its work. */
function moveOn(counter: Counter): void {
  Atomics.add(counter, 0, 1);
}

async function discoverModules(
  { search, step, counter, first }: Extract<ToReader, { kind: "discover" }>,
  send: (message: FromReader) => void,
): Promise<Answer<FromReader>> {
  let found = 0;
  let reported = 0;
  const measure = (path: string) => {
    const cost = readingCost(path);
    found += cost;
    if (found >= reported + step) {
      send({ kind: "progress", cost: found });
      reported = found;
    }
    return cost;
  };
  const discovery = discover(search, { measure, onEntry: () => moveOn(counter) });
  const readers = first === undefined ? 0 : countReaders(discovery.costs, first.readers);
  const batch = chooseFirstBatch(discovery, readers);
  const message: FromReader = { kind: "discovered", discovery, batch };
  if (first === undefined || batch.length === 0) return { message, sent: compileModule };
  send(message);
  const paths = copyStrings(discovery.modules.paths, batch);
  return await readModules({ ...first, options: limitFirst(first.options, readers), paths });
}

/** Reads a batch of modules, and adds what they say to what those before say. */
async function readModules(
  { paths, options, counter }: Reading & { readonly paths: Strings },
): Promise<Answer<FromReader>> {
  extractor ??= new Extractor(options, () => moveOn(counter));
  await extractor.read(decodeStrings(paths));
  return { message: { kind: "done" } };
}

function recall(
  { place, needsFacts }: Extract<ToReader, { kind: "recall" }>,
): Answer<FromReader> {
  try {
    const recollection = readCache(place, { quota: needsFacts ? QUOTA : undefined });
    const { facts } = recollection;
    const transfer = facts === undefined ? [] : listMemory(facts);
    return { message: { kind: "recalled", recollection }, transfer, sent: compileModule };
  } catch (error) {
    if (!isBadCache(error)) throw error;
    return { message: { kind: "forgotten", problem: describeProblem(error) } };
  }
}

function finish(): Answer<FromReader> {
  if (extractor === undefined) throw new Error("nothing has been read");
  const { keys } = extractor;
  const sizes = extractor.takeSizes();
  const facts = extractor.finish();
  extractor = undefined;
  const transfer = [...listMemory(facts), keys.buffer];
  return { message: { kind: "facts", facts, keys, sizes }, transfer };
}

function listMemory(facts: Facts): ArrayBufferLike[] {
  const columns = [...listSymbolColumns(facts), ...listStringColumns(facts)];
  return [...new Set(columns.map(({ buffer }) => buffer))];
}

function renderFiles(
  { parts, locations, names, builtin, options, encode }: Extract<ToReader, { kind: "render" }>,
): Answer<FromReader> {
  const merged = mergeStrings(parts, locations);
  const files = renderStrings({ ...merged, names, ...builtin }, options);
  const strings = encode ? encodeStringFacts(merged) : undefined;
  const memory = [...files.map(({ bytes }) => bytes.buffer), ...strings ? [strings.buffer] : []];
  return { message: { kind: "rendered", files, strings }, transfer: memory };
}

/** Compares the index files, byte for byte, with what a run would write. */
function compareWith(
  { directory, files }: Extract<ToReader, { kind: "compare" }>,
): Answer<FromReader> {
  const set = readIndexSet(directory);
  const { findings } = checkSet(set, undefined);
  return { message: { kind: "compared", findings: [findings, compareFiles(set, files)] } };
}
