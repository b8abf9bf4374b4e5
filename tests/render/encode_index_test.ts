/**
 * The binary index. The byte-exact examples were derived from the description of the format by
 * hand, and are what kmod 34 writes for such modules.
 *
 * @module
 */
import { assertEquals, assertThrows } from "../support/assert.ts";
import { findValues, type IndexEntry, readIndex } from "../support/index_reader.ts";
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { encodeIndex } from "../../lib/render/encode_index.ts";

/** Key, value, priority. */
type Insertion = readonly [key: string, value: string, priority: number];

function encode(insertions: readonly Insertion[]): Uint8Array {
  return encodeIndex({
    keys: encodeStrings(insertions.map(([key]) => key)),
    values: encodeStrings(insertions.map(([, value]) => value)),
    valueNumbers: Uint32Array.from(insertions, (_, i) => i),
    priorities: Uint32Array.from(insertions, ([, , priority]) => priority),
  });
}

/** What a reader must find: keys in byte order; values as the format orders them. */
function expectedEntries(insertions: readonly Insertion[]): IndexEntry[] {
  const lists = new Map<string, { priority: number; value: string }[]>();
  for (const [key, value, priority] of insertions) {
    const list = lists.get(key) ?? [];
    const before = list.findIndex((other) => other.priority >= priority);
    list.splice(before < 0 ? list.length : before, 0, { priority, value });
    lists.set(key, list);
  }
  return [...lists.keys()].sort().map((key) => ({ key, values: lists.get(key)! }));
}

function assertRoundTrip(insertions: readonly Insertion[]): void {
  assertEquals(readIndex(encode(insertions)), expectedEntries(insertions));
}

function hex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, "");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

Deno.test("encodeIndex() of no entries is a header whose root is the end of the file", () => {
  assertEquals(encode([]), hex("B007F457 00020001 0000000C"));
});

Deno.test("encodeIndex() writes prefixes, children and values as the format draws them", () => {
  const want = hex(`
    B007F457 00020001 2000000C
    66 66 A0000012
    6F00 6F 78
      6000003E 00000000 00000000 00000000 00000000
      00000000 00000000 00000000 00000000 4000005F
    62 62 C0000050  00000001 00000005 6F6E6500
    617200          00000001 00000002 74776F00
                    00000001 00000000 746872656500
  `);
  assertEquals(encode([["foo", "one", 5], ["foobar", "two", 2], ["fox", "three", 0]]), want);
});

Deno.test("encodeIndex() puts a later insertion before earlier ones of equal priority", () => {
  const insertions: Insertion[] = [["x", "a", 0], ["x", "b", 0], ["y", "c", 0], ["x", "a", 0]];
  const want = hex(`
    B007F457 00020001 2000000C
    78 79 40000016 40000032
    00000004  00000000 6300  00000000 6100  00000000 6200  00000000 6100
    00000001  00000000 6300
  `);
  assertEquals(encode([...insertions, ["x", "c", 0]]), want);
});

Deno.test("encodeIndex() writes empty values", () => {
  const want = hex(`
    B007F457 00020001 2000000C
    61 62 C0000016 E0000021
    3100          00000001 00000000 00
    3100 78 78 40000032
                  00000001 00000000 00
                  00000001 00000000 00
  `);
  assertEquals(encode([["b1", "", 0], ["a1", "", 0], ["b1x", "", 0]]), want);
});

Deno.test("encodeIndex() gives the root no prefix, not even for one key", () => {
  const want = hex(`
    B007F457 00020001 2000000C
    61 61 C0000012
    626300  00000001 00000001 7600
  `);
  assertEquals(encode([["abc", "v", 1]]), want);
});

Deno.test("encodeIndex() keeps the values of the empty key in the root", () => {
  assertEquals(encode([["", "v", 1]]), hex("B007F457 00020001 4000000C 00000001 00000001 7600"));
  assertRoundTrip([["a", "1", 1], ["", "2", 2], ["", "3", 0]]);
});

Deno.test("encodeIndex() orders values by priority, ascending", () => {
  const bytes = encode([["k", "c", 30], ["k", "a", 1], ["k", "b", 2]]);
  assertEquals(findValues(readIndex(bytes), "k").map(({ value }) => value), ["a", "b", "c"]);
});

Deno.test("encodeIndex() orders hundreds of values of one key", () => {
  assertRoundTrip(Array.from({ length: 500 }, (_, i) => ["key", `v${i}`, (i * 7) % 5]));
});

const SOME = [1, 2, 15, 16, 17, 31, 32, 33, 48, 100, 1000, 1500];

for (const count of SOME) {
  Deno.test(`encodeIndex() orders ${count} values of one key, of equal priority or not`, () => {
    const values = (priority: (i: number) => number): Insertion[] =>
      Array.from({ length: count }, (_, i) => ["key", `v${i}`, priority(i)]);
    assertRoundTrip(values(() => 0));
    assertRoundTrip(values((i) => i));
    assertRoundTrip(values((i) => count - i));
    assertRoundTrip(values((i) => i * 7919 % 1511));
    assertRoundTrip(values((i) => i * 7919 % 13));
    assertRoundTrip(values((i) => i === 0 ? 1 : 0));
    assertRoundTrip(values((i) => i === count - 1 ? 0 : 1));
  });
}

Deno.test("encodeIndex() orders many values of several keys", () => {
  assertRoundTrip(Array.from({ length: 3000 }, (_, i) => [`k${i % 3}`, `v${i}`, i * 31 % 100]));
});

Deno.test("encodeIndex() compares priorities as numbers up to 2^32-1", () => {
  const priorities = [0x80000000, 1, 0xffffffff, 0, 0x7fffffff, 10, 9];
  const bytes = encode(priorities.map((priority) => ["k", String(priority), priority]));
  assertEquals(
    findValues(readIndex(bytes), "k").map(({ priority }) => priority),
    priorities.toSorted((a, b) => a - b),
  );
});

Deno.test("encodeIndex() does not depend on the order in which keys come", () => {
  const insertions: Insertion[] = ["pci:v1", "pci:v", "usb", "pci", "", "p", "usb:v1d2", "pcx"]
    .map((key, i) => [key, `m${i}`, i]);
  const bytes = encode(insertions);
  assertEquals(readIndex(bytes), expectedEntries(insertions));
  assertEquals(encode(insertions.toReversed()), bytes);
});

Deno.test("encodeIndex() may use one text for many entries", () => {
  const bytes = encodeIndex({
    keys: encodeStrings(["a", "b", "c"]),
    values: encodeStrings(["unused", "shared"]),
    valueNumbers: Uint32Array.of(1, 1, 1),
    priorities: Uint32Array.of(3, 2, 1),
  });
  assertEquals(readIndex(bytes), [
    { key: "a", values: [{ priority: 3, value: "shared" }] },
    { key: "b", values: [{ priority: 2, value: "shared" }] },
    { key: "c", values: [{ priority: 1, value: "shared" }] },
  ]);
});

Deno.test("encodeIndex() leaves out entries that are omitted", () => {
  const keys = ["a", "b", "a", "ab", "c"];
  const entries = {
    keys: encodeStrings(keys),
    values: encodeStrings(keys.map((key, i) => `${key}${i}`)),
    valueNumbers: Uint32Array.of(0, 1, 2, 3, 4),
    priorities: new Uint32Array(5),
  };
  const found = (omitted: readonly number[]) =>
    readIndex(encodeIndex({ ...entries, omitted: new Set(omitted) }))
      .flatMap(({ values }) => values.map(({ value }) => value));
  assertEquals(found([]), ["a2", "a0", "ab3", "b1", "c4"]);
  assertEquals(found([2, 1]), ["a0", "ab3", "c4"]);
  assertEquals(found([0, 2, 4]), ["ab3", "b1"]);
  assertEquals(found([0, 1, 2, 3, 4]), []);
});

Deno.test("encodeIndex() takes the lowest and the highest characters of ASCII", () => {
  assertRoundTrip([["\x01", "a", 0], ["\x7f", "b", 0], ["\x01\x7f", "c", 0], ["\x7f\x7f", "", 0]]);
});

Deno.test("encodeIndex() takes keys of very different lengths", () => {
  const long = "ab".repeat(50_000);
  assertRoundTrip([[long, "1", 0], [long + "x", "2", 0], [long.slice(1), "3", 0], ["a", "4", 0]]);
});

Deno.test("encodeIndex() takes a key in all its beginnings", () => {
  const text = "x".repeat(1000);
  assertRoundTrip(Array.from({ length: 1000 }, (_, i) => [text.slice(i), `v${i}`, i]));
});

Deno.test("encodeIndex() distinguishes keys that differ in one character, at every length", () => {
  const text = "abcdefghijklmnopqrstuvwxyz0123456789";
  const keys = Array.from(text, (_, length) => text.slice(0, length)).flatMap((key) => [
    key,
    ...Array.from(key, (_, i) => `${key.slice(0, i)}!${key.slice(i + 1)}`),
    ...Array.from(key, (_, i) => `${key.slice(0, i)}~${key.slice(i + 1)}`),
  ]);
  assertRoundTrip([...new Set(keys)].map((key, i) => [key, `v${i}`, 0]));
  for (const key of new Set(keys)) assertRoundTrip([[key, "1", 0], [`${text}x`, "2", 0]]);
});

Deno.test("encodeIndex() leaves its input as it was", () => {
  const entries = {
    keys: encodeStrings(["b", "a", "b"]),
    values: encodeStrings(["x"]),
    valueNumbers: new Uint32Array(3),
    priorities: Uint32Array.of(3, 2, 1),
  };
  const copy = structuredClone(entries);
  assertEquals(readIndex(encodeIndex(entries)).map(({ key }) => key), ["a", "b"]);
  assertEquals(entries, copy);
});

/** Numbers from 0 up to a bound, by the generator of Park and Miller. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 0x7fffffff;
    return state % below;
  };
}

const ALPHABETS: readonly (readonly [string, string, number])[] = [
  ["two letters", "ab", 12],
  ["alias patterns", "pciusb:v0123456789ABCDEFd*[-]_", 24],
  ["all of ASCII", String.fromCharCode(...Array.from({ length: 127 }, (_, i) => i + 1)), 6],
];

for (const [what, alphabet, longest] of ALPHABETS) {
  Deno.test(`encodeIndex() is read back in full for random keys of ${what}`, () => {
    const random = generator(20_240_101);
    for (let round = 0; round < 20; round++) {
      const insertions = Array.from({ length: random(400) }, (_, i): Insertion => {
        const key = Array.from(
          { length: random(longest) },
          () => alphabet[random(alphabet.length)],
        );
        return [key.join(""), `module_${i}`, random(8)];
      });
      assertRoundTrip(insertions);
    }
  });
}

// The reader has to notice a broken index, or the tests above could not fail.
const GOOD = "B007F457 00020001 2000000C 61 62 40000016 40000020";
const VALUE = "00000001 00000000 7600";
const UNSOUND: readonly (readonly [string, string])[] = [
  ["another magic number", "B007F458 00020001 0000000C"],
  ["another version", "B007F457 00010001 0000000C"],
  ["a root beyond its end", "B007F457 00020001 0000000D"],
  ["a root with a prefix", `B007F457 00020001 C000000C 6100 ${VALUE}`],
  ["bytes after the last node", `${GOOD} ${VALUE} ${VALUE} 00`],
  ["a node cut off", `${GOOD} ${VALUE} 00000001 00000000 76`],
  ["a value that is not there", `${GOOD} ${VALUE} 00000002 00000000 7600`],
  ["no values where there should be", `${GOOD} ${VALUE} 00000000`],
  ["a child in another's place", `B007F457 00020001 2000000C 61 62 40000020 40000016 ${VALUE}`],
  ["two references to one node", `B007F457 00020001 2000000C 61 62 40000016 40000016 ${VALUE}`],
  ["a range of children from high to low", `B007F457 00020001 2000000C 62 61 40000012 ${VALUE}`],
  [
    "no child at the end of the range",
    `B007F457 00020001 2000000C 61 62 40000016 00000000 ${VALUE}`,
  ],
  ["an unknown flag", `B007F457 00020001 5000000C ${VALUE}`],
  ["falling priorities", "B007F457 00020001 4000000C 00000002 00000001 7600 00000000 7600"],
  ["a byte that is not ASCII", "B007F457 00020001 4000000C 00000001 00000000 8000"],
  [
    "a node that could be a prefix",
    `B007F457 00020001 2000000C 61 61 20000012 61 61 40000018 ${VALUE}`,
  ],
];

Deno.test("readIndex() of the tests takes the file that the broken ones are made from", () => {
  assertEquals(readIndex(hex(`${GOOD} ${VALUE} ${VALUE}`)).map(({ key }) => key), ["a", "b"]);
});

for (const [what, text] of UNSOUND) {
  Deno.test(`readIndex() of the tests refuses ${what}`, () => {
    assertThrows(() => readIndex(hex(text)), Error, "index: expected");
  });
}
