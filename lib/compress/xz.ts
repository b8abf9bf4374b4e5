/**
 * xz, by the package `xz-decompress`: XZ Embedded, the decoder of the Linux kernel itself, in
 * WebAssembly. It takes several streams and blocks, no check, CRC32 and CRC64. It has neither
 * SHA-256 nor the filters for machine code, so they are refused by name; the kernel's build uses
 * CRC32 and no filter.
 *
 * The package wraps the decoder in a stream of its own, with a promise and a copy for each piece.
 * Here the decoder's functions are called directly.
 *
 *     context (uint32): 0 size of both buffers
 *                       4 input:  address, 8 position, 12 size
 *                      16 output: address, 20 position, 24 size
 *
 * Measured on 4,230 modules, 93 MB that unpack to 507 MB: 7.0 s, where liblzma 5.8 takes 3.3 s.
 * The one other package, `node-liblzma`, took a quarter longer.
 *
 * Source of the numbers: the .xz file format, sections 2.1.1 and 5.3.
 *
 * @module
 */
import { CompressionError } from "../errors.ts";
import type { Unpack } from "./compression.ts";
import type { UnpackBuffer } from "./unpack_buffer.ts";

/** What the WebAssembly module exports. */
interface Decoder {
  readonly memory: WebAssembly.Memory;
  create_context(): number;
  supply_input(context: number, size: number): void;
  get_next_output(context: number): number;
  destroy_context(context: number): void;
}

/** The part of the package that is used; its types leave it out. */
interface Package {
  readonly default: {
    readonly XzReadableStream: {
      /** Compiles the module, which is then found in `_moduleInstance`. */
      _getModuleInstance(): Promise<void>;
      readonly _moduleInstance: { readonly exports: Decoder };
    };
  };
}

const XZ_OK = 0;
const XZ_STREAM_END = 1;
const XZ_OPTIONS_ERROR = 6;

/** The other results, in the decoder's numbering (enum xz_ret). */
const ERRORS: Readonly<Record<number, string>> = {
  2: "unsupported integrity check",
  3: "out of memory",
  4: "dictionary too large",
  5: "not an xz file",
  6: "unsupported options",
  7: "corrupt data",
  8: "data cut off, corrupt, or followed by something else",
};

const CHECKS: Readonly<Record<number, string>> = { 10: "SHA-256" };

const FILTERS: Readonly<Record<number, string>> = {
  0x03: "Delta",
  0x04: "x86",
  0x05: "PowerPC",
  0x06: "IA-64",
  0x07: "ARM",
  0x08: "ARM Thumb",
  0x09: "SPARC",
  0x0a: "ARM64",
  0x0b: "RISC-V",
};

/** Loads the decoder. */
export async function loadXz(): Promise<Unpack> {
  const loaded: unknown = await import("xz-decompress");
  const { XzReadableStream } = (loaded as Package).default;
  await XzReadableStream._getModuleInstance();
  const decoder = XzReadableStream._moduleInstance.exports;
  return (input, output) => {
    const context = decoder.create_context();
    try {
      decode(decoder, { context, input, output });
    } finally {
      decoder.destroy_context(context);
    }
  };
}

function decode(
  decoder: Decoder,
  { context, input, output }: { context: number; input: Uint8Array; output: UnpackBuffer },
): void {
  let supplied = 0;
  for (let result = XZ_OK; result !== XZ_STREAM_END;) {
    // The memory may have grown, which makes a new buffer of it.
    let fields = new DataView(decoder.memory.buffer, context, 28);
    if (fields.getUint32(8, true) === fields.getUint32(12, true)) {
      const piece = input.subarray(supplied, supplied + fields.getUint32(0, true));
      new Uint8Array(decoder.memory.buffer).set(piece, fields.getUint32(4, true));
      decoder.supply_input(context, piece.length);
      supplied += piece.length;
    }
    result = decoder.get_next_output(context);
    if (result !== XZ_OK && result !== XZ_STREAM_END) throw describe(result, input);
    fields = new DataView(decoder.memory.buffer, context, 28);
    const [address, length] = [fields.getUint32(16, true), fields.getUint32(20, true)];
    output.append(new Uint8Array(decoder.memory.buffer, address, length));
    fields.setUint32(20, 0, true);
  }
}

function describe(result: number, input: Uint8Array): CompressionError {
  const option = result === XZ_OPTIONS_ERROR ? findUnsupported(input) : undefined;
  return new CompressionError(`xz: ${option ?? ERRORS[result] ?? `error ${result}`}`);
}

/** The check or the filter of the first block that the decoder does not have. */
function findUnsupported(input: Uint8Array): string | undefined {
  const check = CHECKS[input[7]! & 0x0f];
  if (check !== undefined) return `the check ${check} is not supported`;
  // Block header: size, flags (0-1: filters less one; 6, 7: sizes follow), sizes, filters. The
  // sizes are numbers of seven bits a byte, the last one below 0x80.
  let at = 14;
  for (const flag of [0x40, 0x80]) {
    if ((input[13]! & flag) === 0) continue;
    while (at < input.length && input[at]! >= 0x80) at++;
    at++;
  }
  const filter = FILTERS[input[at] ?? 0];
  return filter === undefined ? undefined : `the filter ${filter} is not supported`;
}
