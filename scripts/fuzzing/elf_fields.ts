/**
 * Where the fields of an ELF file lie. The tables are the fuzzer's own, from the System V ABI (gABI
 * 4.1, chapters 4 and 5). Only valid files are asked for.
 *
 * @module
 */
import { decodeLatin1 } from "../../lib/bytes/text.ts";

/** A field of `size` bytes from `at` on. */
export interface Field {
  readonly at: number;
  readonly size: number;
}

/** The fields of a file, by what they belong to. */
export interface ElfFields {
  readonly little: boolean;
  readonly header: readonly Field[];
  /** The fields of each section header, in the order of the ABI. */
  readonly sections: readonly (readonly Field[])[];
  readonly symbols: readonly Field[];
  /** The CRCs of `__versions`, and the names' first and last bytes. */
  readonly versions: readonly Field[];
  /** The sections that hold text: each one field. */
  readonly texts: readonly Field[];
}

/** Sizes of fields, one after the other, by the file's class. */
const IDENT = Array<number>(16).fill(1);
const HEADER = {
  32: [...IDENT, 2, 2, 4, 4, 4, 4, 4, 2, 2, 2, 2, 2, 2],
  64: [...IDENT, 2, 2, 4, 8, 8, 8, 4, 2, 2, 2, 2, 2, 2],
} as const;
const SECTION = {
  32: [4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
  64: [4, 4, 8, 8, 8, 8, 4, 4, 8, 8],
} as const;
const SYMBOL = { 32: [4, 4, 4, 1, 1, 2], 64: [4, 1, 1, 2, 8, 8] } as const;

/** The places of fields in those tables. */
const E_SHOFF = 21;
const E_SHNUM = 27;
const E_SHSTRNDX = 28;
const SH_NAME = 0;
/** The place of `sh_offset` and of `sh_size` in a section's fields. */
export const SH_OFFSET = 4;
export const SH_SIZE = 5;

const TEXTS = [".modinfo", ".strtab", ".shstrtab", "__ksymtab_strings", "__versions"];
const VERSION_RECORD = 64;

/** The fields of a file, undefined if it is not valid. */
export function findFields(bytes: Uint8Array): ElfFields | undefined {
  if (bytes.length < 64 || decodeLatin1(bytes.subarray(0, 4)) !== "\x7fELF") return undefined;
  const bits = bytes[4] === 2 ? 64 : 32;
  const little = bytes[5] === 1;
  const header = layOut(0, HEADER[bits]);
  const number = (field: Field) => readField(bytes, field, little);
  const [size] = layOut(0, SECTION[bits]).slice(-1).map(endOf);
  const start = number(header[E_SHOFF]!);
  const count = number(header[E_SHNUM]!);
  if (start + count * size! > bytes.length) return undefined;
  const sections = Array.from(
    { length: count },
    (_, i) => layOut(start + i * size!, SECTION[bits]),
  );
  const names = sections[number(header[E_SHSTRNDX]!)];
  if (names === undefined) return undefined;
  const find = (name: string): Field | undefined => {
    const section = sections.find((fields) => {
      const at = number(names[SH_OFFSET]!) + number(fields[SH_NAME]!);
      return decodeLatin1(bytes.subarray(at, at + name.length + 1)) === `${name}\0`;
    });
    return section && { at: number(section[SH_OFFSET]!), size: number(section[SH_SIZE]!) };
  };
  return {
    little,
    header,
    sections,
    symbols: layOutTable(find(".symtab"), SYMBOL[bits]),
    versions: layOutTable(find("__versions"), [bits / 8, 1, VERSION_RECORD - bits / 8 - 2, 1]),
    texts: TEXTS.map(find).filter((field) => field !== undefined && field.size > 0) as Field[],
  };
}

function layOut(start: number, sizes: readonly number[]): Field[] {
  let at = start;
  return sizes.map((size) => {
    at += size;
    return { at: at - size, size };
  });
}

function layOutTable(table: Field | undefined, sizes: readonly number[]): Field[] {
  if (table === undefined) return [];
  const record = sizes.reduce((sum, size) => sum + size, 0);
  const count = Math.floor(table.size / record);
  return Array.from({ length: count }, (_, i) => layOut(table.at + i * record, sizes)).flat();
}

function endOf({ at, size }: Field): number {
  return at + size;
}

function readField(bytes: Uint8Array, { at, size }: Field, little: boolean): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + bytes[at + (little ? size - 1 - i : i)]!;
  return value;
}

/** A number as the bytes of a field; what does not fit is cut off. */
export function encodeField(value: bigint, { size }: Field, little: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0, rest = value; i < size; i++, rest >>= 8n) {
    bytes[little ? i : size - 1 - i] = Number(rest & 0xffn);
  }
  return bytes;
}
