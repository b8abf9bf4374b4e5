/**
 * ByteWriter: a growing buffer.
 *
 * @module
 */
import { viewOf } from "../../lib/bytes/interner.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { ByteWriter } from "../../lib/bytes/writer.ts";

Deno.test("ByteWriter writes numbers big-endian", () => {
  const writer = new ByteWriter();
  writer.uint32(0xb007f457);
  writer.uint32(1);
  assertEquals(writer.finish(), Uint8Array.of(0xb0, 0x07, 0xf4, 0x57, 0, 0, 0, 1));
});

Deno.test("ByteWriter appends bytes, text and parts of arrays in turn", () => {
  const writer = new ByteWriter();
  writer.utf8("ab");
  writer.byte(0xff);
  writer.slice(latin1("012345"), 2, 5);
  writer.slice(latin1("012345"), 3, 3);
  assertEquals(writer.length, 6);
  assertEquals(writer.finish(), latin1("ab\xff234"));
});

// Short and long slices are copied in different ways: both must copy the same.
for (const length of [0, 1, 47, 48, 49, 1000]) {
  Deno.test(`ByteWriter.slice() copies ${length} bytes from the middle of an array`, () => {
    const source = Uint8Array.from({ length: length + 20 }, (_, i) => i & 0xff);
    const writer = new ByteWriter(1);
    writer.byte(7);
    writer.slice(source, 10, 10 + length);
    const want = [7, ...Array.from({ length }, (_, i) => (i + 10) & 0xff)];
    assertEquals(writer.finish(), Uint8Array.from(want));
  });
}

Deno.test("ByteWriter.utf8() encodes text of any kind", () => {
  const writer = new ByteWriter(1);
  for (const text of ["a", "", "\u0080\u00e9", "\u20ac\u{1f600}z", "end"]) writer.utf8(text);
  assertEquals(writer.finish(), latin1("a\xc2\x80\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80zend"));
});

Deno.test("ByteWriter.string() appends one string of a list", () => {
  const writer = new ByteWriter();
  const strings = { bytes: latin1("foobarx"), offsets: Uint32Array.of(0, 3, 3, 6, 7) };
  for (const index of [2, 1, 0]) writer.string(strings, index);
  assertEquals(writer.finish(), latin1("barfoo"));
});

Deno.test("ByteWriter keeps what was written when it grows", () => {
  const writer = new ByteWriter(4);
  for (let i = 0; i < 1000; i++) writer.uint32(i * 0x01010101);
  const view = viewOf(writer.finish());
  assertEquals(view.byteLength, 4000);
  for (let i = 0; i < 1000; i++) assertEquals(view.getUint32(i * 4), (i * 0x01010101) >>> 0);
});

Deno.test("ByteWriter starts with a capacity of 0 too", () => {
  const writer = new ByteWriter(0);
  writer.byte(1);
  writer.utf8("x");
  assertEquals(writer.finish(), latin1("\x01x"));
});

Deno.test("ByteWriter.patchUint32() overwrites in place", () => {
  const writer = new ByteWriter(4);
  writer.uint32(0);
  writer.uint32(0x11111111);
  writer.patchUint32(0, 0xe000000c);
  assertEquals(writer.finish(), Uint8Array.of(0xe0, 0, 0, 0x0c, 0x11, 0x11, 0x11, 0x11));
});

Deno.test("ByteWriter.buffer begins with what was written", () => {
  const writer = new ByteWriter();
  writer.utf8("abc");
  assert(writer.buffer.length >= 3);
  assertEquals(writer.buffer.subarray(0, writer.length), latin1("abc"));
});
