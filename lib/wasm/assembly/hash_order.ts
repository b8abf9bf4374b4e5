/**
 * The order of modules and of symbols in the output: the reference keeps them in hash tables and
 * writes these bucket by bucket. Its hash is SuperFastHash by Paul Hsieh, with 16-bit
 * little-endian loads, started with the key's length.
 *
 * Source: the published description, http://www.azillionmonkeys.com/qed/hash.html
 *
 * @module
 */
import { allocate, blockSize, release } from "./memory.ts";
import { sort } from "./sort.ts";
import { stringEnd, stringStart } from "./strings.ts";

let bytes: usize = 0;
let offsets: usize = 0;

/**
 * Brings `count` numbers of distinct strings into the order of a hash table with this number of
 * `buckets` (a power of two): by bucket, and within a bucket by bytes.
 */
export function hashOrder(
  keyBytes: usize,
  keyOffsets: usize,
  numbers: usize,
  count: u32,
  buckets: u32,
): void {
  bytes = keyBytes;
  offsets = keyOffsets;
  // By bucket: how many keys, then where the next one goes, in the end where the bucket ends.
  const endsSize = blockSize(buckets * 4);
  const ends = allocate(endsSize);
  memory.fill(ends, 0, buckets * 4);
  const scratchSize = blockSize(count * 8);
  const scratch = allocate(scratchSize); // numbers, each with its bucket
  for (let i: u32 = 0; i < count; i++) {
    const number = load<u32>(numbers + i * 4);
    const start = stringStart(bytes, offsets, number);
    const hash = superFastHash(start, stringEnd(bytes, offsets, number));
    const end = ends + (hash & (buckets - 1)) * 4;
    store<u32>(end, load<u32>(end) + 1);
    store<u32>(scratch + i * 8, number);
    store<u32>(scratch + i * 8, hash & (buckets - 1), 4);
  }
  let sum: u32 = 0;
  for (let bucket: u32 = 0; bucket < buckets; bucket++) {
    const size = load<u32>(ends + bucket * 4);
    store<u32>(ends + bucket * 4, sum);
    sum += size;
  }
  for (let i: u32 = 0; i < count; i++) {
    const end = ends + load<u32>(scratch + i * 8, 4) * 4;
    const at = load<u32>(end);
    store<u32>(end, at + 1);
    store<u32>(numbers + at * 4, load<u32>(scratch + i * 8));
  }
  for (let bucket: u32 = 0, start: u32 = 0; bucket < buckets; bucket++) {
    const end = load<u32>(ends + bucket * 4);
    sort(numbers + start * 4, end - start, isBefore);
    start = end;
  }
  release(scratch, scratchSize);
  release(ends, endsSize);
}

/** Compares two keys as strcmp(3) does. */
function isBefore(a: u32, b: u32): bool {
  let left = stringStart(bytes, offsets, a);
  let right = stringStart(bytes, offsets, b);
  const leftEnd = stringEnd(bytes, offsets, a);
  const rightEnd = stringEnd(bytes, offsets, b);
  while (left < leftEnd && right < rightEnd) {
    const x = load<u8>(left++);
    const y = load<u8>(right++);
    if (x != y) return x < y;
  }
  return leftEnd - left < rightEnd - right;
}

/** The 32-bit hash of the bytes [start, end). */
function superFastHash(start: usize, end: usize): u32 {
  let hash: u32 = (end - start) as u32;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash += load<u16>(at);
    hash = (hash << 16) ^ ((load<u16>(at, 2) as u32) << 11) ^ hash;
    hash += hash >> 11;
  }
  switch ((end - at) as u32) {
    case 3:
      hash += load<u16>(at);
      hash ^= hash << 16;
      hash ^= (load<u8>(at, 2) as u32) << 18;
      hash += hash >> 11;
      break;
    case 2:
      hash += load<u16>(at);
      hash ^= hash << 11;
      hash += hash >> 17;
      break;
    case 1:
      hash += load<u8>(at);
      hash ^= hash << 10;
      hash += hash >> 1;
      break;
  }
  hash ^= hash << 3;
  hash += hash >> 5;
  hash ^= hash << 4;
  hash += hash >> 17;
  hash ^= hash << 25;
  hash += hash >> 6;
  return hash;
}
