/**
 * Merges what several readers found: for each i in turn, module `positions[i]` of part `partOf[i]`.
 * Symbols and strings are merged separately, by different threads.
 *
 * @module
 */
import {
  ALIAS,
  BYTES,
  EXPORT_CRC_HIGH,
  EXPORT_CRC_LOW,
  EXPORT_NAMES,
  EXPORT_STARTS,
  LIST_COLUMNS,
  LISTS,
  NAME_BYTES,
  NAME_OFFSETS,
  NEED_CRC_HIGH,
  NEED_CRC_LOW,
  NEED_NAMES,
  NEED_STARTS,
  NEED_WEAK,
  OFFSETS,
  STARTS,
  WEAKDEP,
} from "./codes.ts";
import { columnAt } from "./column.ts";
import { detailed, endStrings, endSymbols, listColumn } from "./facts.ts";
import { intern } from "./names.ts";
import { stringEnd, stringStart } from "./strings.ts";

/**
 * A part of symbols: uint32 addresses of its columns, and of the new numbers of its names, NONE for
 * those that no module has used yet.
 */
const SYMBOL_PART: u32 = (LISTS as u32) * 4 + 4;

/** A part of strings: uint32 addresses of the columns of its lists. */
const STRING_PART: u32 = ((WEAKDEP as u32) + 1) * LIST_COLUMNS * 4;

/** No number: that of a name that nobody has used yet. */
const NONE: u32 = 0xffffffff;

/** Adds the symbols of `count` modules to the facts, and of the parts' names those that they use. */
export function mergeSymbols(parts: usize, partOf: usize, positions: usize, count: u32): void {
  let needs: u32 = 0; // by far the longest column: it gets its space at once
  for (let i: u32 = 0; i < count; i++) {
    const part = parts + load<u32>(partOf + i * 4) * SYMBOL_PART;
    const module = load<u32>(positions + i * 4);
    needs += startOf(part, NEED_STARTS, module + 1) - startOf(part, NEED_STARTS, module);
  }
  columnAt(NEED_NAMES).reserve(needs * 4);
  for (let i: u32 = 0; i < count; i++) {
    const part = parts + load<u32>(partOf + i * 4) * SYMBOL_PART;
    const module = load<u32>(positions + i * 4);
    addNames(EXPORT_NAMES, part, EXPORT_STARTS, module);
    addNames(NEED_NAMES, part, NEED_STARTS, module);
    if (detailed) {
      addNumbers(EXPORT_CRC_LOW, part, EXPORT_STARTS, module);
      addNumbers(EXPORT_CRC_HIGH, part, EXPORT_STARTS, module);
      addNumbers(NEED_CRC_LOW, part, NEED_STARTS, module);
      addNumbers(NEED_CRC_HIGH, part, NEED_STARTS, module);
      addNumbers(NEED_WEAK, part, NEED_STARTS, module);
    }
    endSymbols();
  }
}

/** Adds the strings of `count` modules to the facts. */
export function mergeStrings(parts: usize, partOf: usize, positions: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const part = parts + load<u32>(partOf + i * 4) * STRING_PART;
    const module = load<u32>(positions + i * 4);
    for (let list: u32 = ALIAS; list <= (WEAKDEP as u32); list++) addStrings(list, part, module);
    endStrings();
  }
}

/** Address of a column of a part. */
function columnOf(part: usize, column: u32): usize {
  return load<u32>(part + column * 4);
}

/** Where the list of a module starts in a column, and that of the module before it ends. */
function startOf(part: usize, starts: u32, module: u32): u32 {
  return load<u32>(columnOf(part, starts) + module * 4);
}

function addNames(column: u32, part: usize, starts: u32, module: u32): void {
  const from = columnOf(part, column);
  const target = columnAt(column);
  const start = startOf(part, starts, module);
  const size = (startOf(part, starts, module + 1) - start) * 4;
  target.reserve(size);
  const to = target.data + target.length;
  for (let i: u32 = 0; i < size; i += 4) {
    store<u32>(to + i, numberOf(part, load<u32>(from + start * 4 + i)));
  }
  target.length += size;
}

/** The new number of a name of a part. */
function numberOf(part: usize, name: u32): u32 {
  const at = columnOf(part, LISTS) + name * 4;
  let number = load<u32>(at);
  if (number == NONE) {
    const list = columnOf(part, NAME_BYTES);
    const offsets = columnOf(part, NAME_OFFSETS);
    number = intern(stringStart(list, offsets, name), stringEnd(list, offsets, name));
    store<u32>(at, number);
  }
  return number;
}

function addNumbers(column: u32, part: usize, starts: u32, module: u32): void {
  const from = columnOf(part, column);
  columnAt(column).append(
    from + startOf(part, starts, module) * 4,
    from + startOf(part, starts, module + 1) * 4,
  );
}

function addStrings(list: u32, part: usize, module: u32): void {
  const first = list * LIST_COLUMNS;
  const starts = first + STARTS;
  const offsets = columnOf(part, first + OFFSETS);
  const bytes = columnAt(listColumn(list, BYTES));
  const start = startOf(part, starts, module);
  const end = startOf(part, starts, module + 1);
  const from = columnOf(part, first + BYTES);
  const firstByte = load<u32>(offsets + start * 4);
  const moved = bytes.length - firstByte;
  bytes.append(from + firstByte, from + load<u32>(offsets + end * 4));
  const target = columnAt(listColumn(list, OFFSETS));
  for (let i = start; i < end; i++) target.push(load<u32>(offsets + i * 4, 4) + moved);
}
