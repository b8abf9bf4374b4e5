/**
 * gzip: what RFC 1952 allows is unpacked, and all else is refused.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
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
} from "../../support/compressed.ts";
import { makeUnpackBuffer } from "../../support/image.ts";
import { latin1 } from "../../support/elf_builder.ts";
import { packGzip } from "../../support/pack.ts";

const decoder = await Decoder.load("gzip", "plain.gz");
const PLAIN = readCompressed("gzip/plain.gz");

/** Bytes of a header without further fields, and of a trailer. */
const [HEADER, TRAILER] = [10, 8];

const [FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT] = [1, 2, 4, 8, 16];

/** PLAIN with another header: these flags, then these fields, and the header's CRC if asked for. */
function withHeader(flags: number, ...fields: Uint8Array[]): Uint8Array {
  const start = concat(replaced(PLAIN.subarray(0, HEADER), 3, flags), ...fields);
  const crc = littleEndian(crc32(start) & 0xffff, 2);
  return concat(start, flags & FHCRC ? crc : new Uint8Array(0), PLAIN.subarray(HEADER));
}

const EXTRA = concat(littleEndian(7, 2), latin1("AB\x03\0xyz"));
const NAME = latin1("module.ko\0");
const COMMENT = latin1("a comment\0");

const GOOD: Readonly<Record<string, Uint8Array>> = {
  "as gzip writes it": PLAIN,
  "of two members": readCompressed("gzip/two-members.gz"),
  "that is not compressed": packGzip(MODULE),
  "of many small members": concat(
    ...Array.from({ length: 64 }, (_, i) => packGzip(MODULE.subarray(i * 48, i * 48 + 48))),
  ),
  "with an empty member in front": concat(packGzip(new Uint8Array(0)), PLAIN),
  "followed by an empty member": concat(PLAIN, packGzip(new Uint8Array(0))),
  "with the text flag": withHeader(FTEXT),
  "with a name": withHeader(FNAME, NAME),
  "with a comment": withHeader(FCOMMENT, COMMENT),
  "with an extra field": withHeader(FEXTRA, EXTRA),
  "with a header's CRC": withHeader(FHCRC),
  "with all fields": withHeader(31, EXTRA, NAME, COMMENT),
  "with a name of 100,000 characters": withHeader(FNAME, latin1("x".repeat(100_000) + "\0")),
  "followed by one zero byte": concat(PLAIN, new Uint8Array(1)),
  "followed by 512 zero bytes": concat(PLAIN, new Uint8Array(512)),
  "followed by 200,000 zero bytes": concat(PLAIN, new Uint8Array(200_000)),
  // zlib takes the first zero byte for the end.
  "followed by zero bytes and a text": concat(PLAIN, new Uint8Array(100), latin1("more")),
  "followed by zero bytes and a member": concat(PLAIN, new Uint8Array(100), PLAIN),
};

for (const [what, input] of Object.entries(GOOD)) {
  Deno.test(`gzip: a file ${what} is unpacked`, () => decoder.assertUnpacks(input));
}

Deno.test("gzip: a file of many pieces is unpacked", async () => {
  await decoder.assertUnpacks(readCompressed("gzip/large.gz"), LARGE);
});

for (const size of [1, 0xffff, 0x10000, 0x10001, 0x1ffff, 0x20000, 0x20001, 0x2fffd]) {
  Deno.test(`gzip: ${size} bytes unpack to just what they were`, async () => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
    await decoder.assertUnpacks(packGzip(bytes), bytes);
  });
}

/** Where a file is given to zlib in slices; a name of the right length moves what follows. */
const SLICE = 32768;
for (let shift = -30; shift <= 30; shift++) {
  Deno.test(`gzip: a member is unpacked that ends at a slice's end, ${shift} bytes off`, async () => {
    const name = latin1("x".repeat(SLICE + shift - PLAIN.length - 1) + "\0");
    const member = withHeader(FNAME, name);
    assertEquals(member.length, SLICE + shift);
    await decoder.assertUnpacks(member);
    await decoder.assertUnpacks(concat(member, PLAIN), concat(MODULE, MODULE));
    await decoder.assertUnpacks(concat(member, new Uint8Array(100)));
    await decoder.assertRefuses(concat(member, latin1("x")));
    await decoder.assertRefuses(concat(member, latin1("something else, and more of it")));
    await decoder.assertRefuses(member.subarray(0, -1));
  });
}

Deno.test("gzip: a part of a larger buffer is unpacked, not what is around it", async () => {
  const around = concat(latin1("before"), PLAIN, latin1("behind"));
  await decoder.assertUnpacks(around.subarray(6, -6));
});

Deno.test("gzip: a file of nothing unpacks to nothing", async () => {
  await decoder.assertUnpacks(packGzip(new Uint8Array(0)), new Uint8Array(0));
});

const BAD: Readonly<Record<string, readonly [Uint8Array, ...string[]]>> = {
  "with a wrong CRC": [turned(PLAIN, -TRAILER), "data check"],
  "with a wrong size": [turned(PLAIN, -4), "length check"],
  "with a wrong CRC in a second member": [concat(PLAIN, turned(PLAIN, -TRAILER)), "data check"],
  "with a wrong header's CRC": [turned(withHeader(FHCRC), HEADER), "header crc"],
  "with an unknown method": [replaced(PLAIN, 2, 7), "compression method"],
  "with unknown flags": [replaced(PLAIN, 3, 0x20), "header flags"],
  "with a block of an unknown type": [replaced(PLAIN, HEADER, 7), "block type"],
  "cut off in the header": [PLAIN.subarray(0, 6)],
  "cut off in the data": [PLAIN.subarray(0, 300)],
  "cut off in the trailer": [PLAIN.subarray(0, -3)],
  "cut off in a second member": [concat(PLAIN, PLAIN.subarray(0, 300))],
  "cut off in a second member's header": [concat(PLAIN, PLAIN.subarray(0, 5))],
  "followed by a text": [concat(PLAIN, latin1("something else\n"))],
  "followed by one other byte": [concat(PLAIN, latin1("x"))],
};

for (const [what, [input, ...words]] of Object.entries(BAD)) {
  Deno.test(`gzip: a file ${what} is refused`, async () => {
    await decoder.assertRefuses(input, "gzip: ", ...words);
  });
}

Deno.test("gzip: a file that is cut off anywhere is refused", async () => {
  for (let size = 2; size < PLAIN.length; size++) {
    const result = await decoder.assertNeverWrong(PLAIN.subarray(0, size), `cut to ${size}`);
    assertEquals(result, "refused", `cut to ${size} bytes`);
  }
});

Deno.test("gzip: a file with any bit turned is refused, or holds the same", async () => {
  let refused = 0;
  for (let at = 2; at < PLAIN.length; at++) {
    const result = await decoder.assertNeverWrong(turned(PLAIN, at), `bit in byte ${at}`);
    if (result === "refused") refused++;
  }
  assert(refused >= PLAIN.length - HEADER, `only ${refused} are refused`);
});

Deno.test("gzip: a bomb is stopped at the limit", async () => {
  const { gzipSync } = await import("node:zlib");
  const bomb = gzipSync(new Uint8Array(ZEROS));
  for (const limit of [0, 1, 65536, 1_000_000, ZEROS - 1]) {
    await decoder.assertOutgrows(bomb, limit);
  }
  assertEquals((await decoder.unpack(bomb, ZEROS)).length, ZEROS);
});

Deno.test("gzip: a limit of just the size lets the file pass, one byte less does not", async () => {
  await decoder.assertOutgrows(PLAIN, MODULE.length - 1);
  assertEquals((await decoder.unpack(PLAIN, MODULE.length)).length, MODULE.length);
});

Deno.test("gzip: a limit holds for all members together", async () => {
  const twice = concat(PLAIN, PLAIN);
  await decoder.assertOutgrows(twice, 2 * MODULE.length - 1);
  assertEquals((await decoder.unpack(twice, 2 * MODULE.length)).length, 2 * MODULE.length);
});

Deno.test("gzip: nothing of a refused file arrives later", async () => {
  const { gzipSync } = await import("node:zlib");
  const output = makeUnpackBuffer(100_000);
  try {
    await decoder.unpackInto(gzipSync(new Uint8Array(ZEROS)), output);
  } catch {
    output.clear();
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertEquals(output.length, 0);
});

Deno.test("gzip: two files of one size are unpacked into the same memory", async () => {
  const output = makeUnpackBuffer(2 ** 20);
  await decoder.unpackInto(PLAIN, output);
  const { buffer } = output.bytes;
  await decoder.assertStillWorks(output);
  assert(output.bytes.buffer === buffer, "other memory");
});

Deno.test("gzip: every file in testdata is used here", () => {
  const source = Deno.readTextFileSync(new URL(import.meta.url));
  const unused = listCompressed("gzip").filter((name) => !source.includes(`"gzip/${name}"`));
  assertEquals(unused, []);
});
