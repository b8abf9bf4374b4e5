/**
 * Lists of byte strings, as the thread outside has put them into memory: string i is the bytes from
 * offset i to offset i + 1.
 *
 * @module
 */

/** Address of a string's first byte. */
export function stringStart(bytes: usize, offsets: usize, index: u32): usize {
  return bytes + load<u32>(offsets + index * 4);
}

/** Address behind a string's last byte. */
export function stringEnd(bytes: usize, offsets: usize, index: u32): usize {
  return bytes + load<u32>(offsets + index * 4, 4);
}
