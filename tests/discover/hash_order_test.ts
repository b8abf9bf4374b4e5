/**
 * The order of the reference's hash tables. The hashes were computed by a C program written after
 * the published description of SuperFastHash; the orders are those in which kmod 34 wrote
 * modules.dep (512 buckets) and modules.symbols (2048) for modules and symbols of these names.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { stringsOf } from "../support/facts.ts";
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { hashOrder } from "../../lib/discover/hash_order.ts";

/** Texts of every length modulo 4, and with a last byte above 0x7f where that counts. */
const HASHES: readonly (readonly [string, number])[] = [
  ["", 0x00000000],
  ["a", 0x115ea782],
  ["ab", 0x516b8b44],
  ["ba", 0x2f50ad47],
  ["abc", 0xd2be198a],
  ["abcd", 0xdad8b8db],
  ["abcde", 0x51ed072e],
  ["fedcba", 0x7d41c541],
  ["module_layout", 0xa1f760be],
  ["__this_module", 0xe5771e51],
  ["nf_conntrack", 0x94a65959],
  ["symbol:usb_register_driver", 0x9131bb50],
  ["\xff", 0xa9e99665],
  ["\xff\x80", 0x9e0b52f1],
  ["\xff\x80\xfe", 0xcad4f6aa],
  ["\xff\x80\xfe\x81", 0x6eeb32d9],
  ["\xff\x80\xfe\x81\x90", 0x3dfc76e9],
];

const ALL_BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));

/** The same of long texts. */
const LONG_HASHES: readonly (readonly [string, number])[] = [
  [ALL_BYTES, 0xe4eef917],
  [ALL_BYTES.slice(1), 0x02349113],
];

/** The texts by bucket, and those of one bucket by bytes. */
function publishedOrder(hashes: readonly (readonly [string, number])[], buckets: number): string[] {
  const placed = hashes.map(([text, hash]) => ({ text, bucket: (hash >>> 0) % buckets }));
  placed.sort((a, b) => a.bucket - b.bucket || (a.text < b.text ? -1 : 1));
  return placed.map(({ text }) => text);
}

for (let buckets = 1; buckets <= 2 ** 22; buckets *= 2) {
  Deno.test(`hashOrder() with ${buckets} buckets goes by the hash as published`, () => {
    const hashes = [...HASHES, ...LONG_HASHES];
    const texts = hashes.map(([text]) => text);
    const order = Array.from(hashOrder(stringsOf(texts), buckets), (place) => texts[place]!);
    assertEquals(order, publishedOrder(hashes, buckets));
  });
}

Deno.test("hashOrder() hashes a string as it hashes the same bytes alone", () => {
  const bytes = stringsOf(["xx", "abcde", "xx"]).bytes;
  const offsets = Uint32Array.of(2, 7, 8); // "abcde" and "x"
  const alone = stringsOf(["abcde", "x"]);
  for (let buckets = 2; buckets <= 2 ** 20; buckets *= 2) {
    const order = hashOrder(alone, buckets);
    assertEquals(order.toSorted(), Uint32Array.of(0, 1));
    assertEquals(hashOrder({ bytes, offsets }, buckets), order);
  }
});

function inHashOrder(keys: readonly string[], buckets: number): string[] {
  return Array.from(hashOrder(encodeStrings(keys), buckets), (place) => keys[place]!);
}

Deno.test("hashOrder() is the order of modules in modules.dep", () => {
  const want = "mod12 gamma beta mod13 loop xfs alpha ext4 zsmalloc usb_storage".split(" ");
  assertEquals(inHashOrder(want.toSorted(), 512), want);
});

Deno.test("hashOrder() is the order of names in modules.symbols", () => {
  const want = "b module_put kfree aa nf_hook x printk _x zz_top c usb_register a".split(" ");
  assertEquals(inHashOrder(want.toSorted(), 2048), want);
});

Deno.test("hashOrder() sorts the keys of one bucket by bytes", () => {
  const want = "mod1316 mod1619 mod2063 mod897 mod1298 mod1632 mod2254".split(" ");
  assertEquals(inHashOrder(want.toReversed(), 512), want);
});

for (const count of [1, 2, 15, 16, 17, 31, 32, 33, 34, 48, 63, 64, 65, 500, 3000]) {
  Deno.test(`hashOrder() sorts ${count} keys of one bucket`, () => {
    const want = Array.from({ length: count }, (_, i) => `key${i + 1000}`);
    assertEquals(inHashOrder(want.toReversed(), 1), want);
    assertEquals(inHashOrder(want, 1), want);
    const mixed = want.map((_, i) => want[i * 7919 % count]!);
    assertEquals(new Set(mixed).size, count);
    assertEquals(inHashOrder(mixed, 1), want);
  });
}

Deno.test("hashOrder() puts a key before the longer ones that begin with it", () => {
  assertEquals(inHashOrder(["ab", "abc", "", "b", "a"], 1), ["", "a", "ab", "abc", "b"]);
});

Deno.test("hashOrder() compares bytes as unsigned", () => {
  assertEquals(inHashOrder(["\u00e9", "z", "a"], 1), ["a", "z", "\u00e9"]);
});

Deno.test("hashOrder() does not depend on the order of the keys", () => {
  const keys = Array.from({ length: 3000 }, (_, i) => `symbol_${i}`);
  const ordered = inHashOrder(keys, 512);
  assertEquals(ordered.toSorted(), keys.toSorted());
  assertEquals(inHashOrder(keys.toReversed(), 512), ordered);
});

Deno.test("hashOrder() of no keys is empty", () => {
  assertEquals(hashOrder(encodeStrings([]), 512), new Uint32Array(0));
});

Deno.test("hashOrder() leaves its input as it was", () => {
  const keys = encodeStrings(["b", "a", "c"]);
  const copy = structuredClone(keys);
  assertEquals(hashOrder(keys, 1), Uint32Array.of(1, 0, 2));
  assertEquals(keys, copy);
});
