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
 * root has no prefix. Values stand by ascending priority, later ones before earlier ones of the
 * same priority. Keys and values are ASCII.
 *
 * The trie is never built in memory: the keys are partitioned by their next character, stably,
 * from the left (most significant digit first), and each part is written as the node that it is.
 *
 * Source: kmod's documentation of the format in libkmod, version 2.1.
 *
 * @module
 */
import { ByteWriter } from "../bytes/writer.ts";
import { countStrings } from "../bytes/strings.ts";
import { FatalError } from "../errors.ts";
import type { Strings } from "../model.ts";

/** First word of the file. */
export const INDEX_MAGIC = 0xb007f457;
/** Second word: 2.1. */
export const INDEX_VERSION = 0x00020001;
/** Flag of a node reference: the node has a prefix. */
export const NODE_PREFIX = 0x80000000;
/** Flag of a node reference: the node has values. */
export const NODE_VALUES = 0x40000000;
/** Flag of a node reference: the node has children. */
export const NODE_CHILDREN = 0x20000000;
/** The part of a node reference that is an offset. */
export const NODE_OFFSET = 0x0fffffff;

/** Parts of so few keys are sorted by insertion: most are, and have two or three. */
const SMALL = 8;

const HEADER_SIZE = 12;
const ROOT_AT = 8;

/** Entries in the order of insertion: `keys[i]` gets the value `texts[text[i]]`. */
export interface IndexEntries {
  readonly keys: Strings;
  readonly texts: Strings;
  /** By entry: its value, a place in `texts`. */
  readonly text: Uint32Array;
  /** By entry. */
  readonly priority: Uint32Array;
  /** Entries that are left out; none if absent. */
  readonly omitted?: ReadonlySet<number>;
}

/**
 * A part of the keys that share the first `depth` characters, and where the reference to their
 * node stands.
 */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly referenceAt: number;
}

/**
 * The index file of these entries.
 *
 * @throws FatalError when it outgrows the 28 bits of an offset
 */
export function encodeIndex(entries: IndexEntries): Uint8Array {
  const order = listEntries(entries);
  const writer = new ByteWriter();
  writer.uint32(INDEX_MAGIC);
  writer.uint32(INDEX_VERSION);
  writer.uint32(HEADER_SIZE);
  const partition = new Partition(entries.keys, order);
  const parts: Part[] = [];
  if (order.length > 0) {
    parts.push({ start: 0, end: order.length, depth: 0, referenceAt: ROOT_AT });
  }
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    writeNode(writer, part, { entries, order, partition, parts });
    if (writer.length > NODE_OFFSET) throw new FatalError("an index is larger than 256 MiB");
  }
  return writer.finish();
}

function listEntries({ keys, omitted = new Set() }: IndexEntries): Uint32Array {
  const all = new Uint32Array(countStrings(keys)).map((_, entry) => entry);
  return omitted.size === 0 ? all : all.filter((entry) => !omitted.has(entry));
}

/** Writes the node of `part` and leaves its children on the stack, the first on top. */
function writeNode(
  writer: ByteWriter,
  part: Part,
  { entries, order, partition, parts }: {
    entries: IndexEntries;
    order: Uint32Array;
    partition: Partition;
    parts: Part[];
  },
): void {
  const { start, end, referenceAt } = part;
  const isRoot = referenceAt === ROOT_AT;
  const depth = isRoot ? 0 : partition.commonDepth(part);
  const { bytes, offsets } = entries.keys;
  const offset = writer.length;
  let flags = 0;
  if (depth > part.depth) {
    flags |= NODE_PREFIX;
    const key = offsets[order[start]!]!;
    writer.slice(bytes, key + part.depth, key + depth);
    writer.byte(0);
  }
  const childStart = partition.split({ start, end, depth });
  if (childStart < end) {
    flags |= NODE_CHILDREN;
    writeChildren(writer, { start: childStart, end, depth }, { partition, parts });
  }
  if (childStart > start) {
    flags |= NODE_VALUES;
    writeValues(writer, order.subarray(start, childStart), entries);
  }
  writer.patchUint32(referenceAt, (offset | flags) >>> 0);
}

/** Writes the table of children, and stacks them. The keys are longer than `depth`. */
function writeChildren(
  writer: ByteWriter,
  { start, end, depth }: { start: number; end: number; depth: number },
  { partition, parts }: { partition: Partition; parts: Part[] },
): void {
  const first = partition.charAt(start, depth);
  const last = partition.charAt(end - 1, depth);
  writer.byte(first);
  writer.byte(last);
  const table = writer.length;
  for (let char = first; char <= last; char++) writer.uint32(0);
  for (let childEnd = end; childEnd > start;) {
    const char = partition.charAt(childEnd - 1, depth);
    let childStart = childEnd - 1;
    while (childStart > start && partition.charAt(childStart - 1, depth) === char) childStart--;
    const referenceAt = table + (char - first) * 4;
    parts.push({ start: childStart, end: childEnd, depth: depth + 1, referenceAt });
    childEnd = childStart;
  }
}

function writeValues(
  writer: ByteWriter,
  insertions: Uint32Array,
  { texts, text, priority }: IndexEntries,
): void {
  if (insertions.length > 1) insertions.sort((a, b) => priority[a]! - priority[b]! || b - a);
  writer.uint32(insertions.length);
  for (const entry of insertions) {
    writer.uint32(priority[entry]!);
    writer.string(texts, text[entry]!);
    writer.byte(0);
  }
}

/** Keys brought into order by one character at a time. */
class Partition {
  #scratch: Uint32Array;
  /** By character plus one (0: the key ends): how many keys, then where they go. */
  #places = new Uint32Array(129);

  constructor(readonly keys: Strings, readonly order: Uint32Array) {
    this.#scratch = new Uint32Array(order.length);
  }

  /** Character `depth` of the key at `place`, which is longer than that. */
  charAt(place: number, depth: number): number {
    const { bytes, offsets } = this.keys;
    return bytes[offsets[this.order[place]!]! + depth]!;
  }

  /** How many first characters the keys of a part have in common. */
  commonDepth({ start, end, depth }: { start: number; end: number; depth: number }): number {
    const { bytes, offsets } = this.keys;
    const { order } = this;
    const first = offsets[order[start]!]!;
    let common = offsets[order[start]! + 1]! - first;
    for (let place = start + 1; place < end && common > depth; place++) {
      const key = offsets[order[place]!]!;
      const length = Math.min(common, offsets[order[place]! + 1]! - key);
      let same = depth;
      while (same < length && bytes[key + same] === bytes[first + same]) same++;
      common = same;
    }
    return common;
  }

  /**
   * Sorts a part by character `depth`, keys that end there first, keeping the order of equal
   * ones. Gives the place of the first key that goes on.
   */
  split({ start, end, depth }: { start: number; end: number; depth: number }): number {
    const { bytes, offsets } = this.keys;
    const order = this.order;
    if (end - start <= SMALL) return this.#splitSmall({ start, end, depth });
    const places = this.#places.fill(0);
    const scratch = this.#scratch;
    for (let place = start; place < end; place++) {
      const entry = scratch[place] = order[place]!;
      const at = offsets[entry]! + depth;
      places[at === offsets[entry + 1]! ? 0 : bytes[at]! + 1]!++;
    }
    const ending = places[0]!;
    for (let char = 0, sum = start; char < places.length; char++) {
      const here = places[char]!;
      places[char] = sum;
      sum += here;
    }
    for (let place = start; place < end; place++) {
      const entry = scratch[place]!;
      const at = offsets[entry]! + depth;
      order[places[at === offsets[entry + 1]! ? 0 : bytes[at]! + 1]!++] = entry;
    }
    return start + ending;
  }

  /** The same by insertion, without a table of all characters. */
  #splitSmall({ start, end, depth }: { start: number; end: number; depth: number }): number {
    const order = this.order;
    let goingOn = start;
    for (let place = start; place < end; place++) {
      const entry = order[place]!;
      const char = this.#charOrEnd(entry, depth);
      if (char < 0) goingOn++;
      let at = place;
      for (; at > start && this.#charOrEnd(order[at - 1]!, depth) > char; at--) {
        order[at] = order[at - 1]!;
      }
      order[at] = entry;
    }
    return goingOn;
  }

  /** Character `depth` of an entry's key, -1 where the key ends. */
  #charOrEnd(entry: number, depth: number): number {
    const { bytes, offsets } = this.keys;
    const at = offsets[entry]! + depth;
    return at === offsets[entry + 1]! ? -1 : bytes[at]!;
  }
}
