/**
 * Parsing binary indexes: those that the reference wrote hold what an independent reader finds in
 * them, and nothing that is wrong with others goes unnoticed.
 *
 * @module
 */
import { parseIndex } from "../../lib/check/parse_index.ts";
import { FormatError } from "../../lib/errors.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { listCases, readOutcome } from "../support/golden.ts";
import { readIndex } from "../support/index_reader.ts";
import { isLink } from "../support/tree.ts";

/** The indexes that the reference wrote for golden trees, by their paths in testdata. */
function listIndexes(): Map<string, Uint8Array> {
  const indexes = new Map<string, Uint8Array>();
  for (const name of listCases()) {
    for (const [path, entry] of readOutcome(name).files) {
      if (path.endsWith(".bin") && !isLink(entry)) indexes.set(`${name}/${path}`, entry);
    }
  }
  return indexes;
}

const INDEXES = listIndexes();

/** The entries as the tests' own reader gives them. */
function parse(bytes: Uint8Array) {
  return parseIndex(bytes).map(({ key, values }) => ({
    key,
    values: values.map(({ priority, text }) => ({ priority, value: text })),
  }));
}

Deno.test("parseIndex() finds all that the reference wrote", () => {
  assert(INDEXES.size > 300, `${INDEXES.size} indexes`);
  let keys = 0;
  for (const [path, bytes] of INDEXES) {
    const entries = readIndex(bytes);
    assertEquals(parse(bytes), entries, path);
    keys += entries.length;
  }
  assert(keys > 500, `${keys} keys`);
});

Deno.test("parseIndex() refuses every index that is cut off, wherever", () => {
  for (const [path, bytes] of INDEXES) {
    for (let length = 0; length < bytes.length; length++) {
      const cut = () => parseIndex(bytes.subarray(0, length));
      assertThrows(cut, FormatError, "", `${path}: ${length} of ${bytes.length} bytes`);
    }
  }
});

Deno.test("parseIndex() refuses an index with a byte more", () => {
  const bytes = Uint8Array.of(...INDEXES.values().next().value!, 0);
  assertThrows(() => parseIndex(bytes), FormatError, "1 bytes that belong to no node");
});

/** An index of these bytes after the magic number and the version; numbers are 32-bit. */
function build(...parts: readonly (number | string)[]): Uint8Array {
  return latin1(encode(0xb007f457, 0x00020001, ...parts));
}

function encode(...parts: readonly (number | string)[]): string {
  return parts.map((part) => {
    if (typeof part === "string") return part;
    return String.fromCharCode(part >>> 24, part >>> 16 & 0xff, part >>> 8 & 0xff, part & 0xff);
  }).join("");
}

const PREFIX = 0x80000000;
const VALUES = 0x40000000;
const CHILDREN = 0x20000000;

Deno.test("parseIndex() takes children before their parents, as kmod wrote them before 34", () => {
  const child = ["bc\0", 2, 1, "one\0", 7, "seven\0"];
  const bytes = build(CHILDREN | 37, ...child, "aa", (PREFIX | VALUES | 12) >>> 0);
  assertEquals(parseIndex(bytes), [{
    key: "abc",
    values: [{ priority: 1, text: "one" }, { priority: 7, text: "seven" }],
  }]);
});

Deno.test("parseIndex() gives the key of a node before those of its children, and these in order", () => {
  const bytes = build(
    VALUES | CHILDREN | 12,
    "ac",
    VALUES | 36,
    0,
    VALUES | 46,
    1,
    0,
    "r\0",
    1,
    0,
    "a\0",
    1,
    0,
    "c\0",
  );
  const held = parseIndex(bytes).map(({ key, values }) => `${key}=${values[0]!.text}`);
  assertEquals(held, ["=r", "a=a", "c=c"]);
});

const UNSOUND: readonly (readonly [about: string, bytes: Uint8Array, message: string])[] = [
  ["nothing in it", new Uint8Array(), "it ends too early"],
  ["another magic number", latin1("\xb0\x07\xf4\x58\0\x02\0\x01\0\0\0\x0c"), "no index"],
  ["another version", latin1("\xb0\x07\xf4\x57\0\x02\0\x02\0\0\0\x0c"), "not version 2.1"],
  ["no root", build(0), "a node inside the header"],
  ["a root inside the header", build((PREFIX | 11) >>> 0, "a\0"), "a node inside the header"],
  ["a root beyond the end", build((VALUES | 4096) >>> 0), "it ends too early"],
  ["an unknown flag", build(0x10000000 | 12), "a node of an unknown kind"],
  ["a prefix without its end", build((PREFIX | 12) >>> 0, "abc"), "it ends too early"],
  ["four thousand million values", build(VALUES | 12, 0xffffffff, 0, "a\0"), "it ends too early"],
  ["children in no order", build(CHILDREN | 12, "ba", 0, 0), "children in no order"],
  ["children beyond the end", build(CHILDREN | 12, "\x01\xff", 0, 0), "it ends too early"],
  ["a node that is its own child", build(CHILDREN | 12, "aa", CHILDREN | 12), "nodes that overlap"],
  [
    "nodes that are each other's children",
    build(CHILDREN | 12, "aa", CHILDREN | 18, "aa", CHILDREN | 12),
    "nodes that overlap",
  ],
  [
    "two references to one node",
    build(CHILDREN | 12, "ab", VALUES | 22, VALUES | 22, 1, 0, "a\0"),
    "nodes that overlap",
  ],
  [
    "a node inside another one",
    build(VALUES | CHILDREN | 12, "aa", VALUES | 14, 1, 0, "\0"),
    "it ends too early",
  ],
  ["a child with nothing in it", build(CHILDREN | 12, "aa", 12), "a node with nothing in it"],
  [
    "bytes between the nodes",
    build(VALUES | 13, "x", 1, 0, "a\0"),
    "1 bytes that belong to no node",
  ],
];

for (const [about, bytes, message] of UNSOUND) {
  Deno.test(`parseIndex() refuses an index with ${about}`, () => {
    assertThrows(() => parseIndex(bytes), FormatError, message);
  });
}

Deno.test("parseIndex() takes a trie of a hundred thousand levels", () => {
  const depth = 100_000;
  const levels = Array.from({ length: depth }, (_, i) => {
    const isLast = i === depth - 1;
    return encode("aa", (isLast ? VALUES : CHILDREN) | 12 + (i + 1) * 6);
  });
  const bytes = build(CHILDREN | 12, levels.join(""), 1, 0, "x\0");
  const [entry, ...others] = parseIndex(bytes);
  assertEquals([entry!.key.length, others], [depth, []]);
});

Deno.test("parseIndex() refuses keys that have more characters together than memory", () => {
  const depth = 20_000; // each level is a key: 200 million characters
  const levels = Array.from({ length: depth }, (_, i) => {
    return encode("aa", VALUES | CHILDREN | 12 + (i + 1) * 15, 1, 0, "\0");
  });
  const bytes = build(VALUES | CHILDREN | 12, levels.join(""));
  assertThrows(() => parseIndex(bytes), FormatError, "more keys than any tree has");
});
