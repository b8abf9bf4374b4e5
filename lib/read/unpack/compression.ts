/**
 * Compressed module files: which format a file has, and which library unpacks it. The file's first
 * bytes decide, not its name.
 *
 *     1f 8b                gzip, RFC 1952
 *     fd 37 7a 58 5a 00    xz, the .xz file format 1.2
 *     28 b5 2f fd          zstd, RFC 8878 (50..5f 2a 4d 18: a skippable frame before the first)
 *
 * Each library is loaded when the first file of its format is met: a tree without compressed
 * modules loads none.
 *
 * @module
 */
import type { Unpack } from "./unpack.ts";

/** A format of compressed files. */
export type Compression = "gzip" | "xz" | "zstd";

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
];

/** The format of a file that begins with these bytes, undefined if it has none of these formats. */
export function findCompression(bytes: Uint8Array): Compression | undefined {
  if ((bytes[0]! & 0xf0) === 0x50 && startsWith(bytes.subarray(1), [0x2a, 0x4d, 0x18])) {
    return "zstd";
  }
  return MAGIC.find(([, magic]) => startsWith(bytes, magic))?.[0];
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Loads the library for a format, ready to unpack file after file. */
export async function loadUnpack(compression: Compression): Promise<Unpack> {
  switch (compression) {
    case "gzip":
      return (await import("./gzip.ts")).loadGzip();
    case "xz":
      return (await import("./xz.ts")).loadXz();
    case "zstd":
      return (await import("./zstd.ts")).loadZstd();
  }
}
