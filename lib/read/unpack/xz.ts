/**
 * xz, by liblzma, the library of the xz tools, in WebAssembly: several streams and blocks, padding
 * between streams, all checks and filters of the format. `liblzma_wasm.ts` holds the module; it is
 * made by `scripts/decoders/build`, and `scripts/decoders/liblzma/shim.c` defines the functions
 * called here.
 *
 * A file passes through the module in pieces. The module's memory is kept from file to file, and
 * limited: 0.5 MiB and the largest dictionary so far. A file may claim one of 4 GiB, whatever it
 * holds; up to 256 MiB are granted, a quarter of what a module may unpack to (the kernel's build
 * takes 1 MiB or 2, `xz -9` takes 64). Only as much of it becomes real memory as the file unpacks
 * to: none for 3 KB with a dictionary of 256 MiB, all of it for 600 MB.
 *
 * Measured on 4,230 modules, 93 MB that unpack to 507 MB: 4.7 s, where the native library takes 3.4
 * s and XZ Embedded in WebAssembly, the package `xz-decompress`, 7.7 s. CRC-32 by the runtime's
 * zlib, instead of the library's own, saves 0.3 s of that. Loading takes 3 ms.
 *
 * @module
 */
import { decodeBase64 } from "../../bytes/base64.ts";
import { CompressionError } from "../../errors.ts";
import type { Unpack } from "./unpack.ts";
import { LIBLZMA } from "./liblzma_wasm.ts";
import type { UnpackBuffer } from "./unpack_buffer.ts";

/** What the WebAssembly module exports. */
interface Liblzma {
  readonly memory: WebAssembly.Memory;
  /** Addresses of the pieces. */
  readonly input: WebAssembly.Global;
  readonly output: WebAssembly.Global;
  start(): number;
  left(): number;
  supply(size: number): void;
  decode(isLast: boolean): number;
  produced(): number;
  check(): number;
  needed(): number;
  filter(): bigint;
}

/** The CRC-32 of the bytes, continued from that of the bytes before them. */
type Crc32 = (bytes: Uint8Array, crc: number) => number;

/** Bytes of a piece. From 16 KiB to 1 MiB, the time is the same. */
const PIECE = 65536;

const LZMA_OK = 0;
const LZMA_STREAM_END = 1;
const LZMA_UNSUPPORTED_CHECK = 3;
const LZMA_MEMLIMIT_ERROR = 6;
const LZMA_OPTIONS_ERROR = 8;

/** The other results, in the library's numbering (enum lzma_ret). */
const ERRORS: Readonly<Record<number, string>> = {
  5: "out of memory",
  7: "not an xz file",
  [LZMA_OPTIONS_ERROR]: "unsupported options",
  9: "corrupt data, or something else after it",
  10: "data cut off, or something else after it",
};

/** Loads the library. */
export async function loadXz(): Promise<Unpack> {
  const { crc32 } = await import("node:zlib");
  const module = await WebAssembly.compile(decodeBase64(LIBLZMA));
  let liblzma = instantiate(module, crc32);
  return (input, output) => {
    try {
      unpack(liblzma, input, output);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      liblzma = instantiate(module, crc32); // the state of the old one is unknown
      throw new CompressionError(`xz: the decoder broke down: ${error.message}`);
    }
  };
}

function instantiate(module: WebAssembly.Module, crc32: Crc32): Liblzma {
  const env = {
    crc32: (address: number, size: number, crc: number) =>
      crc32(new Uint8Array(liblzma.memory.buffer, address, size), crc),
  };
  const { exports } = new WebAssembly.Instance(module, { env });
  const liblzma = exports as unknown as Liblzma;
  return liblzma;
}

function unpack(liblzma: Liblzma, input: Uint8Array, output: UnpackBuffer): void {
  let supplied = 0;
  let result = liblzma.start();
  while (result === LZMA_OK) {
    if (liblzma.left() === 0) {
      const piece = input.subarray(supplied, supplied + PIECE);
      new Uint8Array(liblzma.memory.buffer, liblzma.input.value, PIECE).set(piece);
      liblzma.supply(piece.length);
      supplied += piece.length;
    }
    result = liblzma.decode(supplied === input.length);
    // The memory may have grown, which makes a new buffer of it.
    output.append(new Uint8Array(liblzma.memory.buffer, liblzma.output.value, liblzma.produced()));
  }
  if (result !== LZMA_STREAM_END) throw new CompressionError(`xz: ${describe(liblzma, result)}`);
}

function describe(liblzma: Liblzma, result: number): string {
  if (result === LZMA_UNSUPPORTED_CHECK) return `the check ${liblzma.check()} is not supported`;
  if (result === LZMA_MEMLIMIT_ERROR) {
    const size = Math.floor(liblzma.needed() / 2 ** 20);
    return `the dictionary of ${size} MiB is too large: the limit is 256 MiB`;
  }
  const filter = result === LZMA_OPTIONS_ERROR ? liblzma.filter() : -1n;
  if (filter >= 0n) return `the filter 0x${filter.toString(16)} is not supported`;
  return ERRORS[result] ?? `error ${result}`;
}
