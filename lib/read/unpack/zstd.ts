/**
 * zstd, by the reference decoder in WebAssembly: several frames, skippable ones among them, frames
 * without a content size; checksums are checked. `zstd_wasm.ts` holds the module; it is made by
 * `scripts/decoders/build`, and `scripts/decoders/zstd/shim.c` defines the functions called here.
 *
 * A file passes through the module in pieces. The module's memory is kept from file to file: two
 * pieces and the largest window that is granted, 128 MiB. Only as much of it becomes real memory as
 * has been used; a frame that fits into a piece takes no window, whatever it claims.
 *
 * Measured on 4,022 modules, 107 MB that unpack to 397 MB: 0.57 s, where the native library takes
 * 0.35 s and the package `zstddec`, the same decoder for 32 bits, 0.76 s.
 *
 * The runtime's own, in node:zlib, will not do: Deno 2.6.8 has none, and that of 2.6.10 and 2.9.6
 * stops after the first frame, even a skippable one, and takes files that are cut off.
 *
 * @module
 */
import { decodeBase64 } from "../../bytes/base64.ts";
import { CompressionError, SizeError } from "../../errors.ts";
import type { Unpack } from "./unpack.ts";
import type { UnpackBuffer } from "./unpack_buffer.ts";
import { ZSTD } from "./zstd_wasm.ts";

/** What the WebAssembly module exports. */
interface Zstd {
  readonly memory: WebAssembly.Memory;
  /** Addresses of the pieces, of 64 bits. */
  readonly input: WebAssembly.Global;
  readonly output: WebAssembly.Global;
  start(): void;
  left(): number;
  supply(size: number): void;
  decode(): number;
  produced(): number;
}

/** Bytes of a piece. From 128 KiB to 32 MiB, the time is the same. */
const PIECE = 1 << 20;

/** The errors, in the library's numbering (enum ZSTD_ErrorCode). */
const ERRORS: Readonly<Record<number, string>> = {
  10: "not a zstd frame, or something else after the last one",
  14: "unsupported frame parameter",
  16: "window too large: the limit is 128 MiB",
  20: "corrupt data",
  22: "wrong checksum",
  32: "a dictionary is needed",
  70: "corrupt data",
  72: "corrupt data",
};

/** Loads the library. */
export async function loadZstd(): Promise<Unpack> {
  const module = await WebAssembly.compile(decodeBase64(ZSTD));
  let unpacker = new Unpacker(module);
  return (input, output) => {
    try {
      unpacker.unpack(input, output);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      unpacker = new Unpacker(module); // the state of the old one is unknown
      throw new CompressionError(`zstd: the decoder broke down: ${error.message}`);
    }
  };
}

class Unpacker {
  readonly #zstd: Zstd;
  /** The pieces: the memory does not grow. */
  readonly #input: Uint8Array;
  readonly #output: Uint8Array;

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module);
    this.#zstd = exports as unknown as Zstd;
    const { memory, input, output } = this.#zstd;
    this.#input = new Uint8Array(memory.buffer, Number(input.value), PIECE);
    this.#output = new Uint8Array(memory.buffer, Number(output.value), PIECE);
  }

  unpack(input: Uint8Array, output: UnpackBuffer): void {
    const zstd = this.#zstd;
    zstd.start();
    let supplied = 0;
    let result = 1; // 0 at the end of a frame, positive before
    let full = false; // the decoder may have more output than fitted into the piece
    checkWindow(input, output.limit);
    while (supplied < input.length || zstd.left() > 0 || full) {
      if (zstd.left() === 0) {
        const piece = input.subarray(supplied, supplied + PIECE);
        this.#input.set(piece);
        zstd.supply(piece.length);
        supplied += piece.length;
      }
      result = zstd.decode();
      if (result < 0) throw new CompressionError(`zstd: ${ERRORS[-result] ?? `error ${-result}`}`);
      const produced = zstd.produced();
      output.append(this.#output.subarray(0, produced));
      full = produced === PIECE && result !== 0;
      if (result === 0) checkWindow(input.subarray(supplied - zstd.left()), output.limit);
    }
    if (result !== 0) throw new CompressionError("zstd: data cut off");
  }
}

/** Windows up to so many bytes do not count: the kernel's build takes 2 MiB, `zstd -19` 8 MiB. */
const FREE_WINDOW = 1 << 25;

/** The largest window that the decoder grants. */
const LARGEST_WINDOW = 1 << 27;

/**
 * Makes sure that the window of a frame, which takes memory as it is used, keeps to the limit for
 * the module. A frame in a single segment has no window but its content. What is no frame, and a
 * window that the decoder refuses, is left to the decoder.
 *
 *     28 b5 2f fd   magic
 *     1 byte        bit 5: single segment
 *     1 byte        window: high five bits exponent, low three bits mantissa
 *
 * @throws SizeError when the window is too large
 */
function checkWindow(frame: Uint8Array, limit: number): void {
  if (frame.length < 6 || (frame[4]! & 0x20) !== 0) return;
  if (frame[0] !== 0x28 || frame[1] !== 0xb5 || frame[2] !== 0x2f || frame[3] !== 0xfd) return;
  const base = 2 ** (10 + (frame[5]! >> 3));
  const window = base + base / 8 * (frame[5]! & 7);
  if (window <= Math.max(limit, FREE_WINDOW) || window > LARGEST_WINDOW) return;
  throw new SizeError(`needs a window of ${window} bytes; see --max-module-size`);
}
