/**
 * zstd: frames of all kinds are unpacked, and all else is refused.
 *
 * @module
 */
import { SizeError } from "../../../lib/errors.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import {
  concat,
  Decoder,
  LARGE,
  listCompressed,
  MODULE,
  readCompressed,
  replaced,
  turned,
  ZEROS,
} from "../../support/compressed.ts";
import { makeUnpackBuffer } from "../../support/image.ts";
import { latin1 } from "../../support/elf_builder.ts";
import { packZstd, skippableFrame } from "../../support/pack.ts";

const decoder = await Decoder.load("zstd", "checksum.zst");
const CHECKSUM = readCompressed("zstd/checksum.zst");
const PLAIN = readCompressed("zstd/no-checksum.zst");
const UNSIZED = readCompressed("zstd/no-content-size.zst");
const [FIRST, SECOND] = [MODULE.subarray(0, 1000), MODULE.subarray(1000)].map(
  packZstd,
) as unknown as [Uint8Array, Uint8Array];
const SKIPPED = skippableFrame(latin1("something else"));

/** Where a frame's descriptor is, and the window's in a frame without content size. */
const [DESCRIPTOR, WINDOW] = [4, 5];

const GOOD: Readonly<Record<string, Uint8Array>> = {
  "with a checksum": CHECKSUM,
  "without a checksum": PLAIN,
  "without a content size": UNSIZED,
  "of two frames": readCompressed("zstd/frames.zst"),
  "of two frames of the same kind": concat(FIRST, SECOND),
  "of many small frames": concat(
    ...Array.from({ length: 64 }, (_, i) => packZstd(MODULE.subarray(i * 48, i * 48 + 48))),
  ),
  "with an empty frame in front": concat(readCompressed("zstd/nothing.zst"), CHECKSUM),
  "followed by an empty frame": concat(CHECKSUM, readCompressed("zstd/nothing.zst")),
  "with a skippable frame in front": concat(SKIPPED, CHECKSUM),
  "with a skippable frame between": concat(FIRST, SKIPPED, SECOND),
  "followed by a skippable frame": concat(CHECKSUM, SKIPPED),
  "with an empty skippable frame in front": concat(skippableFrame(new Uint8Array(0)), CHECKSUM),
  "with skippable frames of all kinds": concat(
    ...Array.from({ length: 16 }, (_, kind) => skippableFrame(latin1("x".repeat(kind)), kind)),
    CHECKSUM,
  ),
  "with a skippable frame of 300,000 bytes": concat(
    skippableFrame(new Uint8Array(300_000).fill(0x28)),
    CHECKSUM,
  ),
  "that is not compressed": packZstd(MODULE),
  "with a window of 128 MiB": readCompressed("zstd/window-27.zst"),
};

for (const [what, input] of Object.entries(GOOD)) {
  Deno.test(`zstd: a file ${what} is unpacked`, () => decoder.assertUnpacks(input));
}

Deno.test("zstd: a file of many pieces is unpacked", async () => {
  await decoder.assertUnpacks(readCompressed("zstd/large.zst"), LARGE);
});

// 0xfffc7 bytes make a file of 0x100000.
for (
  const size of [1, 0xffff, 0x10000, 0x20001, 0xfffc7, 0xfffff, 0x100000, 0x100001, 0x200000]
) {
  Deno.test(`zstd: ${size} bytes unpack to just what they were`, async () => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
    await decoder.assertUnpacks(packZstd(bytes), bytes);
    await decoder.assertUnpacks(concat(packZstd(bytes), SKIPPED), bytes);
  });
}

Deno.test("zstd: a part of a larger buffer is unpacked, not what is around it", async () => {
  const around = concat(latin1("before"), CHECKSUM, latin1("behind"));
  await decoder.assertUnpacks(around.subarray(6, -6));
});

for (
  const [what, input] of [
    ["of nothing", readCompressed("zstd/nothing.zst")],
    ["of just a skippable frame", SKIPPED],
  ] as const
) {
  Deno.test(`zstd: a file ${what} unpacks to nothing`, async () => {
    await decoder.assertUnpacks(input, new Uint8Array(0));
  });
}

const BAD: Readonly<Record<string, readonly [Uint8Array, ...string[]]>> = {
  "with a wrong checksum": [turned(CHECKSUM, -1), "wrong checksum"],
  "with a wrong checksum in the second frame": [concat(FIRST, turned(CHECKSUM, -1)), "checksum"],
  "with wrong data": [turned(CHECKSUM, 300)],
  "with a block of the reserved type": [replaced(FIRST, 9, FIRST[9]! | 6), "corrupt"],
  "with a wrong content size": [turned(FIRST, DESCRIPTOR + 1), "corrupt"],
  "with a reserved bit": [replaced(CHECKSUM, DESCRIPTOR, CHECKSUM[DESCRIPTOR]! | 8), "parameter"],
  "with a window of 256 MiB": [replaced(UNSIZED, WINDOW, 18 << 3), "the limit is 128 MiB"],
  "with a window of 2 GiB": [readCompressed("zstd/window-31.zst"), "window too large"],
  "that needs a dictionary": [
    concat(
      UNSIZED.subarray(0, 4),
      Uint8Array.of(UNSIZED[4]! | 1, UNSIZED[5]!, 7),
      UNSIZED.subarray(6),
    ),
    "dictionary",
  ],
  "cut off in the header": [CHECKSUM.subarray(0, 6), "cut off"],
  "cut off in the data": [CHECKSUM.subarray(0, 300), "cut off"],
  "cut off in the checksum": [CHECKSUM.subarray(0, -2), "cut off"],
  "cut off in front of the checksum": [CHECKSUM.subarray(0, -4), "cut off"],
  "cut off after a whole piece": [
    packZstd(new Uint8Array(0x100000 + 1000)).subarray(0, 0x100000 + 60),
    "cut off",
  ],
  "cut off in a second frame": [concat(FIRST, SECOND.subarray(0, 300)), "cut off"],
  "cut off in a second frame's header": [concat(FIRST, SECOND.subarray(0, 4)), "cut off"],
  "cut off in a skippable frame": [concat(CHECKSUM, SKIPPED.subarray(0, -1)), "cut off"],
  "followed by a text": [concat(CHECKSUM, latin1("something else\n")), "after"],
  "followed by one other byte": [concat(CHECKSUM, latin1("x"))],
  "followed by zero bytes": [concat(CHECKSUM, new Uint8Array(16)), "after"],
};

for (const [what, [input, ...words]] of Object.entries(BAD)) {
  Deno.test(`zstd: a file ${what} is refused`, async () => {
    await decoder.assertRefuses(input, "zstd: ", ...words);
  });
}

Deno.test("zstd: a file that is cut off anywhere is refused", async () => {
  for (const file of [CHECKSUM, UNSIZED, concat(SKIPPED, PLAIN)]) {
    for (let size = 0; size < file.length; size++) {
      if (size === SKIPPED.length && file[0] === SKIPPED[0]) continue; // which is whole
      const result = await decoder.assertNeverWrong(file.subarray(0, size), `cut to ${size}`);
      assertEquals(result, "refused", `cut to ${size} bytes`);
    }
  }
});

Deno.test("zstd: a file with any bit turned is refused, or holds the same", async () => {
  let refused = 0;
  for (let at = 0; at < CHECKSUM.length; at++) {
    // With the magic of a skippable frame, all else is skipped or cut off: that is no mistake.
    const result = await decoder.assertNeverWrong(turned(CHECKSUM, at), `bit in byte ${at}`);
    if (result === "refused") refused++;
  }
  assert(refused >= CHECKSUM.length - 10, `only ${refused} are refused`);
});

Deno.test("zstd: a bomb is stopped at the limit", async () => {
  const bomb = readCompressed("zstd/zeros.zst");
  for (const limit of [0, 1, 65536, 1_000_000, ZEROS - 1]) {
    await decoder.assertOutgrows(bomb, limit);
  }
  assertEquals((await decoder.unpack(bomb, ZEROS)).length, ZEROS);
});

Deno.test("zstd: a limit of just the size lets the file pass, one byte less does not", async () => {
  await decoder.assertOutgrows(CHECKSUM, MODULE.length - 1);
  assertEquals((await decoder.unpack(CHECKSUM, MODULE.length)).length, MODULE.length);
});

Deno.test("zstd: a limit holds for all frames together", async () => {
  const twice = concat(CHECKSUM, UNSIZED);
  await decoder.assertOutgrows(twice, 2 * MODULE.length - 1);
  assertEquals((await decoder.unpack(twice, 2 * MODULE.length)).length, 2 * MODULE.length);
});

Deno.test("zstd: a decoder gives large windows back, after errors too", async () => {
  const file = readCompressed("zstd/window-27.zst");
  for (let i = 0; i < 40; i++) { // 5 GB; WebAssembly has 4 GB
    await decoder.assertUnpacks(file);
    assertEquals(await decoder.assertNeverWrong(turned(file, -1), "a wrong checksum"), "refused");
  }
});

Deno.test("zstd: a window counts towards the limit", async () => {
  const file = readCompressed("zstd/window-27.zst");
  const size = 2 ** 27;
  for (const limit of [1000, size - 1]) {
    const unpacking = async () => await decoder.unpack(file, limit);
    await assertRejects(unpacking, SizeError, `needs a window of ${size} bytes`);
  }
  assertEquals((await decoder.unpack(file, size)).length, MODULE.length);
});

Deno.test("zstd: a file that is too large for the decoder harms no other", async () => {
  const output = makeUnpackBuffer(MODULE.length);
  const huge = new Uint8Array(2 ** 30);
  huge.set(CHECKSUM);
  await decoder.assertRefuses(huge, "zstd: ");
  await decoder.assertStillWorks(output);
});

Deno.test("zstd: two files of one size are unpacked into the same memory", async () => {
  const output = makeUnpackBuffer(2 ** 20);
  await decoder.unpackInto(CHECKSUM, output);
  const { buffer } = output.bytes;
  await decoder.assertStillWorks(output);
  assert(output.bytes.buffer === buffer, "other memory");
});

Deno.test("zstd: every file in testdata is used here", () => {
  const source = Deno.readTextFileSync(new URL(import.meta.url));
  const unused = listCompressed("zstd").filter((name) => !source.includes(`"zstd/${name}"`));
  assertEquals(unused, []);
});
