/**
 * Compressed modules, for the tests of the decoders: what `testdata/compressed/` holds, and ways
 * to break it.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "./assert.ts";
import { buildModule, type ModuleSpec } from "./elf_builder.ts";
import { makeImage, makeUnpackBuffer } from "./image.ts";
import { type Compression, loadUnpack } from "../../lib/read/unpack/compression.ts";
import type { Unpack } from "../../lib/read/unpack/unpack.ts";
import { UnpackBuffer } from "../../lib/read/unpack/unpack_buffer.ts";
import { CompressionError, LimitError } from "../../lib/errors.ts";

/** Directory of the files. */
export const COMPRESSED = new URL("../../testdata/compressed/", import.meta.url);

/** A module with a little of everything. */
const MODULE_SPEC: ModuleSpec = {
  exports: Array.from({ length: 30 }, (_, i) => ({ name: `example_function_${i}`, crc: i * 7919 })),
  needs: ["printk", "kmalloc", "kfree", { name: "example_optional", weak: true }],
  modinfo: [
    "license=GPL",
    "softdep=pre: other",
    ...Array.from({ length: 20 }, (_, i) => `alias=pci:v00001234d${i * 101}sv*sd*bc*sc*i*`),
  ],
  versions: [{ name: "module_layout", crc: 0x12345678 }, { name: "printk", crc: 0x9abcdef0 }],
};

/** A module with much of it, for decoders that work in pieces. */
const LARGE_SPEC: ModuleSpec = {
  exports: Array.from({ length: 100 }, (_, i) => `large_symbol_${i}`),
  modinfo: Array.from({ length: 2500 }, (_, i) => {
    const device = (i * 40503 % 65536).toString(16).toUpperCase().padStart(8, "0");
    return `alias=pci:v00008086d${device}sv*sd*bc*sc*i*`;
  }),
  after: [{ name: ".text", data: Uint8Array.from({ length: 200_000 }, (_, i) => i >> 9) }],
};

/**
 * Machine code that the filters of xz rewrite: a call in each piece of 16 bytes, of one machine
 * after the other. The bytes around the opcodes are arbitrary.
 */
const CALLS: readonly (readonly (readonly [at: number, byte: number])[])[] = [
  [[0, 0xe8], [3, 0x00], [4, 0x00], [7, 0xe9], [10, 0xff], [11, 0xff]], // x86: call, jmp
  [[0, 0x48], [3, 0x01], [8, 0x4b], [11, 0x01]], // PowerPC: bl
  [[0, 0x10], [5, 0x00], [6, 0x00], [9, 0x28], [10, 0x00], [14, 0x00], [15, 0x50]], // IA-64: br.call
  [[3, 0xeb], [7, 0xeb], [15, 0xeb]], // ARM: bl
  [[1, 0xf0], [3, 0xf8], [9, 0xf7], [11, 0xff]], // ARM Thumb: bl
  [[3, 0x94], [7, 0x97], [11, 0x90], [10, 0x00]], // ARM64: bl, bl, adrp
  [[0, 0x40], [1, 0x00], [8, 0x7f], [9, 0xff]], // SPARC: call
  [[0, 0xef], [1, 0x00], [4, 0x97], [5, 0x00], [8, 0xe7], [9, 0x80], [10, 0x00]], // RISC-V: jal, auipc
];

function buildCode(): Uint8Array {
  const bytes = Uint8Array.from({ length: 2048 }, (_, i) => Math.imul(i >> 2, 0x9e3779b1) >>> 24);
  for (let at = 0; at < bytes.length; at += 16) {
    for (const [i, byte] of CALLS[at / 16 % CALLS.length]!) bytes[at + i] = byte;
  }
  return bytes;
}

/** The files `zeros.*` hold no module, but this many zero bytes. */
export const ZEROS = 64 * 2 ** 20;

/** A file's bytes. */
export function readCompressed(name: string): Uint8Array {
  return Deno.readFileSync(new URL(name, COMPRESSED));
}

/** Names of the files of a format, sorted. */
export function listCompressed(compression: Compression): string[] {
  return [...Deno.readDirSync(new URL(compression, COMPRESSED))].map(({ name }) => name).sort();
}

/** The module that all files hold but for those named below, `zeros.*` and `nothing.*`. */
export const MODULE = buildModule(MODULE_SPEC);

/** The module that the files `large.*` hold. */
export const LARGE = buildModule(LARGE_SPEC);

/** What the files `code-*.xz` hold. */
export const CODE = buildCode();

/** Bytes of space at first, and the most that rounding up to whole pages adds. */
const SMALL = 65536;
const PAGES = 2 * 65536;

/** More than any of the files unpacks to. */
const NO_LIMIT = 2 ** 27;

/** Counts the pieces that did not fit. */
class WatchedBuffer extends UnpackBuffer {
  refusals = 0;

  override append(piece: Uint8Array): void {
    try {
      super.append(piece);
    } catch (error) {
      this.refusals++;
      throw error;
    }
  }
}

/** A decoder that unpacks one file after another, as in a run. */
export class Decoder {
  private constructor(readonly unpackInto: Unpack, readonly good: Uint8Array) {}

  /** Loads the decoder of a format; `good` is a file that holds MODULE. */
  static async load(compression: Compression, good: string): Promise<Decoder> {
    return new Decoder(await loadUnpack(compression), readCompressed(`${compression}/${good}`));
  }

  /** What a file unpacks to. */
  async unpack(input: Uint8Array, limit = NO_LIMIT): Promise<Uint8Array> {
    const output = makeUnpackBuffer(limit);
    await this.unpackInto(input, output);
    return output.bytes;
  }

  /** The file holds MODULE, or what is given. */
  async assertUnpacks(input: Uint8Array, want: Uint8Array = MODULE): Promise<void> {
    assertSameBytes(await this.unpack(input), want);
  }

  /** The file is refused, with these words, and the next one is unpacked. */
  async assertRefuses(input: Uint8Array, ...words: string[]): Promise<void> {
    const output = makeUnpackBuffer(NO_LIMIT);
    const { message } = await assertRejects(
      async () => await this.unpackInto(input, output),
      CompressionError,
    );
    for (const word of words) assert(message.includes(word), `no "${word}" in "${message}"`);
    await this.assertStillWorks(output);
  }

  /** The file is refused for its size, with no byte beyond the limit, and the next one unpacked. */
  async assertOutgrows(input: Uint8Array, limit: number): Promise<void> {
    const output = new WatchedBuffer(makeImage(), limit);
    await assertRejects(
      async () => await this.unpackInto(input, output),
      LimitError,
      `more than ${limit} bytes`,
    );
    assertEquals(output.refusals, 1, "pieces that did not fit: it went on after the first");
    assert(output.length <= limit, `${output.length} bytes are held`);
    const most = Math.max(limit, SMALL) + PAGES;
    const { length } = output.image.bytes;
    assert(length <= most, `room for ${length} bytes`);
    await this.assertStillWorks(makeUnpackBuffer(NO_LIMIT));
  }

  /** The file is refused, or it holds MODULE all the same. */
  async assertNeverWrong(input: Uint8Array, what: string): Promise<"refused" | "unpacked"> {
    let result;
    try {
      result = await this.unpack(input);
    } catch (error) {
      assert(error instanceof CompressionError, `${what}: ${error}`);
      return "refused";
    }
    assertSameBytes(result, MODULE, what);
    return "unpacked";
  }

  /** The decoder unpacks into a buffer that was used before, and nothing else arrives there. */
  async assertStillWorks(output: UnpackBuffer): Promise<void> {
    output.clear();
    await this.unpackInto(this.good, output);
    assertSameBytes(output.bytes, MODULE);
  }
}

/** Compares without a listing of the differences. */
export function assertSameBytes(actual: Uint8Array, want: Uint8Array, what = "content"): void {
  assertEquals(actual.length, want.length, `${what}: length`);
  const at = actual.findIndex((byte, i) => byte !== want[i]);
  assertEquals(at, -1, `${what}: first wrong byte`);
}

/** The pieces, one after the other. */
export function concat(...pieces: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The bytes with those from `at` on replaced; from the end, if it is negative. */
export function replaced(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at < 0 ? at + copy.length : at);
  return copy;
}

/** The bytes with the lowest bit of one of them turned; from the end, if `at` is negative. */
export function turned(bytes: Uint8Array, at: number): Uint8Array {
  return replaced(bytes, at, bytes.at(at)! ^ 1);
}

/** CRC-32 as gzip and xz have it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A number as bytes, the lowest first. */
export function littleEndian(value: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);
}
