/**
 * Growing columns of bytes or of 32-bit numbers: lists grow in them, until the calling thread
 * copies them to typed arrays.
 *
 * @module
 */
import { copyBytes } from "./bytes.ts";
import { COLUMNS } from "./codes.ts";
import { allocate, blockSize, release, TOO_LARGE } from "./memory.ts";

/** A column begins with a block of 2^10 bytes. */
const FIRST_BLOCK: u32 = 10;

/** A column, as it is laid out in memory. */
@unmanaged
export class Column {
  /** Address of the bytes. */
  data: usize = 0;
  /** Bytes in use. */
  length: u32 = 0;
  /** Bytes that the block holds. */
  capacity: u32 = 0;
  /** The block has 2^n bytes. */
  n: u32 = 0;

  /** Makes space for `bytes` more bytes. A new block is not cleared. */
  reserve(bytes: u32): void {
    if (bytes > this.capacity - this.length) this.grow(bytes);
  }

  /** Appends a number. */
  push(value: u32): void {
    this.reserve(4);
    store<u32>(this.data + this.length, value);
    this.length += 4;
  }

  /** Appends the bytes [start, end). */
  append(start: usize, end: usize): void {
    const length = (end - start) as u32;
    this.reserve(length);
    copyBytes(this.data + this.length, start, length);
    this.length += length;
  }

  /** The number at `index`. */
  at(index: u32): u32 {
    return load<u32>(this.data + (index << 2));
  }

  private grow(bytes: u32): void {
    const total = this.length + bytes;
    const n = total < bytes ? TOO_LARGE : max(blockSize(total), FIRST_BLOCK);
    const block = allocate(n);
    if (this.data != 0) {
      memory.copy(block, this.data, this.length);
      release(this.data, this.n);
    }
    this.data = block;
    this.n = n;
    this.capacity = 1 << n;
  }
}

const SIZE: usize = 16;
const COLUMN_TABLE: usize = memory.data(COLUMNS * 16);

/** Makes all columns empty, without blocks. */
export function clearColumns(): void {
  memory.fill(COLUMN_TABLE, 0, SIZE * (COLUMNS as usize));
}

/** A column, by its number in codes.ts. */
export function columnAt(index: u32): Column {
  return changetype<Column>(COLUMN_TABLE + SIZE * index);
}
