/**
 * What the libraries for compressed files have in common.
 *
 * @module
 */
import type { UnpackBuffer } from "./unpack_buffer.ts";

/**
 * Unpacks `input`, a whole file, into `output`.
 *
 * @throws CompressionError when the data is cut off, corrupt, followed by something else, or uses a
 * feature that the library does not have; SizeError when it outgrows `output`; TimeError when it takes too long
 */
export type Unpack = (input: Uint8Array, output: UnpackBuffer) => void | Promise<void>;
