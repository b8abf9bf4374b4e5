/**
 * Facts and module files from a few words: what a module exports, needs and says of itself.
 *
 * @module
 */
import { stringBytes } from "../../lib/bytes/strings.ts";
import type { ModuleFile } from "../../lib/discover/select.ts";
import {
  locate,
  mergeFaults,
  mergeStrings,
  mergeSymbols,
  type Part,
} from "../../lib/read/merge.ts";
import type { Facts, ModuleFiles, ModuleStrings, Strings } from "../../lib/model.ts";
import { latin1 } from "./elf_builder.ts";
import { decodeBytes } from "./tree.ts";

/** An exported or needed symbol; a name alone has the CRC 0 and is not weak. */
export type SymbolFact = string | {
  readonly name: string;
  /** Up to 64 bits. */
  readonly crc?: bigint;
  readonly weak?: boolean;
};

/** What is known of a module; all of it may be absent. Texts are latin1. */
export interface ModuleFacts {
  readonly exports?: readonly SymbolFact[];
  readonly needs?: readonly SymbolFact[];
  readonly alias?: readonly string[];
  readonly softdep?: readonly string[];
  readonly weakdep?: readonly string[];
}

/** The facts of modules, in this order. */
export function factsOf(modules: readonly ModuleFacts[]): Facts {
  const exports = modules.map(({ exports = [] }) => exports.map(toSymbol));
  const needs = modules.map(({ needs = [] }) => needs.map(toSymbol));
  const names = [...new Set([...exports, ...needs].flat().map(({ name }) => name))];
  const exported = columnsOf(exports, names);
  const needed = columnsOf(needs, names);
  return {
    names: stringsOf(names),
    exportStarts: exported.starts,
    exportNames: exported.names,
    exportCrcLow: exported.crcLow,
    exportCrcHigh: exported.crcHigh,
    needStarts: needed.starts,
    needNames: needed.names,
    needCrcLow: needed.crcLow,
    needCrcHigh: needed.crcHigh,
    needWeak: Uint32Array.from(needs.flat(), ({ weak }) => weak ? 1 : 0),
    alias: listOf(modules.map(({ alias = [] }) => alias)),
    softdep: listOf(modules.map(({ softdep = [] }) => softdep)),
    weakdep: listOf(modules.map(({ weakdep = [] }) => weakdep)),
    faults: [],
  };
}

/** The facts of all modules in the parts. */
export function mergeFacts(
  parts: readonly Part[],
  { count, detailed }: { count: number; detailed: boolean },
): Facts {
  const locations = locate(parts, count);
  const facts = parts.map(({ facts }) => facts);
  return {
    ...mergeSymbols(facts, { locations, detailed }),
    ...mergeStrings(facts, locations),
    faults: mergeFaults(parts, locations),
  };
}

/** Facts as plain values, with names instead of their numbers, which depend on the order. */
export function describeFacts(facts: Facts): unknown {
  const { names, exportStarts, needStarts } = facts;
  const name = (id: number) => decodeBytes(stringBytes(names, id));
  return {
    modules: Array.from({ length: exportStarts.length - 1 }, (_, module) => ({
      exports: [...range(exportStarts, module)].map((i) => [
        name(facts.exportNames[i]!),
        facts.exportCrcHigh[i],
        facts.exportCrcLow[i],
      ]),
      needs: [...range(needStarts, module)].map((i) => [
        name(facts.needNames[i]!),
        facts.needCrcHigh[i],
        facts.needCrcLow[i],
        facts.needWeak[i],
      ]),
      strings: [facts.alias, facts.softdep, facts.weakdep].map(({ starts, values }) =>
        [...range(starts, module)].map((i) => decodeBytes(stringBytes(values, i)))
      ),
    })),
    faults: facts.faults,
  };
}

function* range(starts: Uint32Array, module: number): Generator<number> {
  for (let i = starts[module]!; i < starts[module + 1]!; i++) yield i;
}

interface PlainSymbol {
  readonly name: string;
  readonly crc: bigint;
  readonly weak: boolean;
}

function toSymbol(symbol: SymbolFact): PlainSymbol {
  return { crc: 0n, weak: false, ...(typeof symbol === "string" ? { name: symbol } : symbol) };
}

function columnsOf(modules: readonly (readonly PlainSymbol[])[], names: readonly string[]) {
  const symbols = modules.flat();
  return {
    starts: startsOf(modules),
    names: Uint32Array.from(symbols, ({ name }) => names.indexOf(name)),
    crcLow: Uint32Array.from(symbols, ({ crc }) => Number(crc & 0xffffffffn)),
    crcHigh: Uint32Array.from(symbols, ({ crc }) => Number(crc >> 32n)),
  };
}

function listOf(modules: readonly (readonly string[])[]): ModuleStrings {
  return { starts: startsOf(modules), values: stringsOf(modules.flat()) };
}

/** Where each list starts when they follow one another, and where the last one ends. */
function startsOf(lists: readonly { readonly length: number }[]): Uint32Array {
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach(({ length }, i) => starts[i + 1] = starts[i]! + length);
  return starts;
}

/** A list of latin1 texts. */
export function stringsOf(texts: readonly string[]): Strings {
  return { bytes: latin1(texts.join("")), offsets: startsOf(texts) };
}

/** The module file, of cost 0, of a path in the tree `/tree` or of an absolute one outside it. */
export function moduleFileOf(indexPath: string): ModuleFile {
  const path = indexPath.startsWith("/") ? indexPath : `/tree/${indexPath}`;
  const base = indexPath.slice(indexPath.lastIndexOf("/") + 1);
  const name = base.replace(/\..*$/, "").replaceAll("-", "_");
  return { path, foundPath: path, again: false, name, indexPath, cost: 0 };
}

/** The module files of such paths, in columns. */
export function moduleFilesOf(indexPaths: readonly string[]): ModuleFiles {
  const files = indexPaths.map(moduleFileOf);
  return {
    paths: stringsOf(files.map(({ path }) => path)),
    names: stringsOf(files.map(({ name }) => name)),
    indexPaths: stringsOf(indexPaths),
  };
}
