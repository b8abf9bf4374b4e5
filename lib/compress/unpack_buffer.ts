/**
 * Where compressed files are unpacked to, one after another.
 *
 * @module
 */
import { LimitError } from "../errors.ts";

/** Bytes to begin with: more than nine modules in ten have. */
const INITIAL = 1 << 20;

/** Bytes that can be kept at most, whatever the limit. */
const LARGEST = 2 ** 32;

/**
 * A growing buffer with a limit, kept from file to file. It moves as it grows, but the memory that
 * it leaves is free at once, and what it has not reached yet is not taken from the system: at no
 * time does it hold much more than has been unpacked. (A resizable ArrayBuffer would stay in its
 * place; to read a byte of one takes V8 six times as long.)
 */
export class UnpackBuffer {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  /** Bytes that it holds at most. */
  readonly limit: number;
  /** Bytes unpacked so far. */
  length = 0;

  /** @param limit bytes that it is to hold at most */
  constructor(limit: number) {
    this.limit = Math.min(limit, LARGEST);
  }

  /** The buffer itself, valid up to `length` and until the next `append`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Starts over. */
  clear(): void {
    this.length = 0;
  }

  /** Gives the memory back. */
  release(): void {
    this.#resize(0);
    this.length = 0;
  }

  /**
   * Appends a piece.
   *
   * @throws LimitError when it does not fit
   */
  append(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.limit) {
      throw new LimitError(`unpacks to more than ${this.limit} bytes; see --max-module-size`);
    }
    const capacity = this.#bytes.length;
    if (length > capacity) {
      this.#resize(Math.min(this.limit, Math.max(INITIAL, length, capacity * 2)));
    }
    this.#bytes.set(piece, this.length);
    this.length = length;
  }

  #resize(capacity: number): void {
    this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(capacity));
  }
}
