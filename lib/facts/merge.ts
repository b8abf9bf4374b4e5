/**
 * Puts together what several readers found, in the order of the modules, and moves facts between
 * threads.
 *
 * @module
 */
import { Interner, viewOf } from "../bytes/interner.ts";
import type { Facts, ModuleStrings, Strings } from "../model.ts";

/** What one reader found: module i of the facts is module `modules[i]` of all. */
export interface Part {
  readonly facts: Facts;
  readonly modules: readonly number[];
}

/** Where the facts of a module are: in which part, and as which module there. */
interface Place {
  readonly part: number;
  readonly module: number;
}

/** The facts of all `count` modules, in order; each is in one part. */
export function mergeFacts(parts: readonly Part[], count: number): Facts {
  const places: Place[] = new Array(count);
  parts.forEach(({ modules }, part) =>
    modules.forEach((index, module) => places[index] = { part, module })
  );
  const all = parts.map(({ facts }) => facts);
  const names = new Interner();
  const numbers = all.map((facts) => renumber(facts.names, names));
  const exports = { places, starts: all.map(({ exportStarts }) => exportStarts) };
  const needs = { places, starts: all.map(({ needStarts }) => needStarts) };
  return {
    names: names.finish(),
    exportStarts: joinStarts(exports),
    exportNames: join(exports, all.map((facts, i) => translate(facts.exportNames, numbers[i]!))),
    exportCrcLow: join(exports, all.map(({ exportCrcLow }) => exportCrcLow)),
    exportCrcHigh: join(exports, all.map(({ exportCrcHigh }) => exportCrcHigh)),
    needStarts: joinStarts(needs),
    needNames: join(needs, all.map((facts, i) => translate(facts.needNames, numbers[i]!))),
    needCrcLow: join(needs, all.map(({ needCrcLow }) => needCrcLow)),
    needCrcHigh: join(needs, all.map(({ needCrcHigh }) => needCrcHigh)),
    needWeak: join(needs, all.map(({ needWeak }) => needWeak)),
    alias: joinStrings(places, all.map(({ alias }) => alias)),
    softdep: joinStrings(places, all.map(({ softdep }) => softdep)),
    weakdep: joinStrings(places, all.map(({ weakdep }) => weakdep)),
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
  const numbers = new Uint32Array(offsets.length - 1);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = names.intern(view, offsets[i]!, offsets[i + 1]!);
  }
  return numbers;
}

function translate(column: Uint32Array, numbers: Uint32Array): Uint32Array {
  const translated = new Uint32Array(column.length);
  for (let i = 0; i < column.length; i++) translated[i] = numbers[column[i]!]!;
  return translated;
}

/** Lists of the modules: where each is, and in each part where they start in its columns. */
interface Lists {
  readonly places: readonly Place[];
  readonly starts: readonly Uint32Array[];
}

function joinStarts({ places, starts }: Lists): Uint32Array {
  const joined = new Uint32Array(places.length + 1);
  places.forEach(({ part, module }, i) => {
    const own = starts[part]!;
    joined[i + 1] = joined[i]! + own[module + 1]! - own[module]!;
  });
  return joined;
}

/** One column of the parts, its lists in the order of the modules. */
function join<T extends Uint32Array | Uint8Array>(
  { places, starts }: Lists,
  columns: readonly T[],
): T {
  const length = columns.reduce((sum, column) => sum + column.length, 0);
  const joined = new (columns[0]!.constructor as new (length: number) => T)(length);
  let at = 0;
  for (const { part, module } of places) {
    const column = columns[part]!;
    const end = starts[part]![module + 1]!;
    for (let i = starts[part]![module]!; i < end; i++) joined[at++] = column[i]!;
  }
  return joined;
}

function joinStrings(places: readonly Place[], lists: readonly ModuleStrings[]): ModuleStrings {
  const strings = { places, starts: lists.map(({ starts }) => starts) };
  const lengths = join(strings, lists.map(({ values }) => lengthsOf(values)));
  const offsets = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => offsets[i + 1] = offsets[i]! + length);
  // Where the bytes of each module's strings start.
  const byteStarts = lists.map(({ starts, values }) => translate(starts, values.offsets));
  const bytes = join({ places, starts: byteStarts }, lists.map(({ values }) => values.bytes));
  return { starts: joinStarts(strings), values: { bytes, offsets } };
}

function lengthsOf({ offsets }: Strings): Uint32Array {
  const lengths = new Uint32Array(offsets.length - 1);
  for (let i = 0; i < lengths.length; i++) lengths[i] = offsets[i + 1]! - offsets[i]!;
  return lengths;
}

function mergeFaults(parts: readonly Part[]): Facts["faults"] {
  const faults = parts.flatMap(({ facts, modules }) =>
    facts.faults.map((fault) => ({ ...fault, module: modules[fault.module]! }))
  );
  return faults.sort((a, b) => a.module - b.module);
}
