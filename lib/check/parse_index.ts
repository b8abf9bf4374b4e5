/**
 * Parses a binary index, whoever wrote it and whatever is in it. See wasm/assembly/trie.ts for the
 * format. Nodes may come in any order (before release 34, kmod wrote children before their parents),
 * but each byte after the header must belong to exactly one of them: so the work is bounded by the
 * size of the file, and nothing that was cut off or added goes unnoticed.
 *
 * @module
 */
import { decodeLatin1 } from "../bytes/text.ts";
import { FormatError } from "../errors.ts";

/** A key and its values, in file order. */
export interface IndexEntry {
  readonly key: string;
  readonly values: readonly IndexValue[];
}

/** A value of a key. */
export interface IndexValue {
  readonly priority: number;
  readonly text: string;
}

const INDEX_MAGIC = 0xb007f457;
const INDEX_VERSION = 0x00020001;
const HEADER_SIZE = 12;
const ROOT_AT = 8;

const NODE_PREFIX = 0x8;
const NODE_VALUES = 0x4;
const NODE_CHILDREN = 0x2;
const NODE_UNKNOWN = 0x1;
const NODE_OFFSET = 0x0fffffff;

/** Keys, and characters of all keys, that are taken: an index of 60,000 modules has a tenth. */
const MOST_KEYS = 1 << 22;
const MOST_KEY_CHARACTERS = 1 << 26;

/**
 * The entries in order: a key comes before the longer ones that begin with it, and characters
 * ascend.
 *
 * @throws FormatError when the index is unsound, or larger than any that a tree needs
 */
export function parseIndex(bytes: Uint8Array): IndexEntry[] {
  const cursor = new Cursor(bytes);
  if (cursor.number() !== INDEX_MAGIC) throw new FormatError("no index", 0);
  if (cursor.number() !== INDEX_VERSION) throw new FormatError("not version 2.1", 4);
  const trie: Trie = { cursor, entries: [], characters: 0, used: HEADER_SIZE };
  const pending: Pending[] = [{ reference: cursor.number(), from: ROOT_AT, path: "" }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    pending.push(...parseNode(trie, next).reverse());
  }
  const unused = bytes.length - trie.used;
  if (unused > 0) throw new FormatError(`${unused} bytes that belong to no node`, bytes.length);
  return trie.entries;
}

/** A reference to a node that is to be parsed. */
interface Pending {
  readonly reference: number;
  /** Offset of the reference. */
  readonly from: number;
  /** The key up to the node. */
  readonly path: string;
}

/** A trie of which a part has been parsed. */
interface Trie {
  readonly cursor: Cursor;
  readonly entries: IndexEntry[];
  /** Characters of all keys. */
  characters: number;
  /** Bytes of the header and all nodes. */
  used: number;
}

/** Parses a node, and gives its children. */
function parseNode(trie: Trie, { reference, from, path }: Pending): Pending[] {
  const { cursor } = trie;
  const flags = reference >>> 28;
  const start = reference & NODE_OFFSET;
  if (flags & NODE_UNKNOWN) throw new FormatError("a node of an unknown kind", from);
  if (start < HEADER_SIZE) throw new FormatError("a node inside the header", from);
  const isEmpty = flags === 0 && !(from === ROOT_AT && start === HEADER_SIZE);
  if (isEmpty) throw new FormatError("a node with nothing in it", from);
  cursor.at = start;
  const key = flags & NODE_PREFIX ? path + cursor.text() : path;
  const children = flags & NODE_CHILDREN ? parseChildren(cursor, key) : [];
  if (flags & NODE_VALUES) addEntry(trie, { key, values: parseValues(cursor) });
  trie.used += cursor.at - start;
  if (trie.used > cursor.size) throw new FormatError("nodes that overlap", start);
  return children;
}

function parseChildren(cursor: Cursor, key: string): Pending[] {
  const at = cursor.at;
  const [first, last] = [cursor.byte(), cursor.byte()];
  if (first > last) throw new FormatError("children in no order", at);
  const children: Pending[] = [];
  for (let character = first; character <= last; character++) {
    const from = cursor.at;
    const reference = cursor.number();
    if (reference === 0) continue;
    children.push({ reference, from, path: key + String.fromCharCode(character) });
  }
  return children;
}

function parseValues(cursor: Cursor): IndexValue[] {
  const values: IndexValue[] = [];
  for (let left = cursor.number(); left > 0; left--) {
    values.push({ priority: cursor.number(), text: cursor.text() });
  }
  return values;
}

function addEntry(trie: Trie, entry: IndexEntry): void {
  trie.entries.push(entry);
  trie.characters += entry.key.length;
  if (trie.entries.length > MOST_KEYS || trie.characters > MOST_KEY_CHARACTERS) {
    throw new FormatError("more keys than any tree has", trie.cursor.at);
  }
}

/** The place that is read next. */
class Cursor {
  at = 0;
  readonly #view: DataView;
  readonly #text: string;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#text = decodeLatin1(bytes);
  }

  /** Bytes of the whole file. */
  get size(): number {
    return this.#view.byteLength;
  }

  byte(): number {
    return this.#view.getUint8(this.#pass(1));
  }

  number(): number {
    return this.#view.getUint32(this.#pass(4));
  }

  /** The text up to the next NUL, which is passed too. */
  text(): string {
    const start = this.at;
    const end = this.#text.indexOf("\0", start);
    if (end < 0) this.#cutOff();
    this.at = end + 1;
    return this.#text.slice(start, end);
  }

  #pass(count: number): number {
    const start = this.at;
    if (start + count > this.size) this.#cutOff();
    this.at += count;
    return start;
  }

  #cutOff(): never {
    throw new FormatError("it ends too early", this.size);
  }
}
