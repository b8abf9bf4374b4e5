/**
 * Writes compressed files that are not compressed: the formats allow for data as it is, so that a
 * test can pack any module without a tool. Files from the real tools are in testdata/compressed.
 *
 * Source: the .xz file format 1.2; RFC 8878 (zstd); RFC 1952 and RFC 1951 (gzip).
 *
 * @module
 */
import { concat, crc32, littleEndian } from "./compressed.ts";

/** Most bytes of a piece in all three formats. */
const PIECE = 0xffff;

function split(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / PIECE));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * PIECE, (i + 1) * PIECE));
}

/** A gzip file of one member. */
export function packGzip(bytes: Uint8Array): Uint8Array {
  const pieces = split(bytes);
  const blocks = pieces.flatMap((piece, i) => [
    Uint8Array.of(i === pieces.length - 1 ? 1 : 0),
    littleEndian(piece.length, 2),
    littleEndian(piece.length ^ 0xffff, 2),
    piece,
  ]);
  const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
  return concat(header, ...blocks, littleEndian(crc32(bytes), 4), littleEndian(bytes.length, 4));
}

/** An xz file of one stream with one block and the check CRC32; there must be content. */
export function packXz(bytes: Uint8Array): Uint8Array {
  const flags = Uint8Array.of(0, 1);
  // Header of 12 bytes, one filter, no sizes; LZMA2 with one byte of properties: 64 KiB.
  const header = withCrc(Uint8Array.of(2, 0, 0x21, 1, 8, 0, 0, 0));
  const chunks = split(bytes).flatMap((piece, i) => {
    const size = piece.length - 1;
    return [Uint8Array.of(i === 0 ? 1 : 2, size >> 8, size & 0xff), piece];
  });
  const block = concat(header, ...chunks, Uint8Array.of(0));
  const check = littleEndian(crc32(bytes), 4);
  const sizes = concat(multibyte(block.length + check.length), multibyte(bytes.length));
  const index = withCrc(padded(concat(Uint8Array.of(0, 1), sizes)));
  const footer = concat(littleEndian(index.length / 4 - 1, 4), flags);
  return concat(
    Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, ...withCrc(flags)),
    ...[padded(block), check, index],
    ...[littleEndian(crc32(footer), 4), footer, Uint8Array.of(0x59, 0x5a)],
  );
}

function withCrc(bytes: Uint8Array): Uint8Array {
  return concat(bytes, littleEndian(crc32(bytes), 4));
}

function padded(bytes: Uint8Array): Uint8Array {
  return concat(bytes, new Uint8Array(-bytes.length & 3));
}

/** Seven bits a byte, the lowest first; all but the last have the highest bit set. */
function multibyte(value: number): Uint8Array {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 | 0x80);
  return Uint8Array.of(...bytes, value);
}

/** A zstd file of one frame, with content size and without checksum. */
export function packZstd(bytes: Uint8Array): Uint8Array {
  const pieces = split(bytes);
  const blocks = pieces.flatMap((piece, i) => {
    const isLast = i === pieces.length - 1;
    return [littleEndian(piece.length * 8 + (isLast ? 1 : 0), 3), piece];
  });
  const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0);
  return concat(header, littleEndian(bytes.length, 4), ...blocks);
}

/** A frame that a zstd decoder is to skip. */
export function skippableFrame(content: Uint8Array, kind = 0): Uint8Array {
  const magic = Uint8Array.of(0x50 + kind, 0x2a, 0x4d, 0x18);
  return concat(magic, littleEndian(content.length, 4), content);
}
