/**
 * Where compressed files are unpacked to, one after another.
 *
 * @module
 */
import { LimitError } from "../errors.ts";

/** Bytes to begin with: more than nine modules in ten have. */
const INITIAL = 1 << 20;

/** A growing buffer with a limit. It is kept from file to file, so that it need not grow again. */
export class UnpackBuffer {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Bytes unpacked so far. */
  length = 0;

  /** @param limit bytes that it holds at most */
  constructor(readonly limit: number) {}

  /** The buffer itself, valid up to `length`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Starts over. */
  clear(): void {
    this.length = 0;
  }

  /** Gives the memory back. */
  release(): void {
    this.#bytes = new Uint8Array(0);
    this.length = 0;
  }

  /**
   * Appends a piece.
   *
   * @throws LimitError when it does not fit
   */
  append(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.limit) throw new LimitError(`unpacks to more than ${this.limit} bytes`);
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(piece, this.length);
    this.length = length;
  }

  /** The old memory is given back at once, so that there are never more than `limit` bytes. */
  #grow(length: number): void {
    const capacity = Math.min(this.limit, Math.max(INITIAL, length, this.#bytes.length * 2));
    this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(capacity));
  }
}
