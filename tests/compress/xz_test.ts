/**
 * xz: streams and blocks with the checks and filters that the decoder has are unpacked, and all
 * else is refused.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import {
  concat,
  crc32,
  Decoder,
  LARGE,
  listCompressed,
  littleEndian,
  MODULE,
  readCompressed,
  replaced,
  turned,
  ZEROS,
} from "../support/compressed.ts";
import { latin1 } from "../support/elf_builder.ts";
import { packXz } from "../support/pack.ts";
import { UnpackBuffer } from "../../lib/compress/unpack_buffer.ts";

const decoder = await Decoder.load("xz", "check-crc32.xz");
const CRC32 = readCompressed("xz/check-crc32.xz");
const CRC64 = readCompressed("xz/check-crc64.xz");
const ARM64 = readCompressed("xz/filter-arm64.xz");

/** Where the first block's header begins, and its first filter's number, when no sizes are given. */
const [BLOCK, FILTER] = [12, 14];

/** Bytes of the footer; the index, which is in front of it, has as many with one block. */
const FOOTER = 12;

/** A file with another number for the filter of its block, and the header's CRC to fit. */
function withFilter(file: Uint8Array, filter: number): Uint8Array {
  const changed = replaced(file, FILTER, filter);
  const end = BLOCK + changed[BLOCK]! * 4;
  return replaced(changed, end, ...littleEndian(crc32(changed.subarray(BLOCK, end)), 4));
}

/** A file with another check in its header and footer, as if that had been written. */
function withCheck(file: Uint8Array, check: number): Uint8Array {
  const header = replaced(file, 7, check, ...littleEndian(crc32(Uint8Array.of(0, check)), 4));
  const footer = replaced(header, -3, check);
  const at = footer.length - FOOTER;
  return replaced(footer, at, ...littleEndian(crc32(footer.subarray(at + 4, at + 10)), 4));
}

const GOOD: Readonly<Record<string, Uint8Array>> = {
  "without a check": readCompressed("xz/check-none.xz"),
  "with the check CRC32": CRC32,
  "with the check CRC64": CRC64,
  "as the kernel's build writes it": readCompressed("xz/kernel.xz"),
  "of several blocks": readCompressed("xz/blocks.xz"),
  "of several blocks with their sizes": readCompressed("xz/blocks-with-sizes.xz"),
  "of two streams": readCompressed("xz/streams.xz"),
  "of three streams with padding between": concat(
    ...[packXz(MODULE.subarray(0, 1000)), new Uint8Array(4)],
    ...[packXz(MODULE.subarray(1000, 1001)), new Uint8Array(400)],
    packXz(MODULE.subarray(1001)),
  ),
  "of many small streams": concat(
    ...Array.from({ length: 64 }, (_, i) => packXz(MODULE.subarray(i * 48, i * 48 + 48))),
  ),
  "with an empty stream in front": concat(readCompressed("xz/nothing.xz"), CRC32),
  "with an empty stream behind": concat(CRC32, readCompressed("xz/nothing.xz")),
  "with padding behind": concat(CRC32, new Uint8Array(4)),
  "with 200,000 bytes of padding behind": concat(CRC32, new Uint8Array(200_000)),
  "that is not compressed": packXz(MODULE),
  "with a dictionary of 64 MiB": readCompressed("xz/dictionary-64M.xz"),
};

for (const [what, input] of Object.entries(GOOD)) {
  Deno.test(`xz: a file ${what} is unpacked`, () => decoder.assertUnpacks(input));
}

Deno.test("xz: a file of many pieces is unpacked", async () => {
  await decoder.assertUnpacks(readCompressed("xz/large.xz"), LARGE);
});

for (const size of [1, 0xffff, 0x10000, 0x10001, 0x1ffff, 0x20000, 0x20001, 0x2fffd]) {
  Deno.test(`xz: ${size} bytes unpack to just what they were`, async () => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
    await decoder.assertUnpacks(packXz(bytes), bytes);
  });
}

Deno.test("xz: a part of a larger buffer is unpacked, not what is around it", async () => {
  const around = concat(latin1("before"), CRC32, latin1("behind"));
  await decoder.assertUnpacks(around.subarray(6, -6));
});

Deno.test("xz: a file of nothing unpacks to nothing", async () => {
  await decoder.assertUnpacks(readCompressed("xz/nothing.xz"), new Uint8Array(0));
});

const FILTERS: readonly (readonly [string, Uint8Array])[] = [
  ["x86", readCompressed("xz/filter-x86.xz")],
  ["x86", readCompressed("xz/filter-x86-with-sizes.xz")],
  ["PowerPC", readCompressed("xz/filter-powerpc.xz")],
  ["IA-64", readCompressed("xz/filter-ia64.xz")],
  ["ARM", readCompressed("xz/filter-arm.xz")],
  ["ARM Thumb", readCompressed("xz/filter-armthumb.xz")],
  ["SPARC", readCompressed("xz/filter-sparc.xz")],
  ["ARM64", ARM64],
  ["RISC-V", withFilter(ARM64, 0x0b)],
  ["Delta", readCompressed("xz/filter-delta.xz")],
  ["Delta", readCompressed("xz/filters-delta-x86.xz")],
];

for (const [name, input] of FILTERS) {
  Deno.test(`xz: a file with the filter ${name} is refused by that name`, async () => {
    await decoder.assertRefuses(input, `xz: the filter ${name} is not supported`);
  });
}

const BAD: Readonly<Record<string, readonly [Uint8Array, ...string[]]>> = {
  "with the check SHA-256": [readCompressed("xz/check-sha256.xz"), "the check SHA-256"],
  "with a check that nobody knows": [withCheck(CRC32, 2), "unsupported"],
  "with a filter that nobody knows": [withFilter(ARM64, 0x3f), "unsupported"],
  "with a filter in the second stream": [concat(CRC32, ARM64), "unsupported"],
  "with another check in the second stream": [
    concat(CRC32, readCompressed("xz/check-sha256.xz")),
  ],
  "with a dictionary of 96 MiB": [readCompressed("xz/dictionary-96M.xz"), "dictionary"],
  "with unknown flags": [replaced(CRC32, 6, 1)],
  "with unknown flags and the CRC to fit": [
    replaced(CRC32, 6, 1, 1, ...littleEndian(crc32(Uint8Array.of(1, 1)), 4)),
    "unsupported",
  ],
  "with a wrong CRC of the header": [turned(CRC32, 8)],
  "with a wrong CRC of the block's header": [turned(CRC32, FILTER), "corrupt"],
  "with wrong data": [turned(CRC32, 100), "corrupt"],
  "with a wrong CRC32": [turned(CRC32, -FOOTER * 2 - 1), "corrupt"],
  "with a wrong CRC64": [turned(CRC64, -FOOTER * 2 - 1), "corrupt"],
  "with a wrong index": [turned(CRC32, -FOOTER - 6), "corrupt"],
  "with a wrong footer": [turned(CRC32, -1), "corrupt"],
  "cut off in the header": [CRC32.subarray(0, 8), "cut off"],
  "cut off in the block's header": [CRC32.subarray(0, BLOCK + 3), "cut off"],
  "cut off in the data": [CRC32.subarray(0, 300), "cut off"],
  "cut off in the check": [CRC32.subarray(0, -FOOTER * 2 - 2), "cut off"],
  "cut off in the index": [CRC32.subarray(0, -FOOTER - 2), "cut off"],
  "cut off in the footer": [CRC32.subarray(0, -1), "cut off"],
  "cut off in a second stream": [concat(CRC32, CRC32.subarray(0, 300)), "cut off"],
  "cut off in a second stream's header": [concat(CRC32, CRC32.subarray(0, 5)), "cut off"],
  "with a text behind": [concat(CRC32, latin1("something else\n"))],
  "with four other bytes behind": [concat(CRC32, latin1("abcd"))],
  "with padding and a text behind": [concat(CRC32, new Uint8Array(8), latin1("something else\n"))],
  "with padding that is no multiple of four": [concat(CRC32, new Uint8Array(3))],
  "with such padding between streams": [concat(CRC32, new Uint8Array(2), CRC32)],
};

for (const [what, [input, ...words]] of Object.entries(BAD)) {
  Deno.test(`xz: a file ${what} is refused`, async () => {
    await decoder.assertRefuses(input, "xz: ", ...words);
  });
}

Deno.test("xz: a file that is cut off anywhere is refused", async () => {
  for (let size = 0; size < CRC32.length; size++) {
    const result = await decoder.assertNeverWrong(CRC32.subarray(0, size), `cut to ${size}`);
    assertEquals(result, "refused", `cut to ${size} bytes`);
  }
});

// The first byte of compressed data says nothing: byte 30 here.
Deno.test("xz: a file with any bit turned is refused, or holds the same", async () => {
  for (const file of [CRC32, CRC64]) {
    const kept = [];
    for (let at = 0; at < file.length; at++) {
      const result = await decoder.assertNeverWrong(turned(file, at), `bit in byte ${at}`);
      if (result === "unpacked") kept.push(at);
    }
    assertEquals(kept, [30]);
  }
});

Deno.test("xz: a bomb is stopped at the limit", async () => {
  const bomb = readCompressed("xz/zeros.xz");
  for (const limit of [0, 1, 65536, 1_000_000, ZEROS - 1]) {
    await decoder.assertOutgrows(bomb, limit);
  }
  assertEquals((await decoder.unpack(bomb, ZEROS)).length, ZEROS);
});

Deno.test("xz: a limit of just the size lets the file pass, one byte less does not", async () => {
  await decoder.assertOutgrows(CRC32, MODULE.length - 1);
  assertEquals((await decoder.unpack(CRC32, MODULE.length)).length, MODULE.length);
});

Deno.test("xz: a limit holds for all streams together", async () => {
  const twice = concat(CRC32, CRC32);
  await decoder.assertOutgrows(twice, 2 * MODULE.length - 1);
  assertEquals((await decoder.unpack(twice, 2 * MODULE.length)).length, 2 * MODULE.length);
});

Deno.test("xz: a decoder gives large dictionaries back, after errors too", async () => {
  const file = readCompressed("xz/dictionary-64M.xz");
  for (let i = 0; i < 100; i++) { // 6.4 GB; WebAssembly has 4 GB
    await decoder.assertUnpacks(file);
    assertEquals(await decoder.assertNeverWrong(turned(file, 300), "a wrong byte"), "refused");
    await decoder.assertOutgrows(file, 1000);
  }
});

Deno.test("xz: two files of one size are unpacked into the same memory", async () => {
  const output = new UnpackBuffer(2 ** 20);
  await decoder.unpackInto(CRC32, output);
  const { buffer } = output.bytes;
  await decoder.assertStillWorks(output);
  assert(output.bytes.buffer === buffer, "other memory");
});

Deno.test("xz: every file in testdata is used here", () => {
  const source = Deno.readTextFileSync(new URL(import.meta.url));
  const unused = listCompressed("xz").filter((name) => !source.includes(`"xz/${name}"`));
  assertEquals(unused, []);
});
