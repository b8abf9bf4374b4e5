/**
 * Caches as no run writes them: damaged, or forged with checksums that are right.
 *
 * @module
 */
import {
  type Column,
  type ColumnType,
  decodeColumns,
  encodeColumns,
} from "../../lib/cache/columns.ts";
import {
  encodeSections,
  HEADER_SIZE,
  NO_FINGERPRINT,
  parseHeader,
  type SectionName,
  SECTIONS,
  type Sections,
} from "../../lib/cache/sections.ts";
import { pick, type Random } from "./random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What the columns of a section are. */
export const COLUMN_TYPES = {
  keys: ["u8", "u32", "f64", "u8"],
  symbols: ["u8", ...Array<ColumnType>(10).fill("u32")],
  strings: ["u32", "u32", "u8", "u32", "u32", "u8", "u32", "u32", "u8"],
} as const satisfies Record<string, readonly ColumnType[]>;

/** The cache with one byte changed, or cut off. */
export function damage(cache: Bytes, random: Random): Bytes {
  if (random(4) === 0) return cache.slice(0, random(cache.length));
  return changeByte(cache, random);
}

/** The cache with a few bytes of one section changed, cut off or doubled, and the right checksum. */
export function forgeAny(cache: Bytes, random: Random): Bytes {
  const name = pick(SECTIONS, random);
  return forge(cache, name, (section) => {
    if (random(16) === 0) return section.slice(0, random(section.length));
    let bytes = section;
    for (let i = random(4); i >= 0; i--) bytes = changeByte(bytes, random);
    return bytes;
  });
}

/** The cache with another section in place of one. */
export function forge(
  cache: Bytes,
  name: SectionName,
  change: (section: Bytes) => Bytes,
): Bytes {
  const { sections, fingerprint } = parse(cache);
  return encodeSections({ ...sections, [name]: change(sections[name]) }, fingerprint);
}

/** The cache as if something had changed since it was written: its sections have to be read. */
export function withoutFingerprint(cache: Bytes): Bytes {
  return encodeSections(parse(cache).sections, NO_FINGERPRINT);
}

/** The cache with another text as its record. */
export function forgeRecord(cache: Bytes, change: (text: string) => string): Bytes {
  return forge(cache, "record", (section) => {
    return new Uint8Array(new TextEncoder().encode(change(new TextDecoder().decode(section))));
  });
}

/** The cache with other columns in one of its sections. */
export function forgeColumns(
  cache: Bytes,
  name: keyof typeof COLUMN_TYPES,
  change: (columns: Column[]) => Column[],
): Bytes {
  return forge(cache, name, (section) => {
    return encodeColumns(change(decodeColumns(section, COLUMN_TYPES[name])));
  });
}

function parse(cache: Bytes): { sections: Sections; fingerprint: Uint8Array } {
  const header = parseHeader(cache.subarray(0, HEADER_SIZE), cache.length);
  const sections = SECTIONS.map((name) => {
    const { offset, size } = header.sections[name];
    return [name, cache.slice(offset, offset + size)];
  });
  return { sections: Object.fromEntries(sections), fingerprint: header.fingerprint };
}

/** A copy with one byte changed, often one of those that are not 0. */
function changeByte(bytes: Bytes, random: Random): Bytes {
  const changed = bytes.slice();
  if (bytes.length === 0) return changed;
  let at = random(bytes.length);
  for (let tries = random(4); tries > 0 && bytes[at] === 0; tries--) at = random(bytes.length);
  const bit = 1 << random(8);
  changed[at] = pick([bytes[at]! ^ bit, 0, 0xff, random(256)], random);
  if (changed[at] === bytes[at]) changed[at] = bytes[at]! ^ bit;
  return changed;
}
