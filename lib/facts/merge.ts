/**
 * Puts the facts of several batches of modules together, and moves them between threads.
 *
 * @module
 */
import { Interner, viewOf } from "../bytes/interner.ts";
import type { Facts, ModuleStrings, Strings } from "../model.ts";

/** The facts of all modules of the parts, in the order of the parts. */
export function mergeFacts(parts: readonly Facts[]): Facts {
  if (parts.length === 1) return parts[0]!;
  const names = new Interner();
  const numbers = parts.map((part) => renumber(part.names, names));
  const exportNames = parts.map((part, i) => part.exportNames.map((name) => numbers[i]![name]!));
  const needNames = parts.map((part, i) => part.needNames.map((name) => numbers[i]![name]!));
  return {
    names: names.finish(),
    exportStarts: concatStarts(parts.map((part) => part.exportStarts)),
    exportNames: concat(exportNames),
    exportCrcLow: concat(parts.map((part) => part.exportCrcLow)),
    exportCrcHigh: concat(parts.map((part) => part.exportCrcHigh)),
    needStarts: concatStarts(parts.map((part) => part.needStarts)),
    needNames: concat(needNames),
    needCrcLow: concat(parts.map((part) => part.needCrcLow)),
    needCrcHigh: concat(parts.map((part) => part.needCrcHigh)),
    needWeak: concat(parts.map((part) => part.needWeak)),
    alias: concatStrings(parts.map((part) => part.alias)),
    softdep: concatStrings(parts.map((part) => part.softdep)),
    weakdep: concatStrings(parts.map((part) => part.weakdep)),
    faults: mergeFaults(parts),
  };
}

/** The memory of facts, for a transfer to another thread. */
export function listBuffers(facts: Facts): ArrayBuffer[] {
  const lists = [facts.alias, facts.softdep, facts.weakdep];
  const strings = [facts.names, ...lists.map(({ values }) => values)];
  const arrays = [
    ...Object.values(facts).filter((value) => value instanceof Uint32Array),
    ...lists.map(({ starts }) => starts),
    ...strings.flatMap(({ bytes, offsets }) => [bytes, offsets]),
  ];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}

/** By string of a list: its number among `names`. */
function renumber({ bytes, offsets }: Strings, names: Interner): Uint32Array {
  const view = viewOf(bytes);
  return new Uint32Array(offsets.length - 1).map((_, i) =>
    names.intern(view, offsets[i]!, offsets[i + 1]!)
  );
}

function concat(arrays: readonly Uint32Array[]): Uint32Array {
  const result = new Uint32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    result.set(array, at);
    at += array.length;
  }
  return result;
}

function concatBytes(arrays: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    result.set(array, at);
    at += array.length;
  }
  return result;
}

/** Columns of starts, each with its end as the last number, as one such column. */
function concatStarts(columns: readonly Uint32Array[]): Uint32Array {
  let base = 0;
  const moved = columns.map((column) => {
    const part = column.subarray(0, -1).map((start) => start + base);
    base += column.at(-1)!;
    return part;
  });
  return concat([...moved, Uint32Array.of(base)]);
}

function concatStrings(lists: readonly ModuleStrings[]): ModuleStrings {
  return {
    starts: concatStarts(lists.map(({ starts }) => starts)),
    values: {
      bytes: concatBytes(lists.map(({ values }) => values.bytes)),
      offsets: concatStarts(lists.map(({ values }) => values.offsets)),
    },
  };
}

function mergeFaults(parts: readonly Facts[]): Facts["faults"] {
  let base = 0;
  return parts.flatMap(({ faults, needStarts }) => {
    const moved = faults.map((fault) => ({ ...fault, module: fault.module + base }));
    base += needStarts.length - 1;
    return moved;
  });
}
