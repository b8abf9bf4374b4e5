/**
 * Copies and compares short runs of bytes, eight at a time, the last eight overlapping with those
 * before them.
 *
 * @module
 */

/**
 * Copies bytes. Most strings are short: `memory.copy` takes longer to begin than this takes for
 * all.
 */
export function copyBytes(target: usize, source: usize, length: usize): void {
  if (length > 128) return memory.copy(target, source, length);
  if (length < 8) {
    for (let i: usize = 0; i < length; i++) store<u8>(target + i, load<u8>(source + i));
    return;
  }
  const last = length - 8;
  for (let i: usize = 0; i < last; i += 8) store<u64>(target + i, load<u64>(source + i));
  store<u64>(target + last, load<u64>(source + last));
}

/** How many of the first `length` bytes at two addresses are the same. */
export function countSame(a: usize, b: usize, length: usize): usize {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) {
    const difference = load<u64>(a + i) ^ load<u64>(b + i);
    if (difference != 0) return i + ((ctz(difference) >> 3) as usize);
  }
  while (i < length && load<u8>(a + i) == load<u8>(b + i)) i++;
  return i;
}
