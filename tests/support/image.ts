/**
 * Files in memory.
 *
 * @module
 */
import { Image } from "../../lib/read/image.ts";
import { UnpackBuffer } from "../../lib/read/unpack/unpack_buffer.ts";

/** An image in a memory of its own, from an address on. */
export function makeImage(start = 4096): Image {
  const image = new Image(new WebAssembly.Memory({ initial: 1 }));
  image.moveTo(start);
  return image;
}

/** A buffer in a memory of its own. */
export function makeUnpackBuffer(limit: number): UnpackBuffer {
  return new UnpackBuffer(makeImage(), limit);
}
