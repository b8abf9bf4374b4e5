/**
 * Where compressed files are unpacked to, one after another.
 *
 * @module
 */
import { SizeError } from "../errors.ts";

/** Bytes to begin with: more than nine modules in ten have. */
const INITIAL = 1 << 20;

/** Bytes that can be kept at most, whatever the limit. */
const LARGEST = 2 ** 32;

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

/**
 * A growing buffer with a limit, kept from file to file. It is memory as WebAssembly has it, which
 * grows in its place: no copy is made, and what it has not reached yet is not taken from the
 * system. (Of a resizable ArrayBuffer, which does the same, V8 takes four to twenty times as long
 * to read a byte; a new one of twice the size takes half as much again while the old one is copied.)
 */
export class UnpackBuffer {
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array = new Uint8Array();
  /** Bytes that it holds at most. */
  readonly limit: number;
  /** Bytes unpacked so far. */
  length = 0;

  /** @param limit bytes that it is to hold at most */
  constructor(limit: number) {
    this.limit = Math.min(limit, LARGEST);
    this.#memory = new WebAssembly.Memory({ initial: 0, maximum: Math.ceil(this.limit / PAGE) });
  }

  /** The buffer itself, valid up to `length` and until the next `append`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Starts over. */
  clear(): void {
    this.length = 0;
  }

  /**
   * Appends a piece.
   *
   * @throws SizeError when it does not fit
   */
  append(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.limit) {
      throw new SizeError(`unpacks to more than ${this.limit} bytes; see --max-module-size`);
    }
    const capacity = this.#bytes.length;
    if (length > capacity) this.#grow(Math.max(INITIAL, length, capacity * 2));
    this.#bytes.set(piece, this.length);
    this.length = length;
  }

  #grow(capacity: number): void {
    const size = Math.min(this.limit, capacity);
    this.#memory.grow(Math.ceil(size / PAGE) - this.#memory.buffer.byteLength / PAGE);
    this.#bytes = new Uint8Array(this.#memory.buffer, 0, size);
  }
}
