/**
 * The memory of this module:
 *
 *     0            static data
 *     …            blocks of 2^n bytes; free ones are listed by n
 *     fileStart    the file that is being parsed, byte i at fileStart + i; it may reach to the end
 *
 * While a module is parsed, its file stays where it is: the blocks for its facts have to fit below
 * it. Before a module begins, `fileStart` moves up until half of the memory below it is free; a
 * module that needs more is parsed again with its file moved further up. Where no file is parsed,
 * `fileStart` moves up as blocks need it.
 *
 * @module
 */
import { NO_MEMORY, NO_SPACE } from "./codes.ts";
import { fail } from "./host.ts";

/**
 * Low, so that facts grow into memory that earlier files have used, which the system has provided
 * already.
 */
const FIRST_FILE_START: usize = 1 << 22;
/** A file may need what is left of 4 GiB. */
const LAST_FILE_START: usize = 1 << 30;

/** The smallest block has 2^n bytes. */
const SMALLEST: u32 = 4;
/** The lowest n for which there is no block of 2^n bytes. */
export const TOO_LARGE: u32 = 32;

/**
 * By n: the first free block of 2^n bytes, or 0. A free block begins with the address of the next.
 */
const FREE: usize = memory.data(32 * sizeof<usize>());

const FIRST_BLOCK: usize = (__heap_base + 15) & ~15;

let next: usize = FIRST_BLOCK;
let isParsing: bool = false;

/** Address of the file. */
export let fileStart: usize = FIRST_FILE_START;

/** Frees all memory, also that of a file. */
export function clearMemory(): void {
  next = FIRST_BLOCK;
  memory.fill(FREE, 0, 32 * sizeof<usize>());
  fileStart = (memory.size() as usize) << 16;
  isParsing = false;
}

/** Begins a file; returns the address for it. */
export function placeFile(): usize {
  isParsing = true;
  while (next > fileStart / 2 && fileStart < LAST_FILE_START) fileStart *= 2;
  return fileStart;
}

/** Makes more space for blocks, if that is allowed; returns the address to move the file to. */
export function enlargeSpace(): usize {
  if (fileStart < LAST_FILE_START) fileStart *= 2;
  return fileStart;
}

/** The n of the smallest block that holds `bytes` bytes. */
export function blockSize(bytes: u32): u32 {
  const n: u32 = bytes <= 1 ? 0 : 32 - clz(bytes - 1);
  return max(n, SMALLEST);
}

/** A block of 2^n bytes, which are not cleared. */
export function allocate(n: u32): usize {
  if (n >= TOO_LARGE) fail(isParsing ? NO_SPACE : NO_MEMORY, 0);
  const list = FREE + n * sizeof<usize>();
  const free = load<usize>(list);
  if (free != 0) {
    store<usize>(list, load<usize>(free));
    return free;
  }
  const block = next;
  const size: usize = 1 << n;
  if (size > fileStart - block) extend(block + size);
  next = block + size;
  return block;
}

/** Frees a block of 2^n bytes. */
export function release(block: usize, n: u32): void {
  const list = FREE + n * sizeof<usize>();
  store<usize>(block, load<usize>(list));
  store<usize>(list, block);
}

function extend(end: usize): void {
  if (isParsing) fail(NO_SPACE, 0);
  if (end < fileStart) fail(NO_MEMORY, 0); // it is beyond the 4 GiB that addresses reach
  const missing = (((end - 1) >> 16) as i32) + 1 - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) fail(NO_MEMORY, 0);
  fileStart = end;
}
