/**
 * Gives each distinct name a number: a hash table with open addressing over one arena of bytes.
 *
 *     slot   uint32 hash, uint32 number plus one, or 0 for a free slot
 *
 * The hash is keyed: somebody who does not know the keys, which are drawn at random for each
 * instance of the module, cannot make names that collide.
 *
 * @module
 */
import { countSame } from "./bytes.ts";
import { LONG_NAME, NAME_BYTES, NAME_OFFSETS, OVERLAPS } from "./codes.ts";
import { columnAt } from "./column.ts";
import { fail } from "./host.ts";
import { allocate, release } from "./memory.ts";

/** Most bytes of a name; the kernel's have 512 at most. */
const LONGEST: u32 = 4096;

const SLOT: u32 = 8;
const SLOT_BITS: u32 = 3;

/** A table begins with 2^n slots. */
const SMALLEST: u32 = 12;

const bytes = columnAt(NAME_BYTES);
const offsets = columnAt(NAME_OFFSETS);

/** The keys: where hashes begin, and two odd numbers that they are multiplied by. */
let seed: u64 = 0;
let first: u64 = 1;
let second: u64 = 1;

/** Distinct names so far. */
let nameCount: u32 = 0;

/** Bytes that new names of the current module may still take. */
let budget: u32 = 0;

/** The table has 2^n slots. */
let n: u32 = SMALLEST;
let slots: usize = 0;

/** Length of the name hashed last. */
let length: u32 = 0;

/** Sets the keys. There must be no names yet. */
export function keyNames(a: u64, b: u64, c: u64): void {
  seed = a;
  first = b | 1;
  second = c | 1;
}

/** Begins a module, whose new names may take `size` bytes. */
export function setBudget(size: u32): void {
  budget = size;
}

/** Begins a table without names. */
export function clearNames(): void {
  nameCount = 0;
  bytes.length = 0;
  offsets.length = 0;
  offsets.push(0);
  if (slots == 0) slots = allocate(n + SLOT_BITS);
  memory.fill(slots, 0, SLOT << n);
}

/** Forgets the table, whose memory has been taken back. */
export function forgetNames(): void {
  slots = 0;
  n = SMALLEST;
}

/** Makes the table large enough for `count` more names, of any size. */
export function expectNames(count: u32): void {
  budget = 0xffffffff;
  growFor(count);
}

/** The number of the name from an address up to the first NUL or `limit`. A new one is added. */
export function intern(start: usize, limit: usize): u32 {
  const hash = hashName(start, limit);
  const mask: u32 = (1 << n) - 1;
  let slot = hash & mask;
  while (true) {
    const at = slots + slot * SLOT;
    const entry = load<u32>(at, 4);
    if (entry == 0) return insert(at, hash, start);
    if (load<u32>(at) == hash && equals(entry - 1, start)) return entry - 1;
    slot = (slot + 1) & mask;
  }
}

/** Where the bytes of a name start. */
export function nameStart(name: u32): usize {
  return bytes.data + offsets.at(name);
}

/** Where the bytes of a name end. */
export function nameEnd(name: u32): usize {
  return bytes.data + offsets.at(name + 1);
}

/** Hashes a name as little-endian words of 8 bytes, the last one filled up with zeros. */
function hashName(start: usize, limit: usize): u32 {
  let hash = seed;
  let at = start;
  let word: u64 = 0;
  for (;;) {
    if (at + 8 > limit) {
      word = 0;
      for (let shift: u64 = 0; at < limit; at++, shift += 8) {
        const byte: u64 = load<u8>(at);
        if (byte == 0) break;
        word |= byte << shift;
      }
      break;
    }
    word = load<u64>(at);
    const zeros = (word - 0x0101010101010101) & ~word & 0x8080808080808080;
    if (zeros != 0) {
      const bits = ctz(zeros) & ~7; // before the first NUL
      word &= ((1 as u64) << bits) - 1;
      at += (bits >> 3) as usize;
      break;
    }
    hash = mix(hash, word);
    at += 8;
  }
  hash = mix(hash, word);
  length = (at - start) as u32;
  if (length > LONGEST) fail(LONG_NAME, 0);
  return (hash >> 32) as u32;
}

/**
 * Mixes a word into a hash. One multiplication is not enough: a change of the top bit alone passes
 * through it unchanged, whatever the key.
 */
function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * first;
  hash = (hash ^ (hash >> 32)) * second;
  return hash ^ (hash >> 32);
}

/** Whether a name is the one that was hashed last, which starts at `start`. */
function equals(name: u32, start: usize): bool {
  const own = offsets.at(name);
  if (offsets.at(name + 1) - own != length) return false;
  return countSame(bytes.data + own, start, length) == length;
}

/** Adds the name that was hashed last. */
function insert(slot: usize, hash: u32, start: usize): u32 {
  if (length > budget) fail(OVERLAPS, 0);
  bytes.reserve(length); // what fails for lack of memory fails before anything is changed
  offsets.reserve(4);
  if (nameCount * 2 >= (1 as u32) << n) {
    rehash(n + 1);
    slot = findFree(hash);
  }
  budget -= length;
  bytes.append(start, start + length);
  offsets.push(bytes.length);
  store<u32>(slot, hash);
  store<u32>(slot, ++nameCount, 4);
  return nameCount - 1;
}

/** Makes the table large enough for `count` more names. */
function growFor(count: u32): void {
  let needed = n;
  while ((nameCount + count) * 2 >= (1 as u32) << needed) needed++;
  if (needed > n) rehash(needed);
}

/** Moves the entries to a table of 2^larger slots. */
function rehash(larger: u32): void {
  const old = slots;
  const oldSize = n + SLOT_BITS;
  slots = allocate(larger + SLOT_BITS);
  n = larger;
  memory.fill(slots, 0, SLOT << n);
  const end = old + (1 << oldSize);
  for (let slot = old; slot < end; slot += SLOT) {
    if (load<u32>(slot, 4) != 0) store<u64>(findFree(load<u32>(slot)), load<u64>(slot));
  }
  release(old, oldSize);
}

function findFree(hash: u32): usize {
  const mask: u32 = (1 << n) - 1;
  let slot = hash & mask;
  while (load<u32>(slots + slot * SLOT, 4) != 0) slot = (slot + 1) & mask;
  return slots + slot * SLOT;
}
