/**
 * Normalises aliases: `-` becomes `_` except between brackets.
 *
 * @module
 */
import { stringEnd, stringStart } from "./strings.ts";

const DASH: u8 = 0x2d;
const UNDERSCORE: u8 = 0x5f;
const OPENING: u8 = 0x5b;
const CLOSING: u8 = 0x5d;

/**
 * Normalises `count` aliases in place. Writes the numbers of those in which a bracket lacks its
 * partner to `unpaired`, and returns how many there are.
 */
export function normalizeAliases(
  bytes: usize,
  offsets: usize,
  count: u32,
  unpaired: usize,
): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (normalize(stringStart(bytes, offsets, i), stringEnd(bytes, offsets, i))) continue;
    store<u32>(unpaired + found++ * 4, i);
  }
  return found;
}

/** Returns whether all brackets are paired. Between two, another `[` is allowed. */
function normalize(start: usize, end: usize): bool {
  let inside: bool = false;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == DASH) {
      if (!inside) store<u8>(at, UNDERSCORE);
    } else if (byte == OPENING) inside = true;
    else if (byte == CLOSING) {
      if (!inside) return false;
      inside = false;
    }
  }
  return !inside;
}
