/**
 * The `__versions` section: which CRC the module was built against, for each symbol it needs and
 * for a few (`module_layout`) that stand in no symbol table.
 *
 *     64-byte records:  CRC (4 or 8 bytes by class, file's byte order), name, NUL, padding
 *
 * @module
 */
import { INITIAL_LENGTH } from "../bytes/column.ts";
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
  names: Uint32Array = new Uint32Array(INITIAL_LENGTH);
  /** By record: the halves of its CRC. */
  crcLow: Uint32Array = new Uint32Array(INITIAL_LENGTH);
  /** By record. */
  crcHigh: Uint32Array = new Uint32Array(INITIAL_LENGTH);
  /** By record: 1 once it was found. */
  met: Uint8Array = new Uint8Array(INITIAL_LENGTH);
  /** Records in the current module. */
  count = 0;
  /** By name: its first record in the current module, if `#owners` says so. */
  #records: Uint32Array = new Uint32Array(INITIAL_LENGTH);
  /** By name: the module that has entered it last. */
  #owners: Uint32Array = new Uint32Array(INITIAL_LENGTH);
  #module = 0;

  /**
   * Takes in the records of `elf`. A section that is absent, or of a size that is no multiple of
   * a record's, has none.
   *
   * @throws FormatError when a name fills its record without a NUL
   */
  load(elf: ElfFile, names: Interner): void {
    this.#module++;
    this.count = 0;
    const { image, little, layout, versions } = elf;
    if (versions === undefined || versions.size % VERSION_SIZE !== 0) return;
    image.need(versions.offset, versions.size);
    const { view } = image;
    const wide = layout.wordSize === 8;
    const lowAt = wide && !little ? 4 : 0;
    const highAt = little ? 4 : 0;
    const count = versions.size / VERSION_SIZE;
    if (count > this.names.length) this.#resize(count * 2);
    for (let i = 0, at = versions.offset; i < count; i++, at += VERSION_SIZE) {
      const end = at + VERSION_SIZE;
      if (view.getUint8(end - 1) !== 0) checkTerminated(view, at + layout.wordSize, end);
      const name = names.intern(view, at + layout.wordSize, end);
      this.names[i] = name;
      this.crcLow[i] = view.getUint32(at + lowAt, little);
      this.crcHigh[i] = wide ? view.getUint32(at + highAt, little) : 0;
      this.met[i] = 0;
      this.#enter(name, i);
    }
    this.count = count;
  }

  /** The first record of a name, which is then marked as met; -1 when there is none. */
  find(name: number): number {
    if (name >= this.#owners.length || this.#owners[name] !== this.#module) return -1;
    const record = this.#records[name]!;
    this.met[record] = 1;
    return record;
  }

  #enter(name: number, record: number): void {
    if (name >= this.#owners.length) {
      const length = Math.max(this.#owners.length * 2, name + 1);
      this.#owners = grown(this.#owners, length);
      this.#records = grown(this.#records, length);
    }
    if (this.#owners[name] === this.#module) return;
    this.#owners[name] = this.#module;
    this.#records[name] = record;
  }

  #resize(length: number): void {
    this.names = new Uint32Array(length);
    this.crcLow = new Uint32Array(length);
    this.crcHigh = new Uint32Array(length);
    this.met = new Uint8Array(length);
  }
}

function checkTerminated(view: DataView, start: number, end: number): void {
  for (let at = start; at < end; at++) if (view.getUint8(at) === 0) return;
  throw new FormatError("name in __versions is not terminated", start);
}

function grown(array: Uint32Array, length: number): Uint32Array {
  const copy = new Uint32Array(length);
  copy.set(array);
  return copy;
}
