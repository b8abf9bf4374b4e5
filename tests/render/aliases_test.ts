/**
 * Aliases in their normalised form. alias_bin_test.ts tests which alias becomes what.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { stringsOf } from "../support/facts.ts";
import { normalizeAliases } from "../../lib/render/aliases.ts";

Deno.test("normalizeAliases() normalises each alias for itself", () => {
  const { keys, unpaired } = normalizeAliases(stringsOf(["a-b", "[", "-", "x]-", "", "[-]-"]));
  assertEquals(keys.offsets, Uint32Array.of(0, 3, 4, 5, 8, 8, 12));
  assertEquals(unpaired, new Set([1, 3]));
  const whole = ["a_b", "_", "", "[-]_"].map((text) => stringsOf([text]).bytes);
  const places = [0, 2, 4, 5].map((i) => keys.bytes.subarray(keys.offsets[i], keys.offsets[i + 1]));
  assertEquals(places, whole);
});

Deno.test("normalizeAliases() lists broken ones in order, however many", () => {
  const texts = Array.from({ length: 10_000 }, (_, i) => i % 3 === 0 ? `a[${i}` : `a-[b-]${i}`);
  const { keys, unpaired } = normalizeAliases(stringsOf(texts));
  assertEquals([...unpaired], [...texts.keys()].filter((i) => i % 3 === 0));
  const want = texts.map((text) => text.replace("a-", "a_"));
  assertEquals(keys, stringsOf(want));
});

Deno.test("normalizeAliases() of none gives none", () => {
  assertEquals(normalizeAliases(stringsOf([])), { keys: stringsOf([]), unpaired: new Set() });
});

Deno.test("normalizeAliases() leaves its input as it was", () => {
  const aliases = stringsOf(["a-b", "c[", "-"]);
  normalizeAliases(aliases);
  assertEquals(aliases, stringsOf(["a-b", "c[", "-"]));
});
