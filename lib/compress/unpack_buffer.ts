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
 * A growing buffer with a limit. It is kept from file to file, and grows in place: addresses are
 * reserved for the whole limit, memory only as it is used.
 */
export class UnpackBuffer {
  readonly #buffer: ArrayBuffer;
  /** The buffer itself, valid up to `length`. It becomes longer as the buffer grows. */
  readonly bytes: Uint8Array;
  /** Bytes that it holds at most. */
  readonly limit: number;
  /** Bytes unpacked so far. */
  length = 0;

  /** @param limit bytes that it is to hold at most */
  constructor(limit: number) {
    this.limit = Math.min(limit, LARGEST);
    this.#buffer = new ArrayBuffer(0, { maxByteLength: this.limit });
    this.bytes = new Uint8Array(this.#buffer);
  }

  /** Starts over. */
  clear(): void {
    this.length = 0;
  }

  /** Gives the memory back. */
  release(): void {
    this.#buffer.resize(0);
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
    const capacity = this.#buffer.byteLength;
    if (length > capacity) {
      this.#buffer.resize(Math.min(this.limit, Math.max(INITIAL, length, capacity * 2)));
    }
    this.bytes.set(piece, this.length);
    this.length = length;
  }
}
