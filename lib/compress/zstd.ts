/**
 * zstd, by the package `zstddec`: the reference decoder in WebAssembly. It takes several frames,
 * skippable ones among them, frames without a content size, and checks checksums.
 *
 * The package's own loop neither notices errors nor stops at a limit, so the decoder's functions
 * are called directly, with buffers that are kept from file to file.
 *
 *     ZSTD_inBuffer, ZSTD_outBuffer (uint32): 0 address, 4 size, 8 position
 *
 * Source: zstd.h, ZSTD_decompressStream(); zstd_errors.h for the numbers.
 *
 * @module
 */
import { CompressionError } from "../errors.ts";
import type { Unpack } from "./compression.ts";
import type { UnpackBuffer } from "./unpack_buffer.ts";

/** What the WebAssembly module exports. */
interface Decoder {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  free(address: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): number;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

/** Results from here on, as unsigned numbers, are errors, counted down from 2^32. */
const FIRST_ERROR = 2 ** 32 - 120;

const OUT_OF_MEMORY = 64;

const ERRORS: Readonly<Record<number, string>> = {
  10: "not a zstd frame, or something else behind the last one",
  14: "unsupported frame parameter",
  16: "window too large",
  20: "corrupt data",
  22: "wrong checksum",
  32: "a dictionary is needed",
  [OUT_OF_MEMORY]: "out of memory",
  72: "corrupt data",
};

/** Bytes unpacked by one call. */
const PIECE = 1 << 17;

let decoder: Promise<Decoder> | undefined;

/** Loads the decoder. */
export async function loadZstd(): Promise<Unpack> {
  decoder ??= loadDecoder(); // the package makes it once, however often it is asked
  return new Unpacker(await decoder).unpack;
}

async function loadDecoder(): Promise<Decoder> {
  const { ZSTDDecoder } = await import("zstddec/stream");
  const loader = new ZSTDDecoder();
  const loaded = Promise.withResolvers<Decoder>();
  const init = loader._init;
  loader._init = (result) => {
    init(result);
    loaded.resolve(result.instance.exports as unknown as Decoder);
  };
  await loader.init();
  return await loaded.promise;
}

class Unpacker {
  #context: number;
  /** Addresses of the two structures and of what the second points to. */
  readonly #input: number;
  readonly #output: number;
  readonly #piece: number;
  /** Memory for a whole compressed file. */
  #file = 0;
  #fileSize = 0;

  constructor(readonly decoder: Decoder) {
    this.#context = decoder.ZSTD_createDCtx();
    this.#input = decoder.malloc(12);
    this.#output = decoder.malloc(12);
    this.#piece = decoder.malloc(PIECE);
  }

  readonly unpack: Unpack = (input, output) => {
    try {
      this.#decode(input, output);
    } catch (error) {
      // The context is in the middle of a frame.
      this.decoder.ZSTD_freeDCtx(this.#context);
      this.#context = this.decoder.ZSTD_createDCtx();
      throw error;
    }
  };

  #decode(input: Uint8Array, output: UnpackBuffer): void {
    this.#load(input);
    let expected = 1; // bytes that the decoder would like to see next; 0 at the end of a frame
    let full = false; // it may hold back more than fitted into the last piece
    let { fields, piece } = this.#views();
    while (fields.getUint32(this.#input + 8, true) < input.length || full) {
      fields.setUint32(this.#output + 8, 0, true);
      const { ZSTD_decompressStream } = this.decoder;
      expected = ZSTD_decompressStream(this.#context, this.#output, this.#input) >>> 0;
      if (expected >= FIRST_ERROR) throw describe(2 ** 32 - expected);
      if (fields.buffer !== this.decoder.memory.buffer) ({ fields, piece } = this.#views()); // grown
      const length = fields.getUint32(this.#output + 8, true);
      output.append(piece.subarray(0, length));
      full = length === PIECE && expected !== 0;
    }
    if (expected !== 0) throw new CompressionError("zstd: data cut off");
  }

  #views(): { fields: DataView; piece: Uint8Array } {
    const { buffer } = this.decoder.memory;
    return { fields: new DataView(buffer), piece: new Uint8Array(buffer, this.#piece, PIECE) };
  }

  #load(input: Uint8Array): void {
    if (input.length > this.#fileSize) {
      this.decoder.free(this.#file);
      this.#file = this.decoder.malloc(input.length * 2);
      this.#fileSize = this.#file === 0 ? 0 : input.length * 2;
    }
    if (this.#file === 0) throw describe(OUT_OF_MEMORY);
    const { buffer } = this.decoder.memory;
    new Uint8Array(buffer, this.#file).set(input);
    new Uint32Array(buffer, this.#input, 3).set([this.#file, input.length, 0]);
    new Uint32Array(buffer, this.#output, 3).set([this.#piece, PIECE, 0]);
  }
}

function describe(code: number): CompressionError {
  return new CompressionError(`zstd: ${ERRORS[code] ?? `error ${code}`}`);
}
