/**
 * Gives each distinct byte string a number, without making a JavaScript string of any: a hash
 * table with open addressing over one arena of bytes.
 *
 * @module
 */
import type { Strings } from "../model.ts";
import { ByteWriter } from "./writer.ts";
import { Column } from "./column.ts";

/** FNV-1a, 32 bit (Fowler, Noll, Vo): offset basis and prime. */
const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/** Numbers distinct byte strings from 0, in the order of their first appearance. */
export class Interner {
  #arena = new ByteWriter(1 << 16);
  #offsets = new Column();
  #hashes = new Column();
  /** Slot: number of a string plus one, or 0 for free. The size is a power of two. */
  #slots = new Uint32Array(1 << 12);

  constructor() {
    this.#offsets.push(0);
  }

  /** Distinct strings so far. */
  get length(): number {
    return this.#hashes.length;
  }

  /**
   * The number of the string that starts at `source[start]` and ends before the first NUL, or
   * before `source[limit]`.
   */
  intern(source: Uint8Array, start: number, limit = source.length): number {
    let hash = FNV_BASIS;
    let end = start;
    for (; end < limit; end++) {
      const byte = source[end]!;
      if (byte === 0) break;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    hash = (hash ^ (hash >>> 15)) >>> 0;

    const mask = this.#slots.length - 1;
    for (let slot = hash & mask;; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0) return this.#insert(slot, hash, source.subarray(start, end));
      if (this.#hashes.at(entry - 1) === hash && this.#equals(entry - 1, source, start, end)) {
        return entry - 1;
      }
    }
  }

  /** The first byte of string `id`, or 0 when it is empty. */
  firstByte(id: number): number {
    const start = this.#offsets.at(id);
    return start === this.#offsets.at(id + 1) ? 0 : this.#arena.buffer[start]!;
  }

  /** The bytes of string `id`, a view that the next `intern` may invalidate. */
  bytesOf(id: number): Uint8Array {
    return this.#arena.buffer.subarray(this.#offsets.at(id), this.#offsets.at(id + 1));
  }

  /** All strings, by number. */
  finish(): Strings {
    return { bytes: this.#arena.finish(), offsets: this.#offsets.finish() };
  }

  #equals(id: number, source: Uint8Array, start: number, end: number): boolean {
    const arena = this.#arena.buffer;
    let at = this.#offsets.at(id);
    if (this.#offsets.at(id + 1) - at !== end - start) return false;
    for (let i = start; i < end; i++) if (source[i] !== arena[at++]) return false;
    return true;
  }

  #insert(slot: number, hash: number, bytes: Uint8Array): number {
    const id = this.#hashes.length;
    this.#arena.slice(bytes, 0, bytes.length);
    this.#offsets.push(this.#arena.length);
    this.#hashes.push(hash);
    this.#slots[slot] = id + 1;
    if (id * 2 > this.#slots.length) this.#grow();
    return id;
  }

  #grow(): void {
    const mask = this.#slots.length * 2 - 1;
    const slots = new Uint32Array(mask + 1);
    for (let id = 0; id < this.#hashes.length; id++) {
      let slot = this.#hashes.at(id) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}
