/**
 * Collects what the modules say in the columns of the facts.
 *
 * @module
 */
import {
  ALIAS,
  BYTES,
  EXPORT,
  EXPORT_CRC_HIGH,
  EXPORT_CRC_LOW,
  EXPORT_NAMES,
  EXPORT_STARTS,
  FACT_COLUMNS,
  LIST_COLUMNS,
  LISTS,
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
import { drop, exceed } from "./host.ts";
import { nameEnd, nameStart } from "./names.ts";

const exportStarts = columnAt(EXPORT_STARTS);
const exportNames = columnAt(EXPORT_NAMES);
const exportCrcLow = columnAt(EXPORT_CRC_LOW);
const exportCrcHigh = columnAt(EXPORT_CRC_HIGH);
const needStarts = columnAt(NEED_STARTS);
const needNames = columnAt(NEED_NAMES);
const needCrcLow = columnAt(NEED_CRC_LOW);
const needCrcHigh = columnAt(NEED_CRC_HIGH);
const needWeak = columnAt(NEED_WEAK);

/** Whether CRCs and weak references are kept, four fifths of most facts. */
export let detailed: bool = false;

/** Bytes of an entry in the text and the binary file, beside twice its value and the module's name. */
const ENTRY_SIZE: u32 = 32;

/** Bytes that a module may add to the index files. */
let quota: u32 = 0;
/** Bytes of the current module's name. */
let nameSize: u32 = 0;
/** Bytes that the current module may still add. */
let left: u32 = 0;
/** Whether the current module has passed its quota: what follows is passed over. */
let isFull: bool = false;

/** Sets how many bytes each module may add to the index files. */
export function setQuota(bytes: u32): void {
  quota = bytes;
}

/** Takes an entry of `size` bytes off the quota, or reports once that the quota is used up. */
function mayAdd(size: u32): bool {
  if (isFull) return false;
  const cost: u64 = ((size as u64) + nameSize) * 2 + ENTRY_SIZE;
  if (cost <= left) {
    left -= cost as u32;
    return true;
  }
  isFull = true;
  exceed();
  return false;
}

function resetQuota(): void {
  left = quota;
  isFull = false;
}

/** Begins facts without modules. */
export function clearFacts(withDetails: bool): void {
  detailed = withDetails;
  for (let column: u32 = EXPORT_STARTS; column < (FACT_COLUMNS as u32); column++) {
    columnAt(column).length = 0;
  }
  exportStarts.push(0);
  needStarts.push(0);
  for (let list: u32 = ALIAS; list <= (WEAKDEP as u32); list++) {
    columnAt(listColumn(list, STARTS)).push(0);
    columnAt(listColumn(list, OFFSETS)).push(0);
  }
}

/** Adds an exported symbol, if an index can hold its name. */
export function addExport(name: u32, crc: u64): void {
  if (!isPlainAscii(nameStart(name), nameEnd(name))) {
    drop(EXPORT, nameStart(name), nameEnd(name));
    return;
  }
  if (!mayAdd((nameEnd(name) - nameStart(name)) as u32)) return;
  exportNames.push(name);
  if (!detailed) return;
  exportCrcLow.push(crc as u32);
  exportCrcHigh.push((crc >> 32) as u32);
}

/** Adds a symbol that the module needs; if `weak`, it may be missing. */
export function addNeed(name: u32, crc: u64, weak: bool): void {
  needNames.push(name);
  if (!detailed) return;
  needCrcLow.push(crc as u32);
  needCrcHigh.push((crc >> 32) as u32);
  needWeak.push(weak ? 1 : 0);
}

/** Takes back the needs of the current module. */
export function dropNeeds(): void {
  needNames.length = lastOf(NEED_STARTS) << 2;
  if (detailed) needCrcLow.length = needCrcHigh.length = needWeak.length = needNames.length;
}

/** Takes back all that the current module said, also if a value was added only in part. */
export function dropModule(): void {
  resetQuota();
  dropNeeds();
  exportNames.length = lastOf(EXPORT_STARTS) << 2;
  if (detailed) exportCrcLow.length = exportCrcHigh.length = exportNames.length;
  for (let list: u32 = ALIAS; list <= (WEAKDEP as u32); list++) {
    const strings = lastOf(listColumn(list, STARTS));
    columnAt(listColumn(list, OFFSETS)).length = (strings + 1) << 2;
    columnAt(listColumn(list, BYTES)).length = lastOf(listColumn(list, OFFSETS));
  }
}

/**
 * Adds a string of the module to one of its lists. Aliases become keys of an index, which are
 * ASCII; the other lists are text only.
 */
export function addString(list: u32, start: usize, end: usize): void {
  if (!(list == ALIAS ? isPlainAscii(start, end) : !hasControl(start, end))) {
    drop(list, start, end);
    return;
  }
  if (!mayAdd((end - start) as u32)) return;
  const bytes = columnAt(listColumn(list, BYTES));
  bytes.append(start, end);
  columnAt(listColumn(list, OFFSETS)).push(bytes.length);
}

/**
 * Begins a module whose name has `size` bytes, and makes space for what closes it, so that
 * `endModule` cannot fail.
 */
export function beginModule(size: u32): void {
  nameSize = size;
  resetQuota();
  exportStarts.reserve(4);
  needStarts.reserve(4);
  for (let list: u32 = ALIAS; list <= (WEAKDEP as u32); list++) {
    columnAt(listColumn(list, STARTS)).reserve(4);
  }
}

/** Closes the current module. */
export function endModule(): void {
  endSymbols();
  endStrings();
}

/** Closes the lists of symbols of the current module. */
export function endSymbols(): void {
  exportStarts.push(exportNames.length >> 2);
  needStarts.push(needNames.length >> 2);
}

/** Closes the lists of strings of the current module. */
export function endStrings(): void {
  for (let list: u32 = ALIAS; list <= (WEAKDEP as u32); list++) {
    const strings = (columnAt(listColumn(list, OFFSETS)).length >> 2) - 1;
    columnAt(listColumn(list, STARTS)).push(strings);
  }
}

/** The number of a column of a list. */
export function listColumn(list: u32, which: u32): u32 {
  return (LISTS as u32) + list * LIST_COLUMNS + which;
}

/** The last number of a column. */
function lastOf(index: u32): u32 {
  const column = columnAt(index);
  return column.at((column.length >> 2) - 1);
}

/** Whether every byte is a printable ASCII character or a space. */
function isPlainAscii(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

/** Whether a byte is an ASCII control character. */
function hasControl(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte < 0x20 || byte == 0x7f) return true;
  }
  return false;
}
