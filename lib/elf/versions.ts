/**
 * The `__versions` section: which CRC the module was built against, for each symbol it needs and
 * for a few (`module_layout`) that stand in no symbol table.
 *
 *     64-byte records:  CRC (4 or 8 bytes by class, file's byte order), name, NUL, padding
 *
 * @module
 */
import type { Interner } from "../bytes/interner.ts";
import { FormatError } from "../errors.ts";
import type { ElfFile } from "./file.ts";
import { VERSION_SIZE } from "./layout.ts";

/**
 * The records of one module at a time, found by the number of their name. The arrays are reused
 * from module to module.
 */
export class Versions {
  /** By record: the number of its name. */
  #name = new Uint32Array(256);
  /** By record: 1 once it was found. */
  #met = new Uint8Array(256);
  /** By name: its first record in the current module, when `#owner` says so. */
  #record: Uint32Array = new Uint32Array(4096);
  #owner: Uint32Array = new Uint32Array(4096);
  #module = 0;
  /** Records in the current module. */
  count = 0;
  #elf: ElfFile | undefined;

  /**
   * Takes in the records of `elf`. A section that is absent, or of a size that is no multiple of
   * a record's, has none.
   *
   * @throws FormatError when a name fills its record without a NUL
   */
  load(elf: ElfFile, names: Interner): void {
    this.#elf = elf;
    this.#module++;
    this.count = 0;
    const section = elf.versions;
    if (section === undefined || section.size % VERSION_SIZE !== 0) return;
    elf.image.need(section.offset, section.size);
    const { bytes } = elf.image;
    const nameOffset = elf.layout.wordSize;
    const count = section.size / VERSION_SIZE;
    if (count > this.#name.length) {
      this.#name = new Uint32Array(count * 2);
      this.#met = new Uint8Array(count * 2);
    }
    this.#met.fill(0, 0, count);
    for (let i = 0, at = section.offset; i < count; i++, at += VERSION_SIZE) {
      if (
        bytes[at + VERSION_SIZE - 1] !== 0 && !hasNul(bytes, at + nameOffset, at + VERSION_SIZE)
      ) {
        throw new FormatError("name in __versions is not terminated", at);
      }
      const name = names.intern(bytes, at + nameOffset, at + VERSION_SIZE);
      this.#name[i] = name;
      this.#enter(name, i);
    }
    this.count = count;
  }

  /** The first record of a name, which is then marked as met; -1 when there is none. */
  find(name: number): number {
    if (name >= this.#owner.length || this.#owner[name] !== this.#module) return -1;
    const record = this.#record[name]!;
    this.#met[record] = 1;
    return record;
  }

  /** Whether `find` has returned this record. */
  isMet(record: number): boolean {
    return this.#met[record] === 1;
  }

  /** The number of a record's name. */
  nameOf(record: number): number {
    return this.#name[record]!;
  }

  /** Low 32 bits of a record's CRC; 0 for record -1. */
  crcLow(record: number): number {
    if (record < 0) return 0;
    const { image, little, layout, versions } = this.#elf!;
    const at = versions!.offset + record * VERSION_SIZE;
    return image.view.getUint32(at + (little ? 0 : layout.wordSize - 4), little);
  }

  /** High 32 bits of a record's CRC; 0 for record -1 and in a 32-bit file. */
  crcHigh(record: number): number {
    const { image, little, layout, versions } = this.#elf!;
    if (record < 0 || layout.wordSize === 4) return 0;
    const at = versions!.offset + record * VERSION_SIZE;
    return image.view.getUint32(at + (little ? 4 : 0), little);
  }

  #enter(name: number, record: number): void {
    if (name >= this.#owner.length) {
      const size = Math.max(this.#owner.length * 2, name + 1);
      this.#owner = grown(this.#owner, size);
      this.#record = grown(this.#record, size);
    }
    if (this.#owner[name] === this.#module) return;
    this.#owner[name] = this.#module;
    this.#record[name] = record;
  }
}

function hasNul(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === 0) return true;
  return false;
}

function grown(array: Uint32Array, size: number): Uint32Array {
  const copy = new Uint32Array(size);
  copy.set(array);
  return copy;
}
