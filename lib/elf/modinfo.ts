/**
 * The `.modinfo` section: `key=value` strings, each ended by one NUL or more.
 *
 *     license=GPL \0 alias=pci:v00008086d* \0 \0 \0 depends= \0 …
 *
 * @module
 */
import type { ElfFile } from "./file.ts";

/** The keys that end up in an index file. */
export const MODINFO_KEYS = ["alias", "softdep", "weakdep"] as const;

/** One of the keys that end up in an index file. */
export type ModinfoKey = typeof MODINFO_KEYS[number];

const KEYS = MODINFO_KEYS.map((key) => new TextEncoder().encode(key));

/**
 * Calls `visit` with each value of the keys above, in file order, as a range of the file's bytes.
 * A key without `=` has an empty value. The last string may lack its NUL.
 */
export function parseModinfo(
  elf: ElfFile,
  visit: (key: ModinfoKey, value: { start: number; end: number }) => void,
): void {
  if (elf.modinfo === undefined) return;
  const { offset, size } = elf.modinfo;
  elf.image.need(offset, size);
  const { bytes } = elf.image;
  const sectionEnd = offset + size;
  for (let start = offset; start < sectionEnd; start++) {
    let end = start;
    while (end < sectionEnd && bytes[end] !== 0) end++;
    const first = bytes[start];
    if (first === 0x61 || first === 0x73 || first === 0x77) { // a, s, w
      for (let key = 0; key < KEYS.length; key++) {
        const value = findValue(bytes, { start, end, key: KEYS[key]! });
        if (value >= 0) visit(MODINFO_KEYS[key]!, { start: value, end });
      }
    }
    start = end;
  }
}

/** Where the value starts if the string's key is `key`, else -1. */
function findValue(
  bytes: Uint8Array,
  { start, end, key }: { start: number; end: number; key: Uint8Array },
): number {
  const keyEnd = start + key.length;
  if (keyEnd > end) return -1;
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return -1;
  if (keyEnd === end) return end;
  return bytes[keyEnd] === 0x3d ? keyEnd + 1 : -1; // "="
}
