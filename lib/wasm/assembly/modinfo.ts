/**
 * The `.modinfo` section: `key=value` strings, each ended by one NUL or more.
 *
 *     license=GPL \0 alias=pci:v00008086d* \0 \0 \0 depends= \0 …
 *
 * @module
 */
import { ALIAS, SOFTDEP, WEAKDEP } from "./codes.ts";
import { addString } from "./facts.ts";
import { modinfo } from "./file.ts";

/** The keys that end up in an index file, as little-endian numbers. */
const ALIA: u32 = 0x61696c61;
const S: u32 = 0x73;
const SOFT: u32 = 0x74666f73;
const WEAK: u32 = 0x6b616577;
const DEP: u32 = 0x706564;

/**
 * Adds each value of a key that ends up in an index file, in file order. A key without `=` has an
 * empty value. The last string may lack its NUL.
 */
export function parseModinfo(): void {
  if (!modinfo.isPresent) return;
  modinfo.read();
  const sectionEnd = modinfo.end;
  for (let start = modinfo.start; start < sectionEnd; start++) {
    let end = start;
    while (end < sectionEnd && load<u8>(end) != 0) end++;
    const four = load<u32>(start);
    if (four == ALIA) addValue(ALIAS, start, end, 5, load<u8>(start, 4) == S);
    else if (four == SOFT) addValue(SOFTDEP, start, end, 7, isDep(start));
    else if (four == WEAK) addValue(WEAKDEP, start, end, 7, isDep(start));
    start = end;
  }
}

function isDep(start: usize): bool {
  return (load<u32>(start, 4) & 0xffffff) == DEP;
}

/** Adds the value of a string if `isKey`; the key has `length` bytes. */
function addValue(list: u32, start: usize, end: usize, length: u32, isKey: bool): void {
  const keyEnd = start + length;
  if (!isKey || keyEnd > end) return;
  if (keyEnd == end) addString(list, end, end);
  else if (load<u8>(keyEnd) == 0x3d) addString(list, keyEnd + 1, end); // "="
}
