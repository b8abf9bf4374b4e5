/**
 * Sorts numbers by what they stand for.
 *
 * @module
 */
import { allocate, blockSize, release } from "./memory.ts";

/** Up to this many are sorted by insertion. */
const SMALL: u32 = 16;

/**
 * Sorts `count` numbers of 32 bits from an address on, stably, by insertion or by merging.
 *
 * @param isBefore whether the first belongs before the second
 */
export function sort(numbers: usize, count: u32, isBefore: (a: u32, b: u32) => bool): void {
  for (let start: u32 = 0; start < count; start += SMALL) {
    insertionSort(numbers + start * 4, min(SMALL, count - start), isBefore);
  }
  if (count <= SMALL) return;
  const n = blockSize(count * 4);
  const scratch = allocate(n);
  for (let width = SMALL; width < count; width *= 2) {
    memory.copy(scratch, numbers, count * 4);
    for (let start: u32 = 0; start < count; start += 2 * width) {
      const middle = min(start + width, count);
      merge(scratch, start, middle, min(middle + width, count), numbers + start * 4, isBefore);
    }
  }
  release(scratch, n);
}

function insertionSort(numbers: usize, count: u32, isBefore: (a: u32, b: u32) => bool): void {
  for (let i: u32 = 1; i < count; i++) {
    const number = load<u32>(numbers + i * 4);
    let at = i;
    for (; at > 0; at--) {
      const other = load<u32>(numbers + (at - 1) * 4);
      if (!isBefore(number, other)) break;
      store<u32>(numbers + at * 4, other);
    }
    store<u32>(numbers + at * 4, number);
  }
}

/** Merges numbers [start, middle) and [middle, end) into `target`. */
function merge(
  numbers: usize,
  start: u32,
  middle: u32,
  end: u32,
  target: usize,
  isBefore: (a: u32, b: u32) => bool,
): void {
  let left = start;
  let right = middle;
  while (left < middle || right < end) {
    const takesRight = left == middle ||
      (right < end && isBefore(load<u32>(numbers + right * 4), load<u32>(numbers + left * 4)));
    store<u32>(target, load<u32>(numbers + (takesRight ? right++ : left++) * 4));
    target += 4;
  }
}
