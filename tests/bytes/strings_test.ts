/**
 * Strings: lists of byte strings in two arrays.
 *
 * @module
 */
import type { Strings } from "../../lib/model.ts";
import { assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import {
  copyStrings,
  countStrings,
  decodeStrings,
  encodeStrings,
  packStrings,
  stringBytes,
  stringText,
} from "../../lib/bytes/strings.ts";

Deno.test("packStrings() keeps strings in order, empty ones too", () => {
  const strings = packStrings(["foo", "", "barx"].map(latin1));
  assertEquals(strings.bytes, latin1("foobarx"));
  assertEquals(strings.offsets, Uint32Array.of(0, 3, 3, 7));
  assertEquals<Strings>(packStrings([]), { bytes: latin1(""), offsets: Uint32Array.of(0) });
});

Deno.test("packStrings() copies: the strings may be changed afterwards", () => {
  const source = latin1("before");
  const strings = packStrings([source.subarray(1, 4)]);
  source.fill(0);
  assertEquals(strings.bytes, latin1("efo"));
});

Deno.test("countStrings() is one less than the offsets", () => {
  assertEquals(countStrings({ bytes: latin1(""), offsets: Uint32Array.of(0) }), 0);
  assertEquals(countStrings({ bytes: latin1("ab"), offsets: Uint32Array.of(0, 0, 1, 2) }), 3);
});

Deno.test("stringBytes() gives one string", () => {
  const strings = { bytes: latin1("foobarx"), offsets: Uint32Array.of(0, 3, 6, 7) };
  assertEquals([0, 1, 2].map((i) => stringBytes(strings, i)), ["foo", "bar", "x"].map(latin1));
});

Deno.test("encodeStrings() encodes as UTF-8", () => {
  const strings = encodeStrings(["a", "", "é", "€"]);
  assertEquals(strings.bytes, Uint8Array.of(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac));
  assertEquals(strings.offsets, Uint32Array.of(0, 1, 1, 3, 6));
});

Deno.test("encodeStrings() encodes ASCII, and lists of which one string is not", () => {
  const ascii = encodeStrings(["", "module_put", "", "a b", ""]);
  assertEquals(ascii.bytes, latin1("module_puta b"));
  assertEquals(ascii.offsets, Uint32Array.of(0, 0, 10, 10, 13, 13));
  const mixed = encodeStrings(["ab", "\u00ff", "c", "\ud83d\ude00"]);
  assertEquals(mixed.bytes, latin1("ab\xc3\xbfc\xf0\x9f\x98\x80"));
  assertEquals(mixed.offsets, Uint32Array.of(0, 2, 4, 5, 9));
  assertEquals(encodeStrings([]), { bytes: latin1(""), offsets: Uint32Array.of(0) });
});

Deno.test("encodeStrings() does not join halves of a character", () => {
  const { bytes, offsets } = encodeStrings(["\ud83d", "\ude00"]);
  assertEquals(bytes, latin1("\xef\xbf\xbd\xef\xbf\xbd"));
  assertEquals(offsets, Uint32Array.of(0, 3, 6));
});

/** Strings whose bytes are written as characters, and their texts. */
const LISTS: Readonly<Record<string, readonly (readonly [bytes: string, text: string])[]>> = {
  "ASCII": [["/lib/a.ko", "/lib/a.ko"], ["", ""], ["b\0\n", "b\0\n"]],
  "empty strings": [["", ""], ["", ""]],
  "UTF-8": [
    ["a", "a"],
    ["\xc3\xa9b", "\u00e9b"],
    ["", ""],
    ["\xe2\x82\xac", "\u20ac"],
    ["\xf0\x9f\x98\x80", "\ud83d\ude00"],
    ["c", "c"],
  ],
  "byte order marks": [["\xef\xbb\xbfa", "\ufeffa"], ["b", "b"], ["\xef\xbb\xbf", "\ufeff"]],
};

for (const [what, list] of Object.entries(LISTS)) {
  const strings = packStrings(list.map(([bytes]) => latin1(bytes)));
  const texts = list.map(([, text]) => text);

  Deno.test(`stringText() gives one string as text: ${what}`, () => {
    assertEquals(texts.map((_, i) => stringText(strings, i)), texts);
  });

  Deno.test(`decodeStrings() gives all strings as texts: ${what}`, () => {
    assertEquals(decodeStrings(strings), texts);
  });
}

Deno.test("decodeStrings() of an empty list is empty", () => {
  assertEquals(decodeStrings({ bytes: latin1(""), offsets: Uint32Array.of(0) }), []);
});

Deno.test("copyStrings() takes strings in the order of the numbers, some twice, some never", () => {
  const strings = packStrings(["foo", "", "barx", "\xc3\xa9"].map(latin1));
  const { bytes, offsets } = copyStrings(strings, [3, 0, 1, 3]);
  assertEquals(bytes, latin1("\xc3\xa9foo\xc3\xa9"));
  assertEquals(offsets, Uint32Array.of(0, 2, 5, 5, 7));
});

Deno.test("copyStrings() of no number, or from an empty list, is empty", () => {
  const none = { bytes: latin1(""), offsets: Uint32Array.of(0) };
  assertEquals(copyStrings(packStrings([latin1("foo")]), []), none);
  assertEquals(copyStrings(none, []), none);
});

Deno.test("copyStrings() copies: the list may be changed afterwards", () => {
  const strings = packStrings(["foo", "bar"].map(latin1));
  const taken = copyStrings(strings, [0, 1]);
  strings.bytes.fill(0);
  assertEquals(taken.bytes, latin1("foobar"));
});
