/**
 * The binary index: a trie that maps keys to lists of values, as libkmod searches it on disk. All
 * numbers are big-endian.
 *
 *     file   uint32 magic, uint32 version, uint32 root, nodes in pre-order
 *     node   char   prefix[], NUL          with NODE_PREFIX
 *            uint8  first, last            with NODE_CHILDREN: the range of edge characters
 *            uint32 child[last-first+1]      0 for none
 *            uint32 count                  with NODE_VALUES
 *            { uint32 priority, char text[], NUL }[count]
 *
 * A reference to a node (`root`, `child`) is its file offset with the three flags in its top four
 * bits. The characters on the path from the root, edges and prefixes in turn, spell the key; the
 * root has no prefix. Values are sorted by ascending priority; of equal ones, the value added last
 * comes first. Keys and values are ASCII.
 *
 * The trie is never built in memory: the keys are partitioned by their next character, stably, from
 * the left (most significant digit first), and each part is written as one node.
 *
 * Source: kmod's documentation of the format in libkmod, version 2.1.
 *
 * @module
 */
import { countSame } from "./bytes.ts";
import { INDEX, LARGE_INDEX, PARTS } from "./codes.ts";
import { columnAt } from "./column.ts";
import { fail } from "./host.ts";
import { allocate, blockSize, release } from "./memory.ts";
import { sort } from "./sort.ts";
import { stringEnd, stringStart } from "./strings.ts";

const INDEX_MAGIC: u32 = 0xb007f457;
const INDEX_VERSION: u32 = 0x00020001;
const NODE_PREFIX: u32 = 0x80000000;
const NODE_VALUES: u32 = 0x40000000;
const NODE_CHILDREN: u32 = 0x20000000;
const NODE_OFFSET: u32 = 0x0fffffff;

const HEADER_SIZE: u32 = 12;
const ROOT_AT: u32 = 8;

/** Bytes of a node with a value, besides its key and the value's text. */
const VALUE_SIZE: u32 = 14;

/** Parts of up to this many keys are sorted by insertion; most have two or three. */
const SMALL: u32 = 8;

/** All bytes and, before them, the end of a key. */
const DIGITS: u32 = 257;

let keyBytes: usize = 0;
let keyOffsets: usize = 0;
let valueBytes: usize = 0;
let valueOffsets: usize = 0;
/** By entry: the number of its value, and its priority. */
let valueNumbers: usize = 0;
let priorities: usize = 0;
/** Entries, which are sorted by their keys, part by part. */
let order: usize = 0;
let scratch: usize = 0;

/** By digit: how many keys, then where they go. */
const slots: usize = memory.data(DIGITS * 4);

/**
 * Parts of the keys that are to be written, the next one on top. The keys of a part share the first
 * `depth` characters: uint32 start, end (places in `order`), depth, and file offset of the
 * reference to their node.
 */
const parts = columnAt(PARTS);
const PART: u32 = 16;

/** The index file. */
const index = columnAt(INDEX);

/** Writes the index of `count` entries, whose numbers are at `entries`, in order of insertion. */
export function encodeIndex(
  keys: usize,
  keysAt: usize,
  values: usize,
  valuesAt: usize,
  text: usize,
  priority: usize,
  entries: usize,
  count: u32,
): void {
  keyBytes = keys;
  keyOffsets = keysAt;
  valueBytes = values;
  valueOffsets = valuesAt;
  valueNumbers = text;
  priorities = priority;
  order = entries;
  const n = blockSize(count * 4);
  scratch = allocate(n);
  index.length = 0;
  index.reserve(estimateSize(count));
  parts.length = 0;
  append32(INDEX_MAGIC);
  append32(INDEX_VERSION);
  append32(HEADER_SIZE);
  if (count > 0) pushPart(0, count, 0, ROOT_AT);
  while (parts.length > 0) {
    parts.length -= PART;
    const part = parts.data + parts.length;
    writeNode(load<u32>(part), load<u32>(part, 4), load<u32>(part, 8), load<u32>(part, 12));
    if (index.length > NODE_OFFSET) fail(LARGE_INDEX, 0);
  }
  release(scratch, n);
}

/** Bytes of an index in which no key shares characters with another: few are larger. */
function estimateSize(count: u32): u32 {
  let size: u64 = 0;
  for (let place: u32 = 0; place < count; place++) {
    const text = load<u32>(valueNumbers + entryAt(place) * 4);
    size += keyEnd(place) - keyStart(place) + VALUE_SIZE;
    size += stringEnd(valueBytes, valueOffsets, text) - stringStart(valueBytes, valueOffsets, text);
  }
  return min(size, NODE_OFFSET) as u32;
}

function pushPart(start: u32, end: u32, depth: u32, referenceAt: u32): void {
  parts.push(start);
  parts.push(end);
  parts.push(depth);
  parts.push(referenceAt);
}

/** Writes the node of a part and leaves its children on the stack, the first on top. */
function writeNode(start: u32, end: u32, sharedDepth: u32, referenceAt: u32): void {
  if (end - start == 1 && referenceAt != ROOT_AT) {
    return writeLeaf(start, sharedDepth, referenceAt);
  }
  const depth: u32 = referenceAt == ROOT_AT ? 0 : commonDepth(start, end, sharedDepth);
  const offset = index.length;
  let flags: u32 = 0;
  if (depth > sharedDepth) {
    flags |= NODE_PREFIX;
    const key = keyStart(start);
    appendString(key + sharedDepth, key + depth);
  }
  const childStart = split(start, end, depth);
  if (childStart < end) {
    flags |= NODE_CHILDREN;
    writeChildren(childStart, end, depth);
  }
  if (childStart > start) {
    flags |= NODE_VALUES;
    writeValues(start, childStart);
  }
  store<u32>(index.data + referenceAt, bswap(offset | flags));
}

/** Writes the node of a part of one key, as most are. */
function writeLeaf(place: u32, sharedDepth: u32, referenceAt: u32): void {
  const offset = index.length;
  let flags = NODE_VALUES;
  const rest = keyStart(place) + sharedDepth;
  if (rest < keyEnd(place)) {
    flags |= NODE_PREFIX;
    appendString(rest, keyEnd(place));
  }
  append32(1);
  appendValue(entryAt(place));
  store<u32>(index.data + referenceAt, bswap(offset | flags));
}

/** Writes the table of children, and pushes their parts. The keys are longer than `depth`. */
function writeChildren(start: u32, end: u32, depth: u32): void {
  const first = charAt(start, depth);
  const last = charAt(end - 1, depth);
  const size = (last - first + 1) * 4;
  index.reserve(2 + size);
  store<u8>(index.data + index.length, first);
  store<u8>(index.data + index.length, last, 1);
  const table = index.length + 2;
  memory.fill(index.data + table, 0, size);
  index.length = table + size;
  for (let childEnd = end; childEnd > start;) {
    const char = charAt(childEnd - 1, depth);
    let childStart = childEnd - 1;
    while (childStart > start && charAt(childStart - 1, depth) == char) childStart--;
    pushPart(childStart, childEnd, depth + 1, table + (char - first) * 4);
    childEnd = childStart;
  }
}

function writeValues(start: u32, end: u32): void {
  const count = end - start;
  if (count > 1) {
    reverse(start, end);
    sort(order + start * 4, count, (a: u32, b: u32) => priorityOf(a) < priorityOf(b));
  }
  append32(count);
  for (let place = start; place < end; place++) appendValue(entryAt(place));
}

function appendValue(entry: u32): void {
  const text = load<u32>(valueNumbers + entry * 4);
  append32(priorityOf(entry));
  appendString(
    stringStart(valueBytes, valueOffsets, text),
    stringEnd(valueBytes, valueOffsets, text),
  );
}

function reverse(start: u32, end: u32): void {
  for (let left = order + start * 4, right = order + (end - 1) * 4; left < right;) {
    const entry = load<u32>(left);
    store<u32>(left, load<u32>(right));
    store<u32>(right, entry);
    left += 4;
    right -= 4;
  }
}

function append32(value: u32): void {
  index.push(bswap(value));
}

/** Appends the bytes [start, end) and a NUL. */
function appendString(start: usize, end: usize): void {
  index.append(start, end);
  index.reserve(1);
  store<u8>(index.data + index.length++, 0);
}

function entryAt(place: u32): u32 {
  return load<u32>(order + place * 4);
}

function priorityOf(entry: u32): u32 {
  return load<u32>(priorities + entry * 4);
}

/** Address of the key at a place in `order`. */
function keyStart(place: u32): usize {
  return stringStart(keyBytes, keyOffsets, entryAt(place));
}

/** Address after the key at a place in `order`. */
function keyEnd(place: u32): usize {
  return stringEnd(keyBytes, keyOffsets, entryAt(place));
}

/** Character `depth` of the key at a place in `order`, which is longer than that. */
function charAt(place: u32, depth: u32): u32 {
  return load<u8>(keyStart(place) + depth);
}

/** How many first characters the keys of a part have in common. */
function commonDepth(start: u32, end: u32, depth: u32): u32 {
  const first = keyStart(start);
  let common = (keyEnd(start) - first) as u32;
  for (let place = start + 1; place < end && common > depth; place++) {
    const key = keyStart(place);
    const length = min(common, (keyEnd(place) - key) as u32);
    common = depth + (countSame(key + depth, first + depth, length - depth) as u32);
  }
  return common;
}

/**
 * Sorts a part by character `depth`, keys that end there first, keeping the order of equal ones.
 * Returns the place of the first key that is longer.
 */
function split(start: u32, end: u32, depth: u32): u32 {
  if (end - start <= SMALL) return splitSmall(start, end, depth);
  memory.fill(slots, 0, DIGITS * 4);
  for (let place = start; place < end; place++) {
    const entry = entryAt(place);
    store<u32>(scratch + place * 4, entry);
    const digit = slots + digitOf(entry, depth) * 4;
    store<u32>(digit, load<u32>(digit) + 1);
  }
  const ending = load<u32>(slots);
  let sum = start;
  for (let digit: u32 = 0; digit < DIGITS; digit++) {
    const size = load<u32>(slots + digit * 4);
    store<u32>(slots + digit * 4, sum);
    sum += size;
  }
  for (let place = start; place < end; place++) {
    const entry = load<u32>(scratch + place * 4);
    const digit = slots + digitOf(entry, depth) * 4;
    const to = load<u32>(digit);
    store<u32>(digit, to + 1);
    store<u32>(order + to * 4, entry);
  }
  return start + ending;
}

/** Does the same by insertion, without a table of all characters. */
function splitSmall(start: u32, end: u32, depth: u32): u32 {
  let goingOn = start;
  for (let place = start; place < end; place++) {
    const entry = entryAt(place);
    const digit = digitOf(entry, depth);
    if (digit == 0) goingOn++;
    let at = place;
    for (; at > start; at--) {
      const other = entryAt(at - 1);
      if (digitOf(other, depth) <= digit) break;
      store<u32>(order + at * 4, other);
    }
    store<u32>(order + at * 4, entry);
  }
  return goingOn;
}

/** Character `depth` of an entry's key plus one, 0 where the key ends. */
function digitOf(entry: u32, depth: u32): u32 {
  const at = stringStart(keyBytes, keyOffsets, entry) + depth;
  return at == stringEnd(keyBytes, keyOffsets, entry) ? 0 : (load<u8>(at) as u32) + 1;
}
