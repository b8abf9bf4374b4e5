/**
 * Reads the binary index format, independently of lib/render, and checks that the file is sound.
 * All numbers are big-endian 32-bit:
 *
 *     B007F457 00020001 ROOT, then the nodes of a radix trie, parents before children
 *
 * ROOT and every child are a node's offset, with flags in the top four bits: 8 the node has a
 * prefix, 4 values, 2 children. The parts of a node, in this order:
 *
 *     prefix, NUL · first and last character of children, a child or 0 for each character
 *     between them · number of values, then for each its priority and its text, NUL
 *
 * @module
 */

/** A key and its values, in file order. */
export interface IndexEntry {
  readonly key: string;
  readonly values: readonly IndexValue[];
}

/** One value of a key. */
export interface IndexValue {
  readonly priority: number;
  readonly value: string;
}

const MAGIC = 0xb007f457;
const VERSION = 0x00020001;
const HEADER_SIZE = 12;

const PREFIX = 8;
const VALUES = 4;
const CHILDREN = 2;

/**
 * All entries in trie order: a key comes before the longer ones that begin with it, and characters
 * ascend.
 *
 * @throws Error when the file is unsound: a wrong header, an offset that does not point to where
 * the next node of a pre-order must be (so that nodes neither overlap nor leave gaps), unknown
 * flags, a needless node, a root with a prefix, bytes that are not ASCII, values out of order
 */
export function readIndex(bytes: Uint8Array): IndexEntry[] {
  const cursor = new Cursor(bytes);
  expect(cursor.number() === MAGIC, "the magic number");
  expect(cursor.number() === VERSION, "the version");
  const root = cursor.number();
  expect(root >>> 31 === 0, "a root without prefix");
  const entries: IndexEntry[] = [];
  if (root === HEADER_SIZE) expect(bytes.length === HEADER_SIZE, "nothing after an empty root");
  else readNode(cursor, { reference: root, path: "", entries });
  expect(cursor.at === bytes.length, `the end of the file at ${cursor.at}`);
  return entries;
}

/** The values of one key. */
export function findValues(entries: readonly IndexEntry[], key: string): readonly IndexValue[] {
  return entries.find((entry) => entry.key === key)?.values ?? [];
}

function readNode(
  cursor: Cursor,
  { reference, path, entries }: { reference: number; path: string; entries: IndexEntry[] },
): void {
  const flags = reference >>> 28;
  const offset = reference & 0x0fffffff;
  const at = `at ${offset.toString(16)}`;
  expect((flags & 1) === 0, `known flags ${at}`);
  expect(offset === cursor.at, `node ${at} where the one before it ends, ${cursor.at}`);
  const key = path + (flags & PREFIX ? readPrefix(cursor) : "");
  const children = flags & CHILDREN ? readChildren(cursor) : [];
  const values = flags & VALUES ? readValues(cursor) : [];
  const isNeeded = values.length > 0 || children.length > (path === "" ? 0 : 1);
  expect(isNeeded, `values or a fork in node ${at}`);
  if (values.length > 0) entries.push({ key, values });
  for (const { edge, reference } of children) {
    readNode(cursor, { reference, path: key + edge, entries });
  }
}

function readPrefix(cursor: Cursor): string {
  const prefix = cursor.text();
  expect(prefix.length > 0, `a prefix at ${cursor.at}`);
  return prefix;
}

function readChildren(cursor: Cursor): { edge: string; reference: number }[] {
  const first = cursor.byte();
  const last = cursor.byte();
  expect(0 < first && first <= last && last < 0x80, `a range of ASCII at ${cursor.at}`);
  const children = [];
  for (let character = first; character <= last; character++) {
    const reference = cursor.number();
    const isOuter = character === first || character === last;
    expect(reference !== 0 || !isOuter, `a child at the end of the range at ${cursor.at}`);
    if (reference !== 0) children.push({ edge: String.fromCharCode(character), reference });
  }
  return children;
}

function readValues(cursor: Cursor): IndexValue[] {
  const values: IndexValue[] = [];
  const count = cursor.number();
  expect(count > 0, `a value at ${cursor.at}`);
  for (let i = 0; i < count; i++) {
    const priority = cursor.number();
    expect(priority >= (values.at(-1)?.priority ?? 0), `ascending priorities at ${cursor.at}`);
    values.push({ priority, value: cursor.text() });
  }
  return values;
}

/** The place that is read next. */
class Cursor {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error(`index: expected a byte at ${this.at - 1}`);
    return byte;
  }

  number(): number {
    let number = 0;
    for (let i = 0; i < 4; i++) number = number * 256 + this.byte();
    return number;
  }

  /** ASCII up to the next NUL, which is passed too. */
  text(): string {
    let text = "";
    for (let byte = this.byte(); byte !== 0; byte = this.byte()) {
      expect(byte < 0x80, `ASCII at ${this.at - 1}`);
      text += String.fromCharCode(byte);
    }
    return text;
  }
}

function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(`index: expected ${what}`);
}
