/**
 * What modules say, as bytes of the cache. Whatever comes from there is checked as if it came from
 * modules: an index holds no more by it, and nothing else, than by a module.
 *
 * @module
 */
import { countStrings, stringBytes } from "../bytes/strings.ts";
import { isPlainAscii } from "../bytes/text.ts";
import { FormatError } from "../errors.ts";
import type { ModuleStrings, StringFacts, Strings, SymbolFacts } from "../model.ts";
import {
  listStringColumns,
  listSymbolColumns,
  toStringFacts,
  toSymbolFacts,
} from "../read/columns.ts";
import { type ColumnType, decodeColumns, encodeColumns } from "./columns.ts";

/** What the facts are those of. */
export interface FactsShape {
  /** How many modules. */
  readonly modules: number;
  /** Whether there are CRCs and weak references. */
  readonly detailed: boolean;
  /** Bytes that the strings of one module may have. */
  readonly quota: number;
}

const SYMBOL_TYPES: readonly ColumnType[] = ["u8", ...Array<ColumnType>(10).fill("u32")];
const STRING_TYPES: readonly ColumnType[] = [0, 1, 2].flatMap(() => ["u32", "u32", "u8"] as const);

/** The symbols as bytes. */
export function encodeSymbols(facts: SymbolFacts): Uint8Array<ArrayBuffer> {
  return encodeColumns(listSymbolColumns(facts));
}

/** The strings as bytes. */
export function encodeStringFacts(facts: StringFacts): Uint8Array<ArrayBuffer> {
  return encodeColumns(listStringColumns(facts));
}

/**
 * The symbols in these bytes.
 *
 * @throws FormatError when no modules could have said this
 */
export function decodeSymbols(bytes: Uint8Array<ArrayBuffer>, shape: FactsShape): SymbolFacts {
  const columns = decodeColumns(bytes, SYMBOL_TYPES) as (Uint8Array | Uint32Array)[];
  const facts = toSymbolFacts(columns);
  checkStrings(facts.names);
  const names = countStrings(facts.names);
  checkStarts(facts.exportStarts, { lists: shape.modules, end: facts.exportNames.length });
  checkStarts(facts.needStarts, { lists: shape.modules, end: facts.needNames.length });
  checkBelow(facts.exportNames, names);
  checkBelow(facts.needNames, names);
  checkExports(facts);
  const details = shape.detailed
    ? [facts.exportNames, facts.needNames]
    : [{ length: 0 }, { length: 0 }];
  checkLengths([facts.exportCrcLow, facts.exportCrcHigh], details[0]!);
  checkLengths([facts.needCrcLow, facts.needCrcHigh, facts.needWeak], details[1]!);
  checkBelow(facts.needWeak, 2);
  return facts;
}

/**
 * The strings in these bytes.
 *
 * @throws FormatError when no modules could have said this
 */
export function decodeStringFacts(bytes: Uint8Array<ArrayBuffer>, shape: FactsShape): StringFacts {
  const columns = decodeColumns(bytes, STRING_TYPES) as (Uint8Array | Uint32Array)[];
  const facts = toStringFacts(columns);
  for (const list of [facts.alias, facts.softdep, facts.weakdep]) checkList(list, shape);
  if (!isPlainAscii(facts.alias.values.bytes)) throw new FormatError("an alias is not ASCII", 0);
  for (const { values } of [facts.softdep, facts.weakdep]) {
    if (values.bytes.some((byte) => byte < 0x20 || byte === 0x7f)) {
      throw new FormatError("a dependency with a control character", 0);
    }
  }
  return facts;
}

function checkList({ starts, values }: ModuleStrings, { modules, quota }: FactsShape): void {
  checkStrings(values);
  checkStarts(starts, { lists: modules, end: countStrings(values) });
  for (let i = 0; i < modules; i++) {
    const size = values.offsets[starts[i + 1]!]! - values.offsets[starts[i]!]!;
    if (size > quota) throw new FormatError("a module says more than it may", i);
  }
}

/** Makes sure that exported names can be keys of an index. */
function checkExports({ names, exportNames }: SymbolFacts): void {
  if (isPlainAscii(names.bytes)) return;
  for (const name of exportNames) {
    if (!isPlainAscii(stringBytes(names, name))) throw new FormatError("a name is not ASCII", name);
  }
}

/**
 * Makes sure that strings lie one after the other in their bytes.
 *
 * @throws FormatError
 */
export function checkStrings({ bytes, offsets }: Strings): void {
  checkStarts(offsets, { lists: offsets.length - 1, end: bytes.length });
}

/** Makes sure that these are the starts of lists, one after the other, with the end of the last. */
function checkStarts(starts: Uint32Array, { lists, end }: { lists: number; end: number }): void {
  if (starts.length !== lists + 1) throw new FormatError("another number of lists", 0);
  if (starts[0] !== 0 || starts[lists] !== end) throw new FormatError("lists leave a gap", 0);
  for (let i = 0; i < lists; i++) {
    if (starts[i]! > starts[i + 1]!) throw new FormatError("a list ends before it starts", i);
  }
}

function checkBelow(numbers: Uint32Array, limit: number): void {
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i]! >= limit) throw new FormatError("a number is too large", i);
  }
}

function checkLengths(
  columns: readonly { readonly length: number }[],
  { length }: { readonly length: number },
): void {
  for (const column of columns) {
    if (column.length !== length) throw new FormatError("columns of different lengths", 0);
  }
}
