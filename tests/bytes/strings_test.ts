/**
 * Strings: lists of byte strings in two arrays.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import {
  countStrings,
  encodeStrings,
  stringBytes,
  StringsBuilder,
} from "../../lib/bytes/strings.ts";

Deno.test("StringsBuilder keeps strings in order, empty ones too", () => {
  const builder = new StringsBuilder();
  for (const text of ["foo", "", "barx"]) builder.add(latin1(text));
  const strings = builder.finish();
  assertEquals(strings.bytes, latin1("foobarx"));
  assertEquals(strings.offsets, Uint32Array.of(0, 3, 3, 7));
});

Deno.test("StringsBuilder.add() takes a range of the source", () => {
  const builder = new StringsBuilder();
  builder.add(latin1("abcdef"), 2, 4);
  builder.add(latin1("abcdef"), 4);
  const strings = builder.finish();
  assertEquals(strings.bytes, latin1("cdef"));
  assertEquals(strings.offsets, Uint32Array.of(0, 2, 4));
});

Deno.test("StringsBuilder.addWritten() makes one string of all that was written", () => {
  const builder = new StringsBuilder();
  builder.add(latin1("first"));
  builder.addWritten((writer) => {
    writer.utf8("sym");
    writer.byte(0x3a);
    writer.slice(latin1("xprintkx"), 1, 7);
  });
  builder.addWritten(() => {});
  const strings = builder.finish();
  assertEquals(stringBytes(strings, 1), latin1("sym:printk"));
  assertEquals(stringBytes(strings, 2), latin1(""));
});

Deno.test("StringsBuilder.length counts the strings", () => {
  const builder = new StringsBuilder();
  assertEquals(builder.length, 0);
  builder.add(latin1("a"));
  builder.add(latin1(""));
  assertEquals(builder.length, 2);
});

Deno.test("StringsBuilder does not see later changes of the source", () => {
  const builder = new StringsBuilder();
  const source = latin1("before");
  builder.add(source);
  source.set(latin1("after!"));
  assertEquals(builder.finish().bytes, latin1("before"));
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
