/**
 * UnpackBuffer: where compressed files are unpacked to.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { latin1 } from "../../support/elf_builder.ts";
import { makeImage, makeUnpackBuffer } from "../../support/image.ts";
import { decodeLatin1 } from "../../../lib/bytes/text.ts";
import { Image } from "../../../lib/read/image.ts";
import { UnpackBuffer } from "../../../lib/read/unpack/unpack_buffer.ts";
import { LimitError, SizeError } from "../../../lib/errors.ts";

const MIB = 2 ** 20;

function textOf({ bytes }: UnpackBuffer): string {
  return decodeLatin1(bytes);
}

/** Bytes that the buffer has space for. */
function roomOf({ image }: UnpackBuffer): number {
  return image.bytes.length;
}

/** Space that there is from the beginning; more comes in pages of memory. */
const LEAST = 65536;
const PAGES = 2 * 65536;

Deno.test("UnpackBuffer begins empty and with no more space than the memory has", () => {
  const image = makeImage();
  const { length } = image.bytes;
  const buffer = new UnpackBuffer(image, 100 * MIB);
  assertEquals([buffer.length, buffer.bytes.length, roomOf(buffer)], [0, 0, length]);
});

Deno.test("UnpackBuffer.bytes are what has been appended, and stand in the image", () => {
  const image = makeImage();
  const buffer = new UnpackBuffer(image, 100);
  for (const piece of ["one ", "two"]) buffer.append(latin1(piece));
  assertEquals(buffer.bytes, latin1("one two"));
  image.load(buffer.length);
  image.need(0, 7);
  assertEquals(image.bytes.subarray(0, 7), latin1("one two"));
});

Deno.test("UnpackBuffer.append() puts pieces one after the other", () => {
  const buffer = makeUnpackBuffer(100);
  for (const piece of ["one ", "", "two ", "three"]) buffer.append(latin1(piece));
  assertEquals(textOf(buffer), "one two three");
});

Deno.test("UnpackBuffer.append() copies: the piece may be changed afterwards", () => {
  const buffer = makeUnpackBuffer(100);
  const piece = latin1("abc");
  buffer.append(piece);
  piece.fill(0);
  assertEquals(textOf(buffer), "abc");
});

Deno.test("UnpackBuffer.append() keeps what is there when the buffer grows", () => {
  const buffer = makeUnpackBuffer(16 * MIB);
  for (let i = 0; i < 50; i++) buffer.append(new Uint8Array(100_000 + i).fill(i));
  assertEquals(buffer.length, 50 * 100_000 + 49 * 25);
  for (let i = 0, at = 0; i < 50; at += 100_000 + i, i++) {
    assertEquals([buffer.bytes[at], buffer.bytes[at + 99_999 + i]], [i, i], `piece ${i}`);
  }
});

Deno.test("UnpackBuffer.append() takes a piece that is larger than twice the buffer", () => {
  const buffer = makeUnpackBuffer(16 * MIB);
  buffer.append(latin1("x"));
  buffer.append(new Uint8Array(9 * MIB).fill(7));
  assertEquals([buffer.length, buffer.bytes[0], buffer.bytes[9 * MIB]], [9 * MIB + 1, 0x78, 7]);
});

for (const limit of [0, 1, 10, MIB - 1, MIB, MIB + 1, 3 * MIB]) {
  Deno.test(`UnpackBuffer with the limit ${limit} takes as many bytes and not one more`, () => {
    const buffer = makeUnpackBuffer(limit);
    buffer.append(new Uint8Array(limit));
    assertEquals(buffer.length, limit);
    assertThrows(() => buffer.append(latin1("x")), SizeError, `more than ${limit} bytes`);
    assertEquals([buffer.length, buffer.bytes.length], [limit, limit]);
    assert(roomOf(buffer) <= Math.max(limit, LEAST) + PAGES, `room for ${roomOf(buffer)} bytes`);
    buffer.append(new Uint8Array(0));
  });

  Deno.test(`UnpackBuffer with the limit ${limit} has no more space after it grows`, () => {
    const buffer = makeUnpackBuffer(limit);
    for (let left = limit; left > 0; left -= 1000) {
      buffer.append(new Uint8Array(Math.min(left, 1000)));
      assert(roomOf(buffer) <= Math.max(limit, LEAST) + PAGES, `room for ${roomOf(buffer)} bytes`);
    }
    assertEquals(buffer.length, limit);
  });
}

Deno.test("UnpackBuffer.append() of a piece beyond the limit takes no part of it", () => {
  const buffer = makeUnpackBuffer(10);
  buffer.append(latin1("abc"));
  assertThrows(() => buffer.append(latin1("defghijk")), LimitError);
  assertEquals(textOf(buffer), "abc");
  buffer.append(latin1("defghij"));
  assertEquals(textOf(buffer), "abcdefghij");
});

Deno.test("UnpackBuffer.append() makes no space for a piece beyond the limit", () => {
  const buffer = makeUnpackBuffer(10);
  const room = roomOf(buffer);
  assertThrows(() => buffer.append(new Uint8Array(11)), LimitError);
  assertThrows(() => buffer.append(new Uint8Array(10 * MIB)), LimitError);
  assertEquals([buffer.bytes.length, roomOf(buffer)], [0, room]);
});

Deno.test("UnpackBuffer.clear() starts over in the same memory", () => {
  const buffer = makeUnpackBuffer(10 * MIB);
  buffer.append(new Uint8Array(3 * MIB));
  const { bytes } = buffer;
  for (let file = 1; file <= 5; file++) {
    buffer.clear();
    assertEquals(buffer.length, 0);
    buffer.append(new Uint8Array(3 * MIB).fill(file));
    assert(buffer.bytes.buffer === bytes.buffer, "other memory");
    assertEquals([buffer.length, buffer.bytes[0]], [3 * MIB, file]);
  }
});

Deno.test("UnpackBuffer grows seldom", () => {
  const buffer = makeUnpackBuffer(64 * MIB);
  const sizes = new Set<number>();
  for (let i = 0; i < 512; i++) {
    buffer.append(new Uint8Array(65536));
    sizes.add(roomOf(buffer));
  }
  assert(sizes.size <= 7, `${sizes.size} sizes for 32 MiB`);
});

Deno.test("UnpackBuffer that grows leaves no second copy of its memory", () => {
  const buffer = makeUnpackBuffer(10 * MIB);
  buffer.append(latin1("abc"));
  const { bytes } = buffer;
  buffer.append(new Uint8Array(5 * MIB));
  assert(bytes.length === 0 || bytes.buffer === buffer.bytes.buffer);
});

Deno.test("UnpackBuffer.append() throws LimitError where there is no memory", () => {
  const image = new Image(new WebAssembly.Memory({ initial: 1, maximum: 40 }));
  image.moveTo(64);
  const buffer = new UnpackBuffer(image, 10 * MIB);
  buffer.append(new Uint8Array(MIB).fill(7));
  assertThrows(() => buffer.append(new Uint8Array(2 * MIB)), LimitError);
  assertEquals([buffer.length, buffer.bytes[0], buffer.bytes[MIB - 1]], [MIB, 7, 7]);
});

Deno.test("UnpackBuffer takes any limit that the options allow for", () => {
  for (const limit of [2 ** 30, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    const buffer = makeUnpackBuffer(limit);
    buffer.append(latin1("abc"));
    assertEquals(textOf(buffer), "abc");
  }
});
