/**
 * The memory of this module:
 *
 *     0          static data
 *     …          blocks of 2^n bytes; free ones are listed by n
 *     room       the file that is being parsed, byte i at room + i; it may reach to the end
 *
 * While a module is parsed, the file cannot move: what it says has to find room below it. Between
 * two modules, half of the room is made free; a module that needs more is parsed again behind more
 * room. Where no file is parsed, the room grows as it is needed.
 *
 * @module
 */
import { NO_MEMORY, NO_ROOM } from "./codes.ts";
import { fail } from "./host.ts";

/** Little, so that facts grow into memory that files have used: it is there already. */
const INITIAL_ROOM: usize = 1 << 22;
/** A file may need what is left of 4 GiB. */
const MOST_ROOM: usize = 1 << 30;

/** The smallest block has 2^n bytes. */
const SMALLEST: u32 = 4;
/** There is no block of 2^n bytes from here on. */
export const TOO_LARGE: u32 = 32;

/** By n: the first free block of 2^n bytes, in which the address of the next one stands; or 0. */
const FREE: usize = memory.data(32 * sizeof<usize>());

const FIRST_BLOCK: usize = (__heap_base + 15) & ~15;

let next: usize = FIRST_BLOCK;
let isParsing: bool = false;

/** Address of the file. */
export let room: usize = INITIAL_ROOM;

/** Takes back all memory, also that of a file. */
export function clearMemory(): void {
  next = FIRST_BLOCK;
  memory.fill(FREE, 0, 32 * sizeof<usize>());
  room = (memory.size() as usize) << 16;
  isParsing = false;
}

/** Begins a file: gives the address where it is to stand. */
export function placeFile(): usize {
  isParsing = true;
  while (next > room / 2 && room < MOST_ROOM) room *= 2;
  return room;
}

/** Doubles the room, if that is allowed: gives the address to which the file is to be moved. */
export function enlargeRoom(): usize {
  if (room < MOST_ROOM) room *= 2;
  return room;
}

/** The n of the smallest block with so many bytes. */
export function blockSize(bytes: u32): u32 {
  const n: u32 = bytes <= 1 ? 0 : 32 - clz(bytes - 1);
  return max(n, SMALLEST);
}

/** A block of 2^n bytes, which are not cleared. */
export function allocate(n: u32): usize {
  if (n >= TOO_LARGE) fail(isParsing ? NO_ROOM : NO_MEMORY, 0);
  const list = FREE + n * sizeof<usize>();
  const free = load<usize>(list);
  if (free != 0) {
    store<usize>(list, load<usize>(free));
    return free;
  }
  const block = next;
  const size: usize = 1 << n;
  if (size > room - block) extend(block + size);
  next = block + size;
  return block;
}

/** Takes back a block of 2^n bytes. */
export function release(block: usize, n: u32): void {
  const list = FREE + n * sizeof<usize>();
  store<usize>(block, load<usize>(list));
  store<usize>(list, block);
}

function extend(end: usize): void {
  if (isParsing) fail(NO_ROOM, 0);
  if (end < room) fail(NO_MEMORY, 0); // it is beyond the 4 GiB that addresses reach
  const missing = (((end - 1) >> 16) as i32) + 1 - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) fail(NO_MEMORY, 0);
  room = end;
}
