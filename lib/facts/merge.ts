/**
 * Puts together what several readers found, in the order of the modules, and moves facts between
 * threads.
 *
 * @module
 */
import { Column } from "../bytes/column.ts";
import { Interner, viewOf } from "../bytes/interner.ts";
import type { Facts, ModuleStrings, Strings } from "../model.ts";

/** What one reader found: module i of the facts is module `modules[i]` of all. */
export interface Part {
  readonly facts: Facts;
  readonly modules: readonly number[];
}

/** Modules that stand one behind the other in a part and in the result alike. */
interface Run {
  readonly part: number;
  readonly start: number;
  end: number;
}

/** The facts of all `count` modules, in order. Of a module that is in several, the last part counts. */
export function mergeFacts(parts: readonly Part[], count: number): Facts {
  const runs = findRuns(parts, count);
  const all = parts.map(({ facts }) => facts);
  if (all.length === 1 && runs.length === 1) return all[0]!;
  const names = new Interner();
  const numbers = all.map((facts) => renumber(facts.names, names));
  const exports = { runs, starts: all.map(({ exportStarts }) => exportStarts) };
  const needs = { runs, starts: all.map(({ needStarts }) => needStarts) };
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
    alias: joinStrings(runs, all.map(({ alias }) => alias)),
    softdep: joinStrings(runs, all.map(({ softdep }) => softdep)),
    weakdep: joinStrings(runs, all.map(({ weakdep }) => weakdep)),
    faults: mergeFaults(parts, count),
  };
}

function findRuns(parts: readonly Part[], count: number): Run[] {
  const partOf = new Uint32Array(count);
  const placeOf = new Uint32Array(count);
  parts.forEach(({ modules }, part) =>
    modules.forEach((index, place) => {
      partOf[index] = part;
      placeOf[index] = place;
    })
  );
  const runs: Run[] = [];
  for (let index = 0; index < count; index++) {
    const [part, place] = [partOf[index]!, placeOf[index]!];
    const last = runs.at(-1);
    if (last?.part === part && last.end === place) last.end++;
    else runs.push({ part, start: place, end: place + 1 });
  }
  return runs;
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

/** Lists of the modules, and in each part where they start in its columns. */
interface Lists {
  readonly runs: readonly Run[];
  readonly starts: readonly Uint32Array[];
}

function joinStarts({ runs, starts }: Lists): Uint32Array {
  const joined = new Column();
  let at = 0;
  joined.push(at);
  for (const { part, start, end } of runs) {
    const own = starts[part]!;
    for (let i = start; i < end; i++) joined.push(at += own[i + 1]! - own[i]!);
  }
  return joined.finish();
}

/** One column of the parts, its lists in the order of the modules; none if it is not kept. */
function join<T extends Uint32Array | Uint8Array>(
  { runs, starts }: Lists,
  columns: readonly T[],
): T {
  const slices = runs.map(({ part, start, end }) =>
    columns[part]!.subarray(starts[part]![start], starts[part]![end])
  );
  const length = slices.reduce((sum, slice) => sum + slice.length, 0);
  const joined = new (columns[0]!.constructor as new (length: number) => T)(length);
  let at = 0;
  for (const slice of slices) {
    joined.set(slice, at);
    at += slice.length;
  }
  return joined;
}

function joinStrings(runs: readonly Run[], lists: readonly ModuleStrings[]): ModuleStrings {
  const strings = { runs, starts: lists.map(({ starts }) => starts) };
  const lengths = join(strings, lists.map(({ values }) => lengthsOf(values)));
  const offsets = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) offsets[i + 1] = offsets[i]! + lengths[i]!;
  // Where the bytes of each module's strings start.
  const byteStarts = lists.map(({ starts, values }) => translate(starts, values.offsets));
  const bytes = join({ runs, starts: byteStarts }, lists.map(({ values }) => values.bytes));
  return { starts: joinStarts(strings), values: { bytes, offsets } };
}

function lengthsOf({ offsets }: Strings): Uint32Array {
  const lengths = new Uint32Array(offsets.length - 1);
  for (let i = 0; i < lengths.length; i++) lengths[i] = offsets[i + 1]! - offsets[i]!;
  return lengths;
}

function mergeFaults(parts: readonly Part[], count: number): Facts["faults"] {
  const partOf = new Array<Part>(count);
  for (const part of parts) for (const index of part.modules) partOf[index] = part;
  const faults = parts.flatMap((part) =>
    part.facts.faults.map((fault) => ({ ...fault, module: part.modules[fault.module]! }))
      .filter(({ module }) => partOf[module] === part)
  );
  return faults.sort((a, b) => a.module - b.module);
}
