/**
 * Numbers for names.
 *
 * @module
 */
import { LimitError } from "../../lib/errors.ts";
import { NAME_BYTES, NAME_OFFSETS } from "../../lib/wasm/assembly/codes.ts";
import { Workspace } from "../../lib/wasm/workspace.ts";
import { sequence } from "../../lib/bytes/column.ts";
import { countStrings, stringBytes } from "../../lib/bytes/strings.ts";
import type { Strings } from "../../lib/model.ts";
import { listSymbolColumns } from "../../lib/read/columns.ts";
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
import { factsOf as factsOfModules, stringsOf } from "../support/facts.ts";

/** Numbers names, list after list. */
class Names {
  readonly #workspace = new Workspace();

  /** @param keys of the hash; others each time, if they are not given */
  constructor(keys?: Keys) {
    if (keys !== undefined) {
      this.#workspace.exports.keyNames(keys.seed, keys.first, keys.second);
    }
    this.clear();
  }

  /** Starts over. */
  clear(): void {
    this.#workspace.exports.startFacts(false);
  }

  /** The numbers of strings, as the names that a module needs. */
  intern(names: Strings): number[] {
    const workspace = this.#workspace;
    const count = countStrings(names);
    const needs = { needStarts: Uint32Array.of(0, count), needNames: sequence(count) };
    const columns = listSymbolColumns({ ...factsOfModules([{}]), names, ...needs });
    const numbers = workspace.put(new Int32Array(count).fill(-1));
    const part = [...columns.map((column) => workspace.put(column)), numbers];
    const first = workspace.put(Uint32Array.of(0));
    try {
      workspace.exports.expectNames(count);
      workspace.exports.mergeSymbols(workspace.put(Uint32Array.from(part)), first, first, 1);
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

Deno.test("names differ from their own beginnings", () => {
  const texts = Array.from(
    { length: 40 },
    (_, i) => "abcdefghijklmnopqrstuvwxyz0123456789abcd".slice(i),
  );
  const beginnings = Array.from(texts, (_, i) => texts[0]!.slice(0, i));
  for (const list of [texts, beginnings]) {
    assertEquals(new Names().internTexts(...list, ...list), [...list.keys(), ...list.keys()]);
  }
});

Deno.test("names that differ in any one byte are distinguished, at every length", () => {
  const texts = new Set<string>();
  for (let length = 0; length <= 25; length++) {
    const plain = "abcdefghijklmnopqrstuvwxyz".slice(0, length);
    texts.add(plain);
    for (let i = 0; i < length; i++) texts.add(plain.slice(0, i) + "!" + plain.slice(i + 1));
  }
  const numbers = [...Array(texts.size).keys()];
  assertEquals(new Names().internTexts(...texts), numbers);
  // The same with something else after each of them.
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

Deno.test("numbers of names begin at 0 again with new facts", () => {
  const names = new Names();
  const many = Array.from({ length: 5000 }, (_, i) => `name_${i}`);
  for (const texts of [["a", "b"], many, ["b", "c", "b"], [], many.toReversed(), ["name_7"]]) {
    names.clear();
    const distinct = [...new Set(texts)];
    assertEquals(names.internTexts(...texts), texts.map((text) => distinct.indexOf(text)));
    assertEquals(names.finish(), stringsOf(distinct));
  }
});

Deno.test("names are stored one after the other, by number", () => {
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

/** Keys of the hash: where it begins, and two odd numbers. */
interface Keys {
  readonly seed: bigint;
  readonly first: bigint;
  readonly second: bigint;
}

const KEYS: readonly Keys[] = [
  { seed: 0n, first: 1n, second: 0x9e3779b97f4a7c15n },
  { seed: 0x0123456789abcdefn, first: 0xd6e8feb86659fd93n, second: 0xa0761d6478bd642fn },
];

/** How the hash of a name goes on with the next eight bytes, read as a little-endian number. */
function mix(hash: bigint, word: bigint, { first, second }: Keys): bigint {
  const once = (hash ^ word) * first & MASK;
  const twice = (once ^ once >> 32n) * second & MASK;
  return twice ^ twice >> 32n;
}

/** The inverse of an odd number modulo 2^64, by Newton's method. */
function invert(factor: bigint): bigint {
  let inverse = 1n;
  for (let i = 0; i < 6; i++) inverse = inverse * (2n - factor * inverse) & MASK;
  return inverse;
}

/** The inverse of `mix`: hash and word, combined, that have this result. */
function unmix(result: bigint, { first, second }: Keys): bigint {
  const once = (result ^ result >> 32n) * invert(second) & MASK;
  return (once ^ once >> 32n) * invert(first) & MASK;
}

function wordText(word: bigint, length = 8): string {
  const bytes = Array.from({ length }, (_, i) => Number(word >> BigInt(i * 8) & 255n));
  return String.fromCharCode(...bytes);
}

/**
 * `count` names of 16 bytes with one hash: the first eight bytes are arbitrary, and the others are
 * calculated from them.
 */
function collidingNames(count: number, keys: Keys): string[] {
  const names: string[] = [];
  const goal = 0x4142434445464748n;
  for (let i = 0n; names.length < count; i++) {
    const first = 0x6161616161616161n ^ (i & 63n) ^ (i >> 6n & 63n) << 8n ^ (i >> 12n) << 16n;
    const name = wordText(first) + wordText(mix(keys.seed, first, keys) ^ goal);
    if (!name.includes("\0")) names.push(name);
  }
  return names;
}

/** Two texts of seven bytes that, after something with this hash, have one hash. */
function collidingEnds(hash: bigint, keys: Keys): [string, string] {
  const first = 0x61626364656667n;
  const result = mix(hash, first, keys);
  for (let step = 1n;; step++) {
    const lower = result + step & 0xffffffffn; // which is not part of a slot's hash
    const second = unmix(result >> 32n << 32n | lower, keys) ^ hash;
    const texts = [wordText(first, 7), wordText(second, 7)] as [string, string];
    if (second >> 56n === 0n && !texts[1].includes("\0")) return texts;
  }
}

for (const [i, keys] of KEYS.entries()) {
  Deno.test(`names with one hash are distinguished, with the keys ${i}`, () => {
    const texts = collidingNames(3000, keys);
    assertEquals(new Set(texts).size, 3000);
    const numbers = [...texts.keys()];
    const names = new Names(keys);
    assertEquals(names.internTexts(...texts, ...texts), [...numbers, ...numbers]);
    assertEquals(names.internTexts("a", ...texts, "a"), [3000, ...numbers, 3000]);
  });

  Deno.test(`names with one hash and two lengths are distinguished, with the keys ${i}`, () => {
    let found = 0;
    for (let first = 0x6161616161616161n; found < 20; first++) {
      const hash = mix(keys.seed, first, keys);
      const second = hash ^ unmix(hash, keys); // after which the hash is the same again
      assertEquals(mix(hash, second, keys), hash);
      const [short, long] = [wordText(first), wordText(first) + wordText(second)];
      if (long.includes("\0")) continue;
      found++;
      assertEquals(new Names(keys).internTexts(long, short, long), [0, 1, 0]);
      assertEquals(new Names(keys).internTexts(short, long, short), [0, 1, 0]);
    }
  });

  for (const beginning of ["", "another ", "two times eight "]) {
    Deno.test(`names with one hash after "${beginning}" are distinct, with the keys ${i}`, () => {
      const words = new DataView(stringsOf([beginning]).bytes.buffer);
      let hash = keys.seed;
      for (let at = 0; at < words.byteLength; at += 8) {
        hash = mix(hash, words.getBigUint64(at, true), keys);
      }
      const texts = collidingEnds(hash, keys).map((end) => beginning + end);
      assertEquals(new Names(keys).internTexts(...texts, ...texts), [0, 1, 0, 1]);
    });
  }
}

Deno.test("names have the same numbers whatever the keys of the hash are", () => {
  const texts = Array.from({ length: 5000 }, (_, i) => `symbol_${i * 7 % 3001}`);
  const want = new Names(KEYS[0]).internTexts(...texts);
  for (const keys of [KEYS[1], undefined, undefined, { seed: 7n, first: 2n, second: 4n }]) {
    assertEquals(new Names(keys).internTexts(...texts), want);
  }
});

Deno.test("names that collide with one set of keys do not with others, which are drawn anew", () => {
  const texts = stringsOf(collidingNames(20_000, KEYS[0]!));
  const timed = (names: Names) => {
    const start = performance.now();
    assertEquals(names.intern(texts).length, 20_000);
    return performance.now() - start;
  };
  const colliding = timed(new Names(KEYS[0]));
  for (const names of [new Names(), new Names(), new Names()]) {
    const other = Math.min(timed(names), timed(names));
    assert(other * 5 < colliding, `${other} ms, not ${colliding}`);
  }
});

Deno.test("names that differ in the highest bits of two words do not collide", () => {
  const texts = Array.from({ length: 2 ** 14 }, (_, i) => {
    const words = Array.from({ length: 14 }, (_, bit) => "zzzzzzz" + "\x41\xc1"[i >> bit & 1]);
    return words.join("");
  });
  const start = performance.now();
  assertEquals(new Names().internTexts(...texts), [...texts.keys()]);
  assert(performance.now() - start < 1000, "too slow");
});

/** A module that needs every ending of one name of `length` bytes. */
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
