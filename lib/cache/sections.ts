/**
 * The file of the cache: sections, each with a checksum, so that one can be read without the others.
 *
 *      0   "depmod cache 1\n\0"
 *     16   for each section: u64 bytes, SHA-256 (32 bytes)
 *          the sections, one after the other
 *
 * The checksums find damage. They do not tell who has written the file: what is in the sections is
 * untrusted, like the modules themselves.
 *
 * @module
 */
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
  readonly checksum: Uint8Array;
}

const MAGIC = new TextEncoder().encode("depmod cache 1\n\0");
const CHECKSUM_SIZE = 32;
const ENTRY_SIZE = 8 + CHECKSUM_SIZE;

/** Bytes before the first section. */
export const HEADER_SIZE = MAGIC.length + SECTIONS.length * ENTRY_SIZE;

/** The SHA-256 of bytes. */
export async function checksumOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The bytes of a file of these sections. */
export async function encodeSections(sections: Sections): Promise<Uint8Array<ArrayBuffer>> {
  const parts = SECTIONS.map((name) => sections[name]);
  const checksums = await Promise.all(parts.map(checksumOf));
  const file = new Uint8Array(parts.reduce((end, { length }) => end + length, HEADER_SIZE));
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  let offset = HEADER_SIZE;
  for (const [i, part] of parts.entries()) {
    const entry = MAGIC.length + i * ENTRY_SIZE;
    view.setBigUint64(entry, BigInt(part.length), true);
    file.set(checksums[i]!, entry + 8);
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

/**
 * Where the sections are.
 *
 * @param header the first bytes of the file
 * @param size bytes in the whole file
 * @throws FormatError when it is no such file, one of another version, or cut off
 */
export function parseHeader(header: Uint8Array, size: number): Record<SectionName, Section> {
  if (!MAGIC.every((byte, i) => header[i] === byte)) {
    throw new FormatError("it is no cache of this version", 0);
  }
  if (header.length < HEADER_SIZE) throw new FormatError("it is cut off", header.length);
  const view = new DataView(header.buffer, header.byteOffset);
  let offset = HEADER_SIZE;
  const found = SECTIONS.map((name, i) => {
    const entry = MAGIC.length + i * ENTRY_SIZE;
    const section = {
      offset,
      size: Number(view.getBigUint64(entry, true)),
      checksum: header.slice(entry + 8, entry + ENTRY_SIZE),
    };
    offset += section.size;
    return [name, section] as const;
  });
  if (offset !== size) throw new FormatError("its size is wrong", size);
  return Object.fromEntries(found) as Record<SectionName, Section>;
}
