/**
 * The order of modules and of symbols in the output: the reference keeps them in hash tables and
 * writes these bucket by bucket. Its hash is SuperFastHash by Paul Hsieh, with 16-bit
 * little-endian loads, started with the key's length.
 *
 * Source: the published description, http://www.azillionmonkeys.com/qed/hash.html
 *
 * @module
 */
import type { Strings } from "../model.ts";

/** Buckets of so few keys are sorted by insertion. */
const SMALL = 32;

/**
 * The places of `keys`, which are distinct, in the order of a hash table with so many `buckets`
 * (a power of two): by bucket, within one by bytes.
 */
export function hashOrder(keys: Strings, buckets: number): Uint32Array {
  const { bytes, offsets } = keys;
  const count = offsets.length - 1;
  const bucketOf = new Uint32Array(count);
  const places = new Uint32Array(buckets + 1);
  for (let i = 0; i < count; i++) {
    const bucket = superFastHash(bytes, offsets[i]!, offsets[i + 1]!) & (buckets - 1);
    bucketOf[i] = bucket;
    places[bucket + 1]!++;
  }
  for (let bucket = 0; bucket < buckets; bucket++) places[bucket + 1]! += places[bucket]!;
  const order = new Uint32Array(count);
  const next = places.slice();
  for (let i = 0; i < count; i++) order[next[bucketOf[i]!]!++] = i;
  for (let bucket = 0; bucket < buckets; bucket++) {
    sortBucket(keys, order, places[bucket]!, places[bucket + 1]!);
  }
  return order;
}

/** By insertion, if there are few keys: the library's sort takes longer to start than to sort. */
function sortBucket(keys: Strings, order: Uint32Array, start: number, end: number): void {
  if (end - start > SMALL) {
    order.subarray(start, end).sort((a, b) => compare(keys, a, b));
    return;
  }
  for (let i = start + 1; i < end; i++) {
    const key = order[i]!;
    let at = i;
    for (; at > start && compare(keys, order[at - 1]!, key) > 0; at--) order[at] = order[at - 1]!;
    order[at] = key;
  }
}

/** Compares two keys as strcmp(3) does. */
function compare({ bytes, offsets }: Strings, a: number, b: number): number {
  let left = offsets[a]!;
  let right = offsets[b]!;
  const leftEnd = offsets[a + 1]!;
  const rightEnd = offsets[b + 1]!;
  while (left < leftEnd && right < rightEnd) {
    const difference = bytes[left++]! - bytes[right++]!;
    if (difference !== 0) return difference;
  }
  return (leftEnd - left) - (rightEnd - right);
}

/** The 32-bit hash of `bytes[start .. end)`. */
export function superFastHash(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = (hash + load16(bytes, at)) | 0;
    hash = (hash << 16) ^ ((load16(bytes, at + 2) << 11) ^ hash);
    hash = (hash + (hash >>> 11)) | 0;
  }
  switch (end - at) {
    case 3:
      hash = (hash + load16(bytes, at)) | 0;
      hash ^= hash << 16;
      hash ^= bytes[at + 2]! << 18;
      hash = (hash + (hash >>> 11)) | 0;
      break;
    case 2:
      hash = (hash + load16(bytes, at)) | 0;
      hash ^= hash << 11;
      hash = (hash + (hash >>> 17)) | 0;
      break;
    case 1:
      hash = (hash + bytes[at]!) | 0;
      hash ^= hash << 10;
      hash = (hash + (hash >>> 1)) | 0;
  }
  hash ^= hash << 3;
  hash = (hash + (hash >>> 5)) | 0;
  hash ^= hash << 4;
  hash = (hash + (hash >>> 17)) | 0;
  hash ^= hash << 25;
  hash = (hash + (hash >>> 6)) | 0;
  return hash >>> 0;
}

function load16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}
