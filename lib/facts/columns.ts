/**
 * Facts as columns of the WebAssembly module, by the numbers in wasm/assembly/codes.ts.
 *
 * @module
 */
import type { Facts, ModuleStrings } from "../model.ts";
import * as codes from "../wasm/assembly/codes.ts";
import type { Workspace } from "../wasm/workspace.ts";

/** What modules say beside their faults. */
export type FactColumns = Omit<Facts, "faults">;

/** All columns, in the order of their numbers. */
export function listColumns(facts: FactColumns): (Uint8Array | Uint32Array)[] {
  const lists = [facts.alias, facts.softdep, facts.weakdep];
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
    ...lists.flatMap(({ starts, values }) => [starts, values.offsets, values.bytes]),
  ];
}

/** Copies of all columns. */
export function takeFacts(workspace: Workspace): FactColumns {
  const numbers = (column: number) => workspace.columnNumbers(column);
  const bytes = (column: number) => workspace.columnBytes(column);
  const list = (list: number): ModuleStrings => {
    const starts = codes.LISTS + list * 3;
    return {
      starts: numbers(starts),
      values: { offsets: numbers(starts + 1), bytes: bytes(starts + 2) },
    };
  };
  return {
    names: { bytes: bytes(codes.NAME_BYTES), offsets: numbers(codes.NAME_OFFSETS) },
    exportStarts: numbers(codes.EXPORT_STARTS),
    exportNames: numbers(codes.EXPORT_NAMES),
    exportCrcLow: numbers(codes.EXPORT_CRC_LOW),
    exportCrcHigh: numbers(codes.EXPORT_CRC_HIGH),
    needStarts: numbers(codes.NEED_STARTS),
    needNames: numbers(codes.NEED_NAMES),
    needCrcLow: numbers(codes.NEED_CRC_LOW),
    needCrcHigh: numbers(codes.NEED_CRC_HIGH),
    needWeak: numbers(codes.NEED_WEAK),
    alias: list(codes.ALIAS),
    softdep: list(codes.SOFTDEP),
    weakdep: list(codes.WEAKDEP),
  };
}
