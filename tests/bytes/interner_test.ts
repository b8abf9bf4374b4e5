/**
 * Interner: numbers for byte strings.
 *
 * @module
 */
import { LimitError } from "../../lib/errors.ts";
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { Interner, viewOf } from "../../lib/bytes/interner.ts";

Deno.test("Interner numbers distinct strings in order of appearance", () => {
  const interner = new Interner();
  const source = latin1("one\0two\0one\0three\0two\0");
  const ids = [0, 4, 8, 12, 18].map((start) => interner.intern(viewOf(source), start));
  assertEquals(ids, [0, 1, 0, 2, 1]);
  assertEquals(interner.length, 3);
});

Deno.test("Interner ends a string at the first NUL", () => {
  const interner = new Interner();
  interner.intern(viewOf(latin1("ab\0cd")), 0);
  assertEquals(interner.bytesOf(0), latin1("ab"));
});

Deno.test("Interner ends a string at the limit when no NUL comes before", () => {
  const interner = new Interner();
  const source = latin1("abcdef");
  interner.intern(viewOf(source), 1, 4);
  interner.intern(viewOf(source), 1);
  assertEquals(interner.bytesOf(0), latin1("bcd"));
  assertEquals(interner.bytesOf(1), latin1("bcdef"));
});

Deno.test("Interner takes the empty string for a string", () => {
  const interner = new Interner();
  const ids = [
    interner.intern(viewOf(latin1("\0")), 0),
    interner.intern(viewOf(latin1("a")), 0),
    interner.intern(viewOf(latin1("a")), 1),
  ];
  assertEquals(ids, [0, 1, 0]);
  assertEquals(interner.bytesOf(0), latin1(""));
});

Deno.test("Interner keeps all bytes but NUL as they are", () => {
  const interner = new Interner();
  const bytes = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
  interner.intern(viewOf(bytes), 0);
  assertEquals(interner.bytesOf(0), bytes);
});

Deno.test("Interner tells a string from its own beginning", () => {
  const interner = new Interner();
  const ids = ["abc", "ab", "abcd", "ab"].map((text) => interner.intern(viewOf(latin1(text)), 0));
  assertEquals(ids, [0, 1, 2, 1]);
});

// Well-known pairs with one 32-bit FNV-1a hash, of different and of equal length.
for (const pair of [["costarring", "liquid"], ["declinate", "macallums"]] as const) {
  Deno.test(`Interner tells ${pair.join(" from ")}, which have one hash`, () => {
    const interner = new Interner();
    const ids = [...pair, ...pair].map((text) => interner.intern(viewOf(latin1(text)), 0));
    assertEquals(ids, [0, 1, 0, 1]);
  });
}

Deno.test("Interner.firstByte() is 0 for the empty string", () => {
  const interner = new Interner();
  for (const text of ["xyz", "", "\xff"]) interner.intern(viewOf(latin1(text)), 0);
  assertEquals([0, 1, 2].map((id) => interner.firstByte(id)), [0x78, 0, 0xff]);
});

Deno.test("Interner.finish() gives all strings by number", () => {
  const interner = new Interner();
  for (const text of ["b", "", "aa", "b"]) interner.intern(viewOf(latin1(text)), 0);
  const strings = interner.finish();
  assertEquals(strings.bytes, latin1("baa"));
  assertEquals(strings.offsets, Uint32Array.of(0, 1, 1, 3));
});

Deno.test("Interner.finish() without strings gives an empty list", () => {
  assertEquals(new Interner().finish(), { bytes: latin1(""), offsets: Uint32Array.of(0) });
});

Deno.test("Interner keeps its numbers when its tables grow", () => {
  const interner = new Interner();
  const texts = Array.from({ length: 50_000 }, (_, i) => `symbol_${i}`);
  const first = texts.map((text) => interner.intern(viewOf(latin1(text)), 0));
  const again = texts.map((text) => interner.intern(viewOf(latin1(text)), 0));
  assertEquals(interner.length, texts.length);
  assertEquals(first, texts.map((_, i) => i));
  assertEquals(again, first);
  assertEquals(interner.bytesOf(31_415), latin1("symbol_31415"));
});

Deno.test("Interner.from() keeps the numbers of a list, and adds behind them", () => {
  const interner = Interner.from(encodeStrings(["b", "", "module_layout"]));
  assertEquals(interner.length, 3);
  const texts = ["module_layout", "new", "b", "", "new"];
  const ids = texts.map((text) => interner.intern(viewOf(latin1(text)), 0));
  assertEquals(ids, [2, 3, 0, 1, 3]);
});

Deno.test("Interner.intern() tells strings apart that differ in any one byte, at every length", () => {
  const interner = new Interner();
  const texts = new Set<string>();
  for (let length = 0; length <= 9; length++) {
    const plain = "abcdefghi".slice(0, length);
    texts.add(plain);
    for (let i = 0; i < length; i++) texts.add(plain.slice(0, i) + "x" + plain.slice(i + 1));
  }
  for (const text of texts) interner.intern(viewOf(latin1(`..${text}\0garbage`)), 2);
  assertEquals(interner.length, texts.size);
});

Deno.test("Interner.intern() gives up on names that are made to collide, before it takes long", () => {
  const interner = new Interner();
  const view = new DataView(new ArrayBuffer(64));
  // In each pair of words, these bits change together without a change of the hash.
  const collide = () => {
    for (let number = 0; number < 256 * 256; number++) {
      for (let pair = 0; pair < 8; pair++) {
        const flip = (number >> pair) & 1;
        view.setUint32(pair * 8, flip ? 0xc1c1c1c1 : 0x41c1c1c1, true);
        view.setUint32(pair * 8 + 4, flip ? 0xc2c3c2c2 : 0x42c2c2c2, true);
      }
      interner.intern(view, 0);
    }
  };
  const before = performance.now();
  try {
    collide();
  } catch (error) {
    assert(error instanceof LimitError, String(error));
  }
  assert(performance.now() - before < 5000, "too slow");
});
