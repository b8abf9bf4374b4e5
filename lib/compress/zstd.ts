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

const ERRORS: Readonly<Record<number, string>> = {
  10: "not a zstd frame, or something else behind the last one",
  14: "unsupported frame parameter",
  16: "window too large",
  20: "corrupt data",
  22: "wrong checksum",
  32: "a dictionary is needed",
  64: "out of memory",
  72: "corrupt data",
};

/** Bytes unpacked by one call. */
const PIECE = 1 << 17;

/** Loads the decoder. */
export async function loadZstd(): Promise<Unpack> {
  const { ZSTDDecoder } = await import("zstddec/stream");
  const loader = new ZSTDDecoder();
  const loaded = Promise.withResolvers<Decoder>();
  const init = loader._init;
  loader._init = (result) => {
    init(result);
    loaded.resolve(result.instance.exports as unknown as Decoder);
  };
  await loader.init();
  return new Unpacker(await loaded.promise).unpack;
}

class Unpacker {
  /** Addresses of the two structures and of what the second points to. */
  readonly #input: number;
  readonly #output: number;
  readonly #piece: number;
  /** Memory for a whole compressed file. */
  #file = 0;
  #fileSize = 0;

  constructor(readonly decoder: Decoder) {
    this.#input = decoder.malloc(12);
    this.#output = decoder.malloc(12);
    this.#piece = decoder.malloc(PIECE);
  }

  readonly unpack: Unpack = (input, output) => {
    const { decoder } = this;
    this.#load(input);
    const context = decoder.ZSTD_createDCtx();
    try {
      let expected = 1; // bytes that the decoder would like to see next; 0 at the end of a frame
      let full = false; // it may hold back more than fitted into the last piece
      while (this.#field(this.#input, 8) < input.length || full) {
        this.#setFields(this.#output, [this.#piece, PIECE, 0]);
        expected = decoder.ZSTD_decompressStream(context, this.#output, this.#input) >>> 0;
        if (expected >= FIRST_ERROR) throw describe(2 ** 32 - expected);
        const length = this.#field(this.#output, 8);
        output.append(new Uint8Array(decoder.memory.buffer, this.#piece, length));
        full = length === PIECE && expected !== 0;
      }
      if (expected !== 0) throw new CompressionError("zstd: data cut off");
    } finally {
      decoder.ZSTD_freeDCtx(context);
    }
  };

  #load(input: Uint8Array): void {
    if (input.length > this.#fileSize) {
      this.decoder.free(this.#file);
      this.#fileSize = input.length * 2;
      this.#file = this.decoder.malloc(this.#fileSize);
    }
    new Uint8Array(this.decoder.memory.buffer).set(input, this.#file);
    this.#setFields(this.#input, [this.#file, input.length, 0]);
  }

  #setFields(address: number, values: readonly number[]): void {
    const view = new DataView(this.decoder.memory.buffer, address);
    values.forEach((value, i) => view.setUint32(i * 4, value, true));
  }

  #field(address: number, offset: number): number {
    return new DataView(this.decoder.memory.buffer).getUint32(address + offset, true);
  }
}

function describe(code: number): CompressionError {
  return new CompressionError(`zstd: ${ERRORS[code] ?? `error ${code}`}`);
}
