/**
 * Numbers for names.
 *
 * @module
 */
import { LimitError } from "../../lib/errors.ts";
import { NAME_BYTES, NAME_OFFSETS } from "../../lib/wasm/assembly/codes.ts";
import { Workspace } from "../../lib/wasm/workspace.ts";
import { countStrings, stringBytes } from "../../lib/bytes/strings.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import type { Strings } from "../../lib/model.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { buildModule, latin1 } from "../support/elf_builder.ts";
import {
  factsOf,
  listNeeds,
  loadFile,
  makeParser,
  needsOf,
  readModule,
} from "../support/elf_facts.ts";
import { stringsOf } from "../support/facts.ts";

/** Numbers names, list after list. */
class Names {
  readonly #workspace = new Workspace();

  constructor() {
    this.clear();
  }

  /** Begins anew. */
  clear(): void {
    this.#workspace.exports.startFacts(false);
  }

  /** The numbers of strings. */
  intern({ bytes, offsets }: Strings): number[] {
    const workspace = this.#workspace;
    const count = offsets.length - 1;
    const numbers = workspace.put(new Uint32Array(count));
    try {
      workspace.exports.internAll(workspace.put(bytes), workspace.put(offsets), count, numbers);
      return Array.from(workspace.numbers(numbers, count));
    } finally {
      workspace.clear();
    }
  }

  /** The numbers of latin1 texts. */
  internTexts(...texts: string[]): number[] {
    return this.intern(stringsOf(texts));
  }

  /** All names by number. */
  finish(): Strings {
    return {
      bytes: this.#workspace.columnBytes(NAME_BYTES),
      offsets: this.#workspace.columnNumbers(NAME_OFFSETS),
    };
  }

  /** Distinct names so far. */
  get length(): number {
    return countStrings(this.finish());
  }

  /** The bytes of a name. */
  bytesOf(number: number): Uint8Array {
    return stringBytes(this.finish(), number);
  }
}

Deno.test("names are numbered in the order of their first appearance", () => {
  const names = new Names();
  assertEquals(names.internTexts("one", "two", "one", "three", "two"), [0, 1, 0, 2, 1]);
  assertEquals(names.internTexts("four", "two"), [3, 1]);
  assertEquals(names.length, 4);
});

Deno.test("names end at the first NUL", () => {
  const names = new Names();
  assertEquals(names.internTexts("ab\0cd", "ab", "\0", "ab\0", "abcdefgh\0i"), [0, 0, 1, 0, 2]);
  assertEquals([0, 1, 2].map((i) => names.bytesOf(i)), ["ab", "", "abcdefgh"].map(latin1));
});

Deno.test("names end at the limit when no NUL comes before", () => {
  const names = new Names();
  const bytes = latin1("abcdefghijklmnopqrst");
  assertEquals(names.intern({ bytes, offsets: Uint32Array.of(1, 4, 12, 20) }), [0, 1, 2]);
  const want = ["bcd", "efghijkl", "mnopqrst"].map(latin1);
  assertEquals([0, 1, 2].map((i) => names.bytesOf(i)), want);
});

Deno.test("the empty name is a name", () => {
  const names = new Names();
  assertEquals(names.internTexts("", "a", "", "\0a"), [0, 1, 0, 0]);
  assertEquals(names.bytesOf(0), latin1(""));
});

Deno.test("names keep all bytes but NUL as they are", () => {
  const names = new Names();
  const bytes = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
  assertEquals(names.intern({ bytes, offsets: Uint32Array.of(0, 255) }), [0]);
  assertEquals(names.bytesOf(0), bytes);
});

Deno.test("names are told from their own beginnings", () => {
  const texts = Array.from(
    { length: 40 },
    (_, i) => "abcdefghijklmnopqrstuvwxyz0123456789abcd".slice(i),
  );
  const beginnings = Array.from(texts, (_, i) => texts[0]!.slice(0, i));
  for (const list of [texts, beginnings]) {
    assertEquals(new Names().internTexts(...list, ...list), [...list.keys(), ...list.keys()]);
  }
});

Deno.test("names are told apart that differ in any one byte, at every length", () => {
  const texts = new Set<string>();
  for (let length = 0; length <= 25; length++) {
    const plain = "abcdefghijklmnopqrstuvwxyz".slice(0, length);
    texts.add(plain);
    for (let i = 0; i < length; i++) texts.add(plain.slice(0, i) + "!" + plain.slice(i + 1));
  }
  const numbers = [...Array(texts.size).keys()];
  assertEquals(new Names().internTexts(...texts), numbers);
  // The same with something else behind each of them.
  assertEquals(new Names().internTexts(...Array.from(texts, (text) => `${text}\0x`)), numbers);
});

Deno.test("a name has one number wherever it stands, and whatever stands around it", () => {
  const names = new Names();
  for (
    const name of [
      "",
      "a",
      "seven_7",
      "eight__8",
      "nine____9",
      "sixteen_______16",
      "more_than_16_bytes",
    ]
  ) {
    const [number] = names.internTexts(name);
    for (let shift = 0; shift < 9; shift++) {
      for (
        const behind of [
          "",
          "\0",
          "\0\0\0\0\0\0\0\0\0",
          "\0rest",
          "\0\xff\xff\xff\xff\xff\xff\xff\xff",
        ]
      ) {
        const bytes = latin1("x".repeat(shift) + name + behind);
        const offsets = Uint32Array.of(shift, bytes.length);
        assertEquals(names.intern({ bytes, offsets }), [number]);
      }
    }
  }
  assertEquals(names.length, 7);
});

Deno.test("no names make an empty list", () => {
  assertEquals(new Names().finish(), { bytes: latin1(""), offsets: Uint32Array.of(0) });
  const names = new Names();
  assertEquals(names.internTexts(), []);
  assertEquals(names.length, 0);
});

Deno.test("names begin anew with new facts", () => {
  const names = new Names();
  const many = Array.from({ length: 5000 }, (_, i) => `name_${i}`);
  for (const texts of [["a", "b"], many, ["b", "c", "b"], [], many.toReversed(), ["name_7"]]) {
    names.clear();
    const distinct = [...new Set(texts)];
    assertEquals(names.internTexts(...texts), texts.map((text) => distinct.indexOf(text)));
    assertEquals(names.finish(), stringsOf(distinct));
  }
});

Deno.test("names stand one behind the other, by number", () => {
  const names = new Names();
  names.internTexts("b", "", "aa", "b");
  assertEquals(names.finish(), { bytes: latin1("baa"), offsets: Uint32Array.of(0, 1, 1, 3) });
});

Deno.test("names keep their numbers when the tables grow", () => {
  const names = new Names();
  const texts = Array.from({ length: 100_000 }, (_, i) => `symbol_${i}`);
  const numbers = [...texts.keys()];
  assertEquals(names.internTexts(...texts.slice(0, 60_000)), numbers.slice(0, 60_000));
  assertEquals(names.internTexts(...texts), numbers);
  assertEquals(names.internTexts(...texts.toReversed()), numbers.toReversed());
  assertEquals(names.length, texts.length);
  assertEquals(names.bytesOf(31_415), latin1("symbol_31415"));
});

Deno.test("names keep their numbers when the tables grow in the midst of a module", () => {
  const { parser } = makeParser();
  const needs = Array.from({ length: 5000 }, (_, i) => `symbol_${i}`);
  for (const list of [needs, needs.toReversed(), needs]) {
    readModule(parser, buildModule({ needs: list }));
  }
  const facts = factsOf(parser);
  const numbers = [...needs.keys()];
  assertEquals(Array.from(facts.needNames), [...numbers, ...numbers.toReversed(), ...numbers]);
  assertEquals(facts.names, stringsOf(needs));
});

Deno.test("a name may have 4,096 bytes and not one more", () => {
  const names = new Names();
  assertEquals(names.internTexts("n".repeat(4096)), [0]);
  assertThrows(() => names.internTexts("n".repeat(4097)), LimitError, "4096");
  assertThrows(() => names.internTexts("m".repeat(100_000)), LimitError, "4096");
  assertEquals(names.internTexts("n".repeat(4096), `${"m".repeat(4096)}\0m`), [0, 1]);
});

const MASK = 2n ** 64n - 1n;
const MULTIPLIER = 0x9e3779b97f4a7c15n;

/** How the hash of a name goes on with the next eight bytes, read as a little-endian number. */
function mix(hash: bigint, word: bigint): bigint {
  const product = ((hash ^ word) * MULTIPLIER) & MASK;
  return product ^ (product >> 32n);
}

/**
 * So many names of 16 bytes with one hash: the first eight bytes are arbitrary, and the others make
 * up for them.
 */
function collidingNames(count: number): string[] {
  const target = mix(0n, 0x4141414141414141n) ^ 0x4242424242424242n;
  const names: string[] = [];
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let i = 0n; names.length < count; i++) {
    const first = 0x6161616161616161n ^ (i & 63n) ^ (i >> 6n) << 8n;
    view.setBigUint64(0, first, true);
    view.setBigUint64(8, mix(0n, first) ^ target, true);
    if (!bytes.includes(0)) names.push(decodeLatin1(bytes));
  }
  return names;
}

Deno.test("names with one hash are told apart", () => {
  const names = new Names();
  const texts = collidingNames(500);
  assertEquals(new Set(texts).size, 500);
  const numbers = [...texts.keys()];
  assertEquals(names.internTexts(...texts, ...texts), [...numbers, ...numbers]);
});

Deno.test("names with one hash are told apart if their lengths differ", () => {
  const names = new Names();
  // Eight bytes that have the hash of two times eight.
  const word = mix(0n, 0x4141414141414141n) ^ 0x4242424242424242n;
  const bytes = new Uint8Array(24).fill(0x41, 0, 8).fill(0x42, 8, 16);
  new DataView(bytes.buffer).setBigUint64(16, word, true);
  assert(!bytes.includes(0));
  assertEquals(names.intern({ bytes, offsets: Uint32Array.of(0, 16, 24) }), [0, 1]);
  assertEquals(names.intern({ bytes, offsets: Uint32Array.of(0, 16, 24) }), [0, 1]);
});

/** The number that undoes a multiplication by that of `mix`, modulo 2^64: by Newton's method. */
function findInverse(): bigint {
  let inverse = 1n;
  for (let i = 0; i < 6; i++) inverse = inverse * (2n - MULTIPLIER * inverse) & MASK;
  return inverse;
}

/** What `mix` with this result was given, combined. */
function unmix(result: bigint): bigint {
  return (result ^ result >> 32n) * findInverse() & MASK;
}

function wordText(word: bigint, length = 8): string {
  return Array.from({ length }, (_, i) => String.fromCharCode(Number(word >> BigInt(i * 8) & 255n)))
    .join("");
}

Deno.test("names with one hash are told apart if one is the beginning of the other", () => {
  let found = 0;
  for (let first = 0x6161616161616161n; found < 20; first++) {
    const hash = mix(0n, first);
    const second = hash ^ unmix(hash); // after which the hash is the same again
    assertEquals(mix(hash, second), hash);
    const [short, long] = [wordText(first), wordText(first) + wordText(second)];
    if (long.includes("\0")) continue;
    found++;
    assertEquals(new Names().internTexts(long, short, long), [0, 1, 0]);
    assertEquals(new Names().internTexts(short, long, short), [0, 1, 0]);
  }
});

/** Two texts of seven bytes that, behind something with this hash, have one hash. */
function collidingEnds(hash: bigint): [string, string] {
  const inverse = findInverse();
  for (let step = 1n;; step++) {
    // What is so much larger comes out of the multiplication larger by a few only.
    const difference = step * inverse & MASK;
    const first = 0x61626364656667n;
    const second = hash ^ ((hash ^ first) + difference & MASK);
    if (second >> 56n !== 0n || mix(hash, first) >> 32n !== mix(hash, second) >> 32n) continue;
    const texts = [first, second].map((word) => wordText(word, 7)) as [string, string];
    if (!texts[1].includes("\0")) return texts;
  }
}

for (const beginning of ["", "another ", "two times eight "]) {
  Deno.test(`names with one hash are told apart by their ends behind "${beginning}"`, () => {
    const bytes = stringsOf([beginning]).bytes;
    const words = new DataView(bytes.buffer);
    let hash = 0n;
    for (let at = 0; at < bytes.length; at += 8) {
      hash = mix(hash, words.getBigUint64(at, true));
    }
    const texts = collidingEnds(hash).map((end) => beginning + end);
    assertEquals(new Names().internTexts(...texts, ...texts), [0, 1, 0, 1]);
  });
}

Deno.test("names made to collide are refused from the 1,025th on, and others are not", () => {
  const names = new Names();
  const texts = collidingNames(1025);
  const last = texts.pop()!;
  const numbers = [...texts.keys()];
  assertEquals(names.internTexts(...texts), numbers);
  assertThrows(() => names.internTexts(last), LimitError, "collide");
  assertEquals(names.internTexts("a", "b", "a"), [1024, 1025, 1024]);
  assertEquals(names.internTexts(...texts), numbers);
});

Deno.test("a module whose names collide is refused, and the next one is read", () => {
  const { parser } = makeParser();
  const needs = collidingNames(1100);
  loadFile(parser, buildModule({ needs }));
  parser.parseFile();
  assertThrows(() => parser.parseNeeds(), LimitError, "collide");
  parser.dropNeeds();
  parser.endModule();
  const next = ["a", needs[0]!, "b"];
  readModule(parser, buildModule({ needs: next }));
  const found = listNeeds(factsOf(parser)).map((list) => list.map(({ name }) => name));
  assertEquals(found, [[], next]);
});

/** A module that needs all ends of one name of so many bytes. */
function overlapping(length: number): Uint8Array {
  const name = Array.from({ length }, (_, i) => String.fromCharCode(0x61 + i % 26)).join("");
  const symbols = Array.from({ length: length - 1 }, (_, i) => ({ st_name: i + 2 }));
  return buildModule({ needs: [name], symbols });
}

Deno.test("names may overlap as long as they take no more than the file", () => {
  const module = overlapping(24);
  assert(24 * 25 / 2 < module.length);
  assertEquals(
    needsOf(module).map(({ name }) => name.length),
    Array.from({ length: 24 }, (_, i) => 24 - i),
  );
});

Deno.test("a module whose names overlap to more than its size is refused, and no other", () => {
  const { parser } = makeParser();
  readModule(parser, buildModule({ needs: ["a"] }));
  loadFile(parser, overlapping(1000));
  parser.parseFile();
  assertThrows(() => parser.parseNeeds(), LimitError, "overlap");
  parser.dropNeeds();
  parser.endModule();
  readModule(parser, overlapping(24));
  assertEquals(listNeeds(factsOf(parser)).map(({ length }) => length), [1, 0, 24]);
});

Deno.test("names that a module repeats, or that are known already, take nothing", () => {
  const name = "n".repeat(4000);
  const { parser } = makeParser();
  const symbols = Array.from({ length: 1000 }, () => ({ st_name: 1 }));
  readModule(parser, buildModule({ needs: [name], symbols }));
  readModule(parser, buildModule({ needs: [name], symbols }));
  assertEquals(listNeeds(factsOf(parser)).map(({ length }) => length), [1001, 1001]);
});
