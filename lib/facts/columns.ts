/**
 * Facts as columns of the WebAssembly module, by the numbers in wasm/assembly/codes.ts.
 *
 * @module
 */
import type { ModuleStrings, StringFacts, SymbolFacts } from "../model.ts";
import * as codes from "../wasm/assembly/codes.ts";
import type { Workspace } from "../wasm/workspace.ts";

/** The columns of symbols, in the order of their numbers. */
export function listSymbolColumns(facts: SymbolFacts): (Uint8Array | Uint32Array)[] {
  return [
    facts.names.bytes,
    facts.names.offsets,
    facts.exportStarts,
    facts.exportNames,
    facts.exportCrcLow,
    facts.exportCrcHigh,
    facts.needStarts,
    facts.needNames,
    facts.needCrcLow,
    facts.needCrcHigh,
    facts.needWeak,
  ];
}

/** The columns of strings, in the order of their numbers, which are those behind. */
export function listStringColumns(
  { alias, softdep, weakdep }: StringFacts,
): (Uint8Array | Uint32Array)[] {
  return [alias, softdep, weakdep].flatMap(({ starts, values }) => [
    starts,
    values.offsets,
    values.bytes,
  ]);
}

/** Copies of the columns of symbols. */
export function takeSymbolFacts(workspace: Workspace): SymbolFacts {
  const numbers = (column: number) => workspace.columnNumbers(column);
  return {
    names: {
      bytes: workspace.columnBytes(codes.NAME_BYTES),
      offsets: numbers(codes.NAME_OFFSETS),
    },
    exportStarts: numbers(codes.EXPORT_STARTS),
    exportNames: numbers(codes.EXPORT_NAMES),
    exportCrcLow: numbers(codes.EXPORT_CRC_LOW),
    exportCrcHigh: numbers(codes.EXPORT_CRC_HIGH),
    needStarts: numbers(codes.NEED_STARTS),
    needNames: numbers(codes.NEED_NAMES),
    needCrcLow: numbers(codes.NEED_CRC_LOW),
    needCrcHigh: numbers(codes.NEED_CRC_HIGH),
    needWeak: numbers(codes.NEED_WEAK),
  };
}

/** Copies of the columns of strings. */
export function takeStringFacts(workspace: Workspace): StringFacts {
  const list = (list: number): ModuleStrings => {
    const starts = codes.LISTS + list * 3;
    return {
      starts: workspace.columnNumbers(starts),
      values: {
        offsets: workspace.columnNumbers(starts + 1),
        bytes: workspace.columnBytes(starts + 2),
      },
    };
  };
  return {
    alias: list(codes.ALIAS),
    softdep: list(codes.SOFTDEP),
    weakdep: list(codes.WEAKDEP),
  };
}
