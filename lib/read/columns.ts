/**
 * Facts as columns of the WebAssembly module. The numbers in wasm/assembly/codes.ts say which
 * column is which, and nothing else does.
 *
 * @module
 */
import type { ModuleStrings, StringFacts, SymbolFacts } from "../model.ts";
import * as codes from "../wasm/assembly/codes.ts";
import type { Workspace } from "../wasm/workspace.ts";

type Column = Uint8Array | Uint32Array;

/** The columns of symbols, except those of their names. */
const SYMBOL_COLUMNS = {
  exportStarts: codes.EXPORT_STARTS,
  exportNames: codes.EXPORT_NAMES,
  exportCrcLow: codes.EXPORT_CRC_LOW,
  exportCrcHigh: codes.EXPORT_CRC_HIGH,
  needStarts: codes.NEED_STARTS,
  needNames: codes.NEED_NAMES,
  needCrcLow: codes.NEED_CRC_LOW,
  needCrcHigh: codes.NEED_CRC_HIGH,
  needWeak: codes.NEED_WEAK,
} as const;

/** Those of them that tell where the lists of modules start. */
const STARTS: ReadonlySet<number> = new Set([codes.EXPORT_STARTS, codes.NEED_STARTS]);

/** The lists of strings. */
const STRING_LISTS = {
  alias: codes.ALIAS,
  softdep: codes.SOFTDEP,
  weakdep: codes.WEAKDEP,
} as const;

type SymbolColumn = keyof typeof SYMBOL_COLUMNS;
type StringList = keyof typeof STRING_LISTS;

const symbolColumns = Object.entries(SYMBOL_COLUMNS) as [SymbolColumn, number][];
const stringLists = Object.entries(STRING_LISTS) as [StringList, number][];

/** The columns of symbols, each at its number. */
export function listSymbolColumns(facts: SymbolFacts): Column[] {
  const columns: Column[] = [];
  columns[codes.NAME_BYTES] = facts.names.bytes;
  columns[codes.NAME_OFFSETS] = facts.names.offsets;
  for (const [key, number] of symbolColumns) columns[number] = facts[key];
  return columns;
}

/** The columns of strings, each at its number less that of the first one (codes.LISTS). */
export function listStringColumns(facts: StringFacts): Column[] {
  const columns: Column[] = [];
  for (const [key, list] of stringLists) {
    const first = list * codes.LIST_COLUMNS;
    const { starts, values } = facts[key];
    columns[first + codes.STARTS] = starts;
    columns[first + codes.OFFSETS] = values.offsets;
    columns[first + codes.BYTES] = values.bytes;
  }
  return columns;
}

/** The symbols of such columns: the opposite of `listSymbolColumns`. */
export function toSymbolFacts(columns: readonly Column[]): SymbolFacts {
  const numbers = symbolColumns.map(([key, number]) => [key, columns[number]]);
  return {
    names: {
      bytes: columns[codes.NAME_BYTES] as Uint8Array,
      offsets: columns[codes.NAME_OFFSETS] as Uint32Array,
    },
    ...Object.fromEntries(numbers) as Record<SymbolColumn, Uint32Array>,
  };
}

/** The strings of such columns: the opposite of `listStringColumns`. */
export function toStringFacts(columns: readonly Column[]): StringFacts {
  const lists = stringLists.map(([key, list]) => {
    const first = list * codes.LIST_COLUMNS;
    const offsets = columns[first + codes.OFFSETS] as Uint32Array;
    const bytes = columns[first + codes.BYTES] as Uint8Array;
    return [key, { starts: columns[first + codes.STARTS], values: { offsets, bytes } }];
  });
  return Object.fromEntries(lists) as Record<StringList, ModuleStrings>;
}

/** Copies of the columns of symbols of `count` modules; those that were not read have none. */
export function takeSymbolFacts(workspace: Workspace, count: number): SymbolFacts {
  const columns = symbolColumns.map(([key, number]) => {
    const column = workspace.columnNumbers(number);
    return [key, STARTS.has(number) ? extendStarts(column, count) : column];
  });
  return {
    names: {
      bytes: workspace.columnBytes(codes.NAME_BYTES),
      offsets: workspace.columnNumbers(codes.NAME_OFFSETS),
    },
    ...Object.fromEntries(columns) as Record<SymbolColumn, Uint32Array>,
  };
}

/** Copies of the columns of strings of `count` modules; those that were not read have none. */
export function takeStringFacts(workspace: Workspace, count: number): StringFacts {
  const lists = stringLists.map(([key, list]) => [key, takeList(workspace, { list, count })]);
  return Object.fromEntries(lists) as Record<StringList, ModuleStrings>;
}

/** Adds empty lists, up to `count` lists in all. */
function extendStarts(starts: Uint32Array, count: number): Uint32Array {
  if (starts.length > count) return starts;
  const all = new Uint32Array(count + 1).fill(starts.at(-1)!);
  all.set(starts);
  return all;
}

function takeList(
  workspace: Workspace,
  { list, count }: { list: number; count: number },
): ModuleStrings {
  const first = codes.LISTS + list * codes.LIST_COLUMNS;
  return {
    starts: extendStarts(workspace.columnNumbers(first + codes.STARTS), count),
    values: {
      offsets: workspace.columnNumbers(first + codes.OFFSETS),
      bytes: workspace.columnBytes(first + codes.BYTES),
    },
  };
}
