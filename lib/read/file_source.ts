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

/** An open file. Reads in sequence need no seek. */
export class FileSource implements ImageSource {
  #position = 0;

  constructor(readonly file: Deno.FsFile) {}

  read(target: Uint8Array, offset: number): number {
    if (offset !== this.#position) this.file.seekSync(offset, Deno.SeekMode.Start);
    const length = this.file.readSync(target) ?? 0; // a regular file is read short at its end only
    this.#position = offset + length;
    return length;
  }

  size(): number {
    return this.#position = this.file.seekSync(0, Deno.SeekMode.End);
  }
}
