/**
 * Arrays of numbers as one run of bytes, and back. All numbers are little-endian, as on every machine
 * that the program runs on.
 *
 *     u32     count of the columns
 *     u32 ×   bytes of each column
 *     …       the columns, each beginning at a multiple of 8
 *
 * @module
 */
import { FormatError } from "../errors.ts";

/** An array of numbers. */
export type Column = Uint8Array | Uint32Array | Float64Array;

/** What the elements of a column are. */
export type ColumnType = "u8" | "u32" | "f64";

const CONSTRUCTORS = { u8: Uint8Array, u32: Uint32Array, f64: Float64Array } as const;

/** The bytes of these columns. */
export function encodeColumns(columns: readonly Column[]): Uint8Array<ArrayBuffer> {
  const sizes = columns.map(({ byteLength }) => byteLength);
  const start = align(4 + 4 * columns.length);
  const bytes = new Uint8Array(sizes.reduce((end, size) => end + align(size), start));
  new Uint32Array(bytes.buffer).set([columns.length, ...sizes]);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of columns) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += align(byteLength);
  }
  return bytes;
}

/**
 * The columns in these bytes, as views.
 *
 * @param bytes the whole of a buffer
 * @throws FormatError when there are not columns of these types, and nothing else
 */
export function decodeColumns(
  bytes: Uint8Array<ArrayBuffer>,
  types: readonly ColumnType[],
): Column[] {
  const start = align(4 + 4 * types.length);
  if (bytes.length < start) throw new FormatError("the columns are cut off", bytes.length);
  const [count, ...sizes] = new Uint32Array(bytes.buffer, 0, types.length + 1);
  if (count !== types.length) throw new FormatError("another number of columns", 0);
  let at = start;
  const columns = types.map((type, i) => {
    const column = viewColumn(bytes, { type, at, size: sizes[i]! });
    at += align(sizes[i]!);
    return column;
  });
  if (at !== bytes.length) throw new FormatError("bytes after the last column", at);
  return columns;
}

function viewColumn(
  { buffer, length }: Uint8Array<ArrayBuffer>,
  { type, at, size }: { type: ColumnType; at: number; size: number },
): Column {
  const { BYTES_PER_ELEMENT } = CONSTRUCTORS[type];
  if (at + align(size) > length || size % BYTES_PER_ELEMENT !== 0) {
    throw new FormatError("a column does not fit", at);
  }
  return new CONSTRUCTORS[type](buffer, at, size / BYTES_PER_ELEMENT);
}

function align(size: number): number {
  return Math.ceil(size / 8) * 8;
}
