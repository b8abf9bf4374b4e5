/**
 * Where compressed files are unpacked to, one after another.
 *
 * @module
 */
import type { Image } from "../image.ts";
import { SizeError } from "../../errors.ts";

/** Bytes at first: nine modules in ten have fewer. */
const INITIAL = 1 << 20;

/** An image to which bytes are appended, up to a limit. */
export class UnpackBuffer {
  /** Bytes unpacked so far. */
  length = 0;

  /**
   * @param limit most bytes that it may hold
   * @param check called after each piece of work, even if it gives no bytes; throws when the file
   * has taken too long
   */
  constructor(
    readonly image: Image,
    readonly limit: number,
    readonly check: () => void = () => {},
  ) {}

  /** What has been unpacked, until the next `append`. */
  get bytes(): Uint8Array {
    return this.image.bytes.subarray(0, this.length);
  }

  /** Starts over. */
  clear(): void {
    this.length = 0;
  }

  /**
   * Appends a piece, which may be empty.
   *
   * @throws SizeError when it does not fit; TimeError when the file has taken too long
   */
  append(piece: Uint8Array): void {
    this.check();
    const length = this.length + piece.length;
    if (length > this.limit) {
      throw new SizeError(`unpacks to more than ${this.limit} bytes; see --max-module-size`);
    }
    const { image } = this;
    if (length > image.bytes.length) this.#grow(length);
    image.bytes.set(piece, this.length);
    this.length = length;
  }

  #grow(length: number): void {
    const capacity = Math.max(INITIAL, length, this.image.bytes.length * 2);
    const most = Math.min(this.limit, this.image.most);
    this.image.reserve(Math.max(length, Math.min(most, capacity)));
  }
}
