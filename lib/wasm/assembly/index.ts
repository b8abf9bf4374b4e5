/**
 * The WebAssembly module, in AssemblyScript: what a run does hundreds of thousands of times.
 * ../module.ts says what each function takes and returns.
 *
 * @module
 */
import { normalizeAliases } from "./aliases.ts";
import { clearColumns, columnAt } from "./column.ts";
import { compose, composeDependencies } from "./compose.ts";
import { beginModule, clearFacts, dropModule, dropNeeds, endModule, setQuota } from "./facts.ts";
import { parseFile } from "./file.ts";
import { collectDependencies, linkModules, sortTopologically } from "./graph.ts";
import { hashOrder } from "./hash_order.ts";
import { allocate, blockSize, clearMemory, enlargeSpace, placeFile, release } from "./memory.ts";
import { mergeStrings, mergeSymbols } from "./merge.ts";
import { parseModinfo } from "./modinfo.ts";
import { clearNames, expectNames, forgetNames, keyNames } from "./names.ts";
import { ownNames, replaceByOwners } from "./owners.ts";
import { parseExports, parseNeeds } from "./symbols.ts";
import { encodeIndex } from "./trie.ts";

// Exports are imported first: the compiler takes a file that `export … from` names, and the same
// file where `import` names it, for two files.
export {
  allocate,
  blockSize,
  collectDependencies,
  compose,
  composeDependencies,
  dropModule,
  dropNeeds,
  encodeIndex,
  endModule,
  enlargeSpace,
  expectNames,
  hashOrder,
  keyNames,
  linkModules,
  mergeStrings,
  mergeSymbols,
  normalizeAliases,
  ownNames,
  parseExports,
  parseFile,
  parseModinfo,
  parseNeeds,
  release,
  replaceByOwners,
  setQuota,
  sortTopologically,
};

/** Starts over in the memory that there is. */
export function restart(): void {
  clearMemory();
  clearColumns();
  forgetNames();
}

/** Begins facts without modules. */
export function startFacts(detailed: bool): void {
  clearNames();
  clearFacts(detailed);
}

/** Begins a module; returns the address for its file. */
export function placeModule(nameSize: u32): usize {
  const place = placeFile();
  beginModule(nameSize);
  return place;
}

/** Address of a column's bytes. */
export function columnData(index: u32): usize {
  return columnAt(index).data;
}

/** Bytes of a column. */
export function columnLength(index: u32): u32 {
  return columnAt(index).length;
}
