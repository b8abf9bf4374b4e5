/**
 * Gives each distinct byte string a number, without making a JavaScript string of any: a hash
 * table with open addressing over one arena of bytes. Bytes are hashed and compared four at a
 * time, which for symbol names of twenty bytes halves the time per name.
 *
 * @module
 */
import type { Strings } from "../model.ts";
import { LimitError } from "../errors.ts";
import { INITIAL_LENGTH } from "./column.ts";

/** Odd multiplier near 2^32 divided by the golden ratio (Knuth, TAOCP vol. 3, 6.4). */
const MULTIPLIER = 0x9e3779b1 | 0;
const SEED = 0x811c9dc5 | 0;

/** Slots to look at for one string: a table that is half full asks for two or three. */
const MOST_PROBES = 1024;

/** Bytes of a string; the kernel's names have 512 at most. */
const LONGEST = 4096;

/** Numbers distinct byte strings from 0, in the order of their first appearance. */
export class Interner {
  /** The strings one behind the other, and as numbers. */
  #arena: Uint8Array = new Uint8Array(INITIAL_LENGTH);
  #arenaView = viewOf(this.#arena);
  /** By string: where it starts in the arena; one more for the end of the last. */
  #offsets: Uint32Array = new Uint32Array(INITIAL_LENGTH);
  /** By string. */
  #hashes: Uint32Array = new Uint32Array(INITIAL_LENGTH);
  /** Slot: number of a string plus one, or 0 for free. The size is a power of two. */
  #slots = new Uint32Array(INITIAL_LENGTH);
  #count = 0;
  /** Strings taken over from a list that are not in the table yet. */
  #unhashed = 0;
  /** Length of the string last hashed. */
  #length = 0;
  /** Bytes that new strings may still take. */
  budget = Infinity;

  /**
   * An interner in which string i of a list, whose strings are distinct, has the number i. They
   * are hashed only when something is interned.
   */
  static from({ bytes, offsets }: Strings): Interner {
    const interner = new Interner();
    interner.#arena = bytes;
    interner.#arenaView = viewOf(bytes);
    interner.#offsets = offsets;
    interner.#count = interner.#unhashed = offsets.length - 1;
    return interner;
  }

  /** Distinct strings so far. */
  get length(): number {
    return this.#count;
  }

  /**
   * The number of the string that starts at byte `start` and ends before the first NUL, or before
   * byte `limit`.
   *
   * @throws LimitError when it is longer than 4,096 bytes, outruns the budget, or collides with too
   * many others
   */
  intern(source: DataView, start: number, limit = source.byteLength): number {
    if (this.#unhashed > 0) this.#hashAll();
    const hash = this.#hash(source, start, limit);
    const slots = this.#slots;
    const hashes = this.#hashes;
    const mask = slots.length - 1;
    for (let slot = hash & mask, probes = 0;; slot = (slot + 1) & mask) {
      if (++probes > MOST_PROBES) throw new LimitError("too many names made to collide");
      const entry = slots[slot]!;
      if (entry === 0) return this.#insert(slot, hash, source, start);
      if (hashes[entry - 1] === hash && this.#equals(entry - 1, source, start)) return entry - 1;
    }
  }

  /** The first byte of string `id`, or 0 when it is empty. */
  firstByte(id: number): number {
    const start = this.#offsets[id]!;
    return start === this.#offsets[id + 1] ? 0 : this.#arena[start]!;
  }

  /** The bytes of string `id`, a view that the next `intern` may invalidate. */
  bytesOf(id: number): Uint8Array {
    return this.#arena.subarray(this.#offsets[id], this.#offsets[id + 1]);
  }

  /** All strings, by number: the interner's own arrays, so that nothing may be added after this. */
  finish(): Strings {
    const offsets = this.#offsets.subarray(0, this.#count + 1);
    return { bytes: this.#arena.subarray(0, offsets[this.#count]), offsets };
  }

  /** Hashes a string as little-endian words, the last one filled up with zeros. */
  #hash(source: DataView, start: number, limit: number): number {
    let hash = SEED;
    let at = start;
    for (; at + 4 <= limit; at += 4) {
      const word = source.getUint32(at, true);
      if (((word - 0x01010101) & ~word & 0x80808080) !== 0) break; // one of the bytes is NUL
      hash = Math.imul(hash ^ word, MULTIPLIER);
      hash ^= hash >>> 15;
    }
    let word = 0;
    for (let shift = 0; at < limit; at++, shift += 8) {
      const byte = source.getUint8(at);
      if (byte === 0) break;
      word |= byte << shift;
    }
    if (word !== 0) {
      hash = Math.imul(hash ^ word, MULTIPLIER);
      hash ^= hash >>> 15;
    }
    this.#length = at - start;
    if (this.#length > LONGEST) throw new LimitError(`a name of more than ${LONGEST} bytes`);
    return hash >>> 0;
  }

  /** Whether string `id` is the one that was hashed last, which starts at `start`. */
  #equals(id: number, source: DataView, start: number): boolean {
    const length = this.#length;
    const own = this.#offsets[id]!;
    if (this.#offsets[id + 1]! - own !== length) return false;
    const arena = this.#arenaView;
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      if (arena.getUint32(own + i, true) !== source.getUint32(start + i, true)) return false;
    }
    for (; i < length; i++) {
      if (arena.getUint8(own + i) !== source.getUint8(start + i)) return false;
    }
    return true;
  }

  /** Adds the string that was hashed last. */
  #insert(slot: number, hash: number, source: DataView, start: number): number {
    const id = this.#count;
    const at = this.#offsets[id]!;
    const end = at + this.#length;
    this.budget -= this.#length;
    if (this.budget < 0) throw new LimitError("names that overlap to more than the file's size");
    if (end > this.#arena.length) {
      this.#arena = grown(this.#arena, Math.max(end, this.#arena.length * 2));
      this.#arenaView = viewOf(this.#arena);
    }
    for (let i = at; i < end; i++) this.#arena[i] = source.getUint8(start + i - at);
    if (id + 1 === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, this.#hashes.length * 2);
      this.#offsets = grown(this.#offsets, this.#offsets.length * 2);
    }
    this.#offsets[id + 1] = end;
    this.#hashes[id] = hash;
    this.#slots[slot] = id + 1;
    this.#count++;
    if (id * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    return id;
  }

  /** Enters the strings that were taken over. */
  #hashAll(): void {
    const count = this.#unhashed;
    this.#unhashed = 0;
    this.#hashes = new Uint32Array(count + 1);
    this.#offsets = grown(this.#offsets, count + 2);
    for (let id = 0; id < count; id++) {
      this.#hashes[id] = this.#hash(this.#arenaView, this.#offsets[id]!, this.#offsets[id + 1]!);
    }
    this.#rehash(2 ** Math.ceil(Math.log2(count + 1) + 1));
  }

  #rehash(size: number): void {
    const mask = size - 1;
    const slots = new Uint32Array(mask + 1);
    for (let id = 0; id < this.#count; id++) {
      let slot = this.#hashes[id]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

/** A longer copy, the rest zeros. */
function grown<T extends Uint8Array | Uint32Array>(array: T, length: number): T {
  const copy = new (array.constructor as new (length: number) => T)(length);
  copy.set(array);
  return copy;
}

/** The same bytes as numbers. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
