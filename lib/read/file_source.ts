/**
 * Module files on disk, as an image reads them.
 *
 * @module
 */
import { LimitError } from "../errors.ts";
import type { Image, ImageSource } from "./image.ts";

/**
 * Copies a whole file out of the image, which it will be unpacked into: to `buffer` if it fits.
 *
 * @throws LimitError when there is no memory for it
 */
export function readWhole(
  image: Image,
  buffer: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const { size } = image;
  image.need(0, size);
  const whole = buffer.length < size ? allocate(size) : buffer; // the largest files come first
  whole.set(image.bytes.subarray(0, size));
  return whole;
}

function allocate(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch {
    throw new LimitError(`there is no memory for ${size} bytes`);
  }
}

/** Bytes that are read at once. */
const SLICE = 1 << 20;

/** An open file. Reads in sequence need no seek. */
export class FileSource implements ImageSource {
  #position = 0;

  /** @param check called before each slice of a long read; throws when the file takes too long */
  constructor(readonly file: Deno.FsFile, readonly check: () => void = () => {}) {}

  read(target: Uint8Array, offset: number): number {
    if (offset !== this.#position) this.file.seekSync(offset, Deno.SeekMode.Start);
    const length = target.length > SLICE ? this.#readLong(target) : this.#readSlice(target);
    this.#position = offset + length;
    return length;
  }

  /** A slice that the file fills only in part is the last one. */
  #readLong(target: Uint8Array): number {
    let length = 0;
    for (let start = 0; start === length && start < target.length; start += SLICE) {
      this.check();
      length += this.#readSlice(target.subarray(start, start + SLICE));
    }
    return length;
  }

  /** A regular file is read short at its end only. */
  #readSlice(target: Uint8Array): number {
    return this.file.readSync(target) ?? 0;
  }

  size(): number {
    return this.#position = this.file.seekSync(0, Deno.SeekMode.End);
  }
}
