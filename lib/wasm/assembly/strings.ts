/**
 * Lists of byte strings, as the calling thread has copied them into memory: string i is the bytes
 * from offset i to offset i + 1.
 *
 * @module
 */

/** Address of a string's first byte. */
export function stringStart(bytes: usize, offsets: usize, index: u32): usize {
  return bytes + load<u32>(offsets + index * 4);
}

/** Address after a string's last byte. */
export function stringEnd(bytes: usize, offsets: usize, index: u32): usize {
  return bytes + load<u32>(offsets + index * 4, 4);
}
