/**
 * Image: a file of which parts are in memory.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { makeImage } from "../support/image.ts";
import { Image, type ImageSource } from "../../lib/read/image.ts";
import { FormatError, LimitError } from "../../lib/errors.ts";

const NO_LIMIT = 2 ** 40;

/** Length, limit, whether it is kept; the size of small files is not asked for. */
const LIMITS = [
  [100, 100, true],
  [101, 100, false],
  [200_000, 200_000, true],
  [200_001, 200_000, false],
] as const;

/** A file whose byte at any offset is known, and which notes the ranges that were read. */
class PretendFile implements ImageSource {
  readonly reads: [number, number][] = [];
  sizeCalls = 0;

  constructor(public length: number, readonly salt = 0) {}

  read(target: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(target.length, this.length - offset));
    this.reads.push([offset, offset + count]);
    for (let i = 0; i < count; i++) target[i] = byteAt(offset + i, this.salt);
    return count;
  }

  size(): number {
    this.sizeCalls++;
    return this.length;
  }
}

function open(file: ImageSource, image = makeImage()): Image {
  assertEquals(image.open(file, NO_LIMIT), true);
  return image;
}

function bytesRead({ reads }: PretendFile): number {
  return reads.reduce((sum, [start, end]) => sum + end - start, 0);
}

function byteAt(offset: number, salt = 0): number {
  return (offset * 7 + (offset >> 8) + salt) & 0xff;
}

function assertReadable(image: Image, { start, end, salt = 0 }: {
  start: number;
  end: number;
  salt?: number;
}): void {
  for (let at = start; at < end; at++) {
    if (image.bytes[at] !== byteAt(at, salt)) throw new Error(`wrong byte at ${at}`);
  }
}

/** An image of a file that has been read. */
function imageOf(text: string, image = makeImage()): Image {
  image.reserve(text.length);
  image.bytes.set(latin1(text));
  image.load(text.length);
  return image;
}

Deno.test("Image.load() takes what is in memory for the whole file", () => {
  const image = imageOf("\x01\x02\x03\x04");
  image.need(0, 4);
  assertEquals([image.size, image.head], [4, 4]);
  assertEquals(image.bytes.subarray(0, 4), latin1("\x01\x02\x03\x04"));
});

Deno.test("Image.load() takes no more bytes than it is given", () => {
  const image = imageOf("abcdef");
  image.load(2);
  assertEquals([image.size, image.head], [2, 2]);
  assertThrows(() => image.need(0, 3), FormatError);
});

Deno.test("Image.load() forgets the file that was open", () => {
  const file = new PretendFile(1_000_000);
  const image = open(file);
  image.need(900_000, 10);
  const count = file.reads.length;
  imageOf("abcd", image);
  image.need(0, 4);
  assertThrows(() => image.need(900_000, 10), FormatError);
  assertEquals([image.size, file.reads.length], [4, count]);
});

Deno.test("Image.bytes stand in the memory, from the address of the file on", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const image = new Image(memory);
  image.moveTo(1000);
  imageOf("abcd", image);
  assertEquals(new Uint8Array(memory.buffer, 1000, 4), latin1("abcd"));
  assertEquals(image.bytes.length, memory.buffer.byteLength - 1000);
});

Deno.test("Image.moveTo() makes space for the beginning of a file", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const image = new Image(memory);
  for (const start of [65_536, 65_552, 1_000_000, 2 ** 24]) {
    image.moveTo(start);
    open(new PretendFile(65_535), image);
    assertReadable(image, { start: 0, end: 65_535 });
    assertEquals(new Uint8Array(memory.buffer)[start + 300], byteAt(300));
  }
});

Deno.test("Image.moveTo() leaves a file where it is that is there already", () => {
  const image = imageOf("abcd");
  const { bytes } = image;
  image.moveTo(bytes.byteOffset);
  assertEquals(image.bytes.subarray(0, 4), latin1("abcd"));
  assert(image.bytes === bytes);
});

Deno.test("Image.moveTo() can go back", () => {
  const image = makeImage();
  const { byteOffset } = image.bytes;
  image.moveTo(2 ** 20);
  image.moveTo(byteOffset);
  assertEquals(image.bytes.byteOffset, byteOffset);
  open(new PretendFile(300_000), image).need(0, 300_000);
  assertReadable(image, { start: 0, end: 300_000 });
});

Deno.test("Image.reserve() keeps what is there", () => {
  const image = imageOf("abcd");
  for (const size of [0, 100, 65_536, 65_537, 1_000_000, 10]) {
    image.reserve(size);
    assert(image.bytes.length >= size, `${image.bytes.length} bytes`);
    assertEquals(image.bytes.subarray(0, 4), latin1("abcd"));
  }
  assertEquals(image.size, 4);
});

Deno.test("Image.shiftTo() moves the file with what was read of it", () => {
  const image = open(new PretendFile(200_000));
  image.need(150_000, 100);
  assertEquals(image.shiftTo(1 << 20), true);
  assertReadable(image, { start: 0, end: 65_536 });
  assertReadable(image, { start: 150_000, end: 150_100 });
  image.need(190_000, 100);
  assertReadable(image, { start: 190_000, end: 190_100 });
  assertEquals(image.shiftTo(1 << 20), false);
});

Deno.test("Image.shiftTo() throws LimitError where there is no memory; then comes another file", () => {
  const image = new Image(new WebAssembly.Memory({ initial: 1, maximum: 8 }));
  image.moveTo(64);
  open(new PretendFile(300_000), image);
  assertThrows(() => image.shiftTo(4 * 65_536), LimitError);
  image.moveTo(4 * 65_536);
  open(new PretendFile(100), image);
  assertReadable(image, { start: 0, end: 100 });
});

Deno.test("Image.reserve() throws LimitError where there is no memory, and the image can be used", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  const image = new Image(memory);
  image.moveTo(64);
  imageOf("abcd", image);
  assertThrows(() => image.reserve(300_000), LimitError);
  assertEquals(image.bytes.subarray(0, 4), latin1("abcd"));
  assertThrows(() => image.open(new PretendFile(300_000), NO_LIMIT), LimitError);
  open(new PretendFile(200_000), image).need(0, 200_000);
  assertReadable(image, { start: 0, end: 200_000 });
});

for (const size of [1, 65_472, 65_536, 131_072, 200_000]) {
  Deno.test(`Image.reserve(${size}) leaves some bytes of memory after the file`, () => {
    const image = makeImage(65536);
    image.reserve(size);
    assert(image.bytes.length >= size + 16, `${image.bytes.length} bytes`);
    open(new PretendFile(size), image);
    assert(image.bytes.length >= size + 16, `${image.bytes.length} bytes`);
  });
}

Deno.test("Image.load() leaves some bytes of memory after the file, and the file as it is", () => {
  const image = makeImage(65536);
  for (let pages = 0; pages < 3; pages++) {
    const { length } = image.bytes;
    image.bytes.fill(7);
    image.load(length);
    assert(image.bytes.length >= length + 16, `${image.bytes.length} bytes`);
    assert(image.bytes.subarray(0, length).every((byte) => byte === 7));
  }
});

Deno.test("Image.need() takes ranges up to the file's end, and empty ones", () => {
  const image = imageOf("abcd");
  image.need(3, 1);
  image.need(4, 0);
  image.need(0, 0);
});

for (const [offset, length] of [[0, 5], [4, 1], [5, 0], [2 ** 53, 1], [1, Infinity]] as const) {
  Deno.test(`Image.need(${offset}, ${length}) throws FormatError in a file of 4 bytes`, () => {
    const error = assertThrows(() => imageOf("abcd").need(offset, length), FormatError);
    assertEquals(error.offset, offset);
  });
}

Deno.test("Image.open() reads a small file at once and does not ask for its size", () => {
  for (const length of [0, 1, 65_535]) {
    const file = new PretendFile(length);
    const image = open(file);
    assertEquals(image.size, length);
    image.need(0, length);
    assertReadable(image, { start: 0, end: length });
    assertEquals([file.reads.length, file.sizeCalls], [1, 0]);
  }
});

for (const length of [65_536, 65_537, 1_000_000]) {
  Deno.test(`Image.open() takes a file of ${length} bytes`, () => {
    const image = open(new PretendFile(length));
    assertEquals(image.size, length);
    image.need(0, length);
    assertReadable(image, { start: 0, end: length });
    assertThrows(() => image.need(0, length + 1), FormatError);
  });
}

Deno.test("Image.open() reads no more than a beginning", () => {
  const file = new PretendFile(100_000_000);
  open(file);
  assert(bytesRead(file) < 1_000_000);
});

for (const [length, limit, want] of LIMITS) {
  Deno.test(`Image.open() of ${length} bytes with a limit of ${limit} gives ${want}`, () => {
    assertEquals(makeImage().open(new PretendFile(length), limit), want);
  });
}

Deno.test("Image.open() refuses a file beyond the limit before it makes space for it", () => {
  const image = makeImage();
  const { length } = image.bytes;
  assertEquals(image.open(new PretendFile(2 ** 50), 2 ** 30), false);
  assertEquals(image.open(new PretendFile(2 ** 30 + 1), 2 ** 30), false);
  assertEquals(image.bytes.length, length);
});

Deno.test("Image.need() puts each part at its own offset", () => {
  const image = open(new PretendFile(1_000_000));
  image.need(900_000, 100);
  assertReadable(image, { start: 900_000, end: 900_100 });
});

Deno.test("Image.need() does not read a range twice", () => {
  const file = new PretendFile(1_000_000);
  const image = open(file);
  image.need(500_000, 200);
  const count = file.reads.length;
  image.need(500_000, 200);
  image.need(500_050, 50);
  assertEquals(file.reads.length, count);
});

Deno.test("Image.need() extends a range to both sides, gaps included", () => {
  const image = open(new PretendFile(1_000_000));
  const ranges = [[500_000, 100], [500_200, 100], [490_000, 500], [499_900, 600]] as const;
  for (const [offset, length] of ranges) {
    image.need(offset, length);
    assertReadable(image, { start: offset, end: offset + length });
  }
  assertReadable(image, { start: 490_000, end: 500_500 });
});

Deno.test("Image.need() reads a range that lies around the one it has", () => {
  const image = open(new PretendFile(300_000));
  image.need(200_000, 10);
  image.need(0, 300_000);
  assertReadable(image, { start: 0, end: 300_000 });
});

Deno.test("Image.need() does not read what lies between ranges that are far apart", () => {
  const file = new PretendFile(10_000_000);
  const image = open(file);
  image.need(0, 64);
  image.need(9_000_000, 100);
  image.need(0, 64);
  assertReadable(image, { start: 0, end: 64 });
  assert(bytesRead(file) < 1_000_000);
});

Deno.test("Image.need() after any series of calls leaves the last range readable", () => {
  let state = 1;
  const random = (below: number) => (state = (state * 48271) % 0x7fffffff) % below;
  const image = makeImage();
  for (let salt = 0; salt < 20; salt++) {
    const size = 1 + random(400_000);
    open(new PretendFile(size, salt), image);
    for (let i = 0; i < 30; i++) {
      const start = random(size);
      const end = start + random(Math.min(size - start, 30_000) + 1);
      image.need(start, end - start);
      assertReadable(image, { start, end, salt });
    }
  }
});

Deno.test("Image.open() forgets the file before, whichever is longer", () => {
  const image = makeImage();
  for (const [salt, length] of [[1, 100_000], [2, 500], [3, 70_000], [4, 300_000]] as const) {
    open(new PretendFile(length, salt), image);
    image.need(0, length);
    assertReadable(image, { start: 0, end: length, salt });
    assertThrows(() => image.need(0, length + 1), FormatError);
  }
});

Deno.test("Image.need() throws FormatError when the file became shorter", () => {
  const file = new PretendFile(1_000_000);
  const image = open(file);
  file.length = 500_050;
  assertThrows(() => image.need(500_000, 100), FormatError);
  image.need(500_000, 50);
  assertReadable(image, { start: 500_000, end: 500_050 });
});

Deno.test("Image.need() passes on what the reading throws, and takes nothing for read", () => {
  const file = new PretendFile(1_000_000);
  const { read } = file;
  const image = open(file);
  file.read = () => {
    throw new RangeError("cannot read");
  };
  assertThrows(() => image.need(500_000, 100), RangeError, "cannot read");
  file.read = read;
  image.need(500_000, 100);
  assertReadable(image, { start: 500_000, end: 500_100 });
});
