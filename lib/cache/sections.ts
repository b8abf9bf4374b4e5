/**
 * The file of the cache: a fingerprint of the run that wrote it, and sections, each with a checksum,
 * so that one can be read without the others.
 *
 *      0   "depmod cache 3\n\0"
 *     16   fingerprint (32 bytes), or zeros
 *     48   for each section: u32 bytes, CRC-32
 *     80   the sections, one after the other
 *
 * The checksums find damage. They do not tell who has written the file: what is in the sections is
 * untrusted, like the modules themselves. The fingerprint has no checksum: if it is damaged, it is
 * that of no run.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { FormatError } from "../errors.ts";

/** The sections, in this order. */
export const SECTIONS = ["record", "keys", "symbols", "strings"] as const;

/** The name of a section. */
export type SectionName = typeof SECTIONS[number];

/** The bytes of each section. */
export type Sections = Readonly<Record<SectionName, Uint8Array<ArrayBuffer>>>;

/** Where a section is, and its checksum. */
export interface Section {
  /** Byte offset in the file. */
  readonly offset: number;
  readonly size: number;
  readonly checksum: number;
}

/** What the beginning of the file says. */
export interface Header {
  readonly fingerprint: Uint8Array;
  readonly sections: Readonly<Record<SectionName, Section>>;
}

/** Bytes of a fingerprint: those of a SHA-256. */
export const FINGERPRINT_SIZE = 32;

/** The fingerprint of no run. */
export const NO_FINGERPRINT: Uint8Array = new Uint8Array(FINGERPRINT_SIZE);

const MAGIC = new TextEncoder().encode("depmod cache 3\n\0");
const ENTRIES = MAGIC.length + FINGERPRINT_SIZE;
const ENTRY_SIZE = 8;

/** Bytes before the first section. */
export const HEADER_SIZE = ENTRIES + SECTIONS.length * ENTRY_SIZE;

/** The bytes of a file of these sections. */
export function encodeSections(
  sections: Sections,
  fingerprint: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const parts = SECTIONS.map((name) => sections[name]);
  const file = new Uint8Array(parts.reduce((end, { length }) => end + length, HEADER_SIZE));
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  file.set(fingerprint, MAGIC.length);
  let offset = HEADER_SIZE;
  for (const [i, part] of parts.entries()) {
    const entry = ENTRIES + i * ENTRY_SIZE;
    view.setUint32(entry, part.length, true);
    view.setUint32(entry + 4, crc32(part), true);
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

/**
 * What the beginning of a file says.
 *
 * @param header the first bytes of the file
 * @param size bytes in the whole file
 * @throws FormatError when it is no such file, one of another version, or cut off
 */
export function parseHeader(header: Uint8Array, size: number): Header {
  if (!MAGIC.every((byte, i) => header[i] === byte)) {
    throw new FormatError("it is no cache of this version", 0);
  }
  if (header.length < HEADER_SIZE) throw new FormatError("it is cut off", header.length);
  const view = new DataView(header.buffer, header.byteOffset);
  let offset = HEADER_SIZE;
  const found = SECTIONS.map((name, i) => {
    const entry = ENTRIES + i * ENTRY_SIZE;
    const length = view.getUint32(entry, true);
    const section = { offset, size: length, checksum: view.getUint32(entry + 4, true) };
    offset += length;
    return [name, section] as const;
  });
  if (offset !== size) throw new FormatError("its size is wrong", size);
  return {
    fingerprint: header.slice(MAGIC.length, ENTRIES),
    sections: Object.fromEntries(found) as Record<SectionName, Section>,
  };
}
