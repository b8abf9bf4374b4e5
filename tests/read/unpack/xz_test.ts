/**
 * xz: streams and blocks with all checks and filters of the format are unpacked, and what is broken
 * or unknown is refused.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import {
  CODE,
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
import { packXz } from "../../support/pack.ts";

const decoder = await Decoder.load("xz", "check-crc32.xz");
const CRC32 = readCompressed("xz/check-crc32.xz");
const CRC64 = readCompressed("xz/check-crc64.xz");
const SHA256 = readCompressed("xz/check-sha256.xz");
const X86 = readCompressed("xz/filter-x86.xz");

/**
 * Where the first block's header begins, and its first filter's number and only property, when no
 * sizes are given.
 */
const [BLOCK, FILTER, PROPERTY] = [12, 14, 16];

/** Bytes of the footer; the index, which is in front of it, has as many with one block. */
const FOOTER = 12;

/** A file with another byte in its block's header, and the CRC to fit. */
function withHeader(file: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = replaced(file, at, byte);
  const end = BLOCK + changed[BLOCK]! * 4;
  return replaced(changed, end, ...littleEndian(crc32(changed.subarray(BLOCK, end)), 4));
}

/** A file with another number for the filter of its block. */
function withFilter(file: Uint8Array, filter: number): Uint8Array {
  return withHeader(file, FILTER, filter);
}

/** CRC32 with a claim of another dictionary: 2 or 3 (odd codes) times a power of two. */
function withDictionary(code: number): Uint8Array {
  return withHeader(CRC32, PROPERTY, code);
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
  "with the check SHA-256": SHA256,
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
  "followed by an empty stream": concat(CRC32, readCompressed("xz/nothing.xz")),
  "followed by padding": concat(CRC32, new Uint8Array(4)),
  "followed by 200,000 bytes of padding": concat(CRC32, new Uint8Array(200_000)),
  "that is not compressed": packXz(MODULE),
  "with another check in the second stream": concat(
    readCompressed("xz/nothing.xz"),
    ...[new Uint8Array(8), SHA256],
  ),
  "with the filter x86": X86,
  "with the filter x86 and sizes": readCompressed("xz/filter-x86-with-sizes.xz"),
  "with the filter PowerPC": readCompressed("xz/filter-powerpc.xz"),
  "with the filter IA-64": readCompressed("xz/filter-ia64.xz"),
  "with the filter ARM": readCompressed("xz/filter-arm.xz"),
  "with the filter ARM Thumb": readCompressed("xz/filter-armthumb.xz"),
  "with the filter ARM64": readCompressed("xz/filter-arm64.xz"),
  "with the filter SPARC": readCompressed("xz/filter-sparc.xz"),
  "with the filter Delta": readCompressed("xz/filter-delta.xz"),
  "with the filters Delta and x86": readCompressed("xz/filters-delta-x86.xz"),
  "with a dictionary of 4 KiB": withDictionary(0),
  "with a dictionary of 64 MiB": readCompressed("xz/dictionary-64M.xz"),
  "with a dictionary of 96 MiB": readCompressed("xz/dictionary-96M.xz"),
  "with a dictionary of 256 MiB": withDictionary(32),
};

for (const [what, input] of Object.entries(GOOD)) {
  Deno.test(`xz: a file ${what} is unpacked`, () => decoder.assertUnpacks(input));
}

Deno.test("xz: a file of many pieces is unpacked", async () => {
  await decoder.assertUnpacks(readCompressed("xz/large.xz"), LARGE);
});

/** So many bytes, not all the same. */
function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
}

for (const size of [1, 0xffff, 0x10000, 0x10001, 0x1ffff, 0x20000, 0x20001, 0x2fffd]) {
  Deno.test(`xz: ${size} bytes unpack to just what they were`, async () => {
    const bytes = bytesOf(size);
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

const CODES: Readonly<Record<string, Uint8Array>> = {
  "x86": readCompressed("xz/code-x86.xz"),
  "PowerPC": readCompressed("xz/code-powerpc.xz"),
  "IA-64": readCompressed("xz/code-ia64.xz"),
  "ARM": readCompressed("xz/code-arm.xz"),
  "ARM Thumb": readCompressed("xz/code-armthumb.xz"),
  "ARM64": readCompressed("xz/code-arm64.xz"),
  "SPARC": readCompressed("xz/code-sparc.xz"),
  "RISC-V": readCompressed("xz/code-riscv.xz"),
  "Delta": readCompressed("xz/code-delta.xz"),
};

for (const [filter, input] of Object.entries(CODES)) {
  Deno.test(`xz: what the filter ${filter} has rewritten is put back`, async () => {
    await decoder.assertUnpacks(input, CODE);
  });
}

const BAD: Readonly<Record<string, readonly [Uint8Array, ...string[]]>> = {
  "with a check that nobody knows": [withCheck(CRC32, 2), "the check 2 is not supported"],
  "with a filter that nobody knows": [withFilter(X86, 0x3f), "the filter 0x3f is not supported"],
  "with such a filter in the second stream": [
    concat(CRC32, withFilter(X86, 0x3f)),
    "the filter 0x3f is not supported",
  ],
  "with such a check in the second stream": [
    concat(CRC32, withCheck(CRC32, 2)),
    "the check 2 is not supported",
  ],
  "with a dictionary of 384 MiB": [withDictionary(33), "384 MiB", "the limit is 256 MiB"],
  "with a dictionary of 4 GiB": [withDictionary(40), "4096 MiB", "the limit is 256 MiB"],
  "with a dictionary of a size that there is not": [withDictionary(41), "unsupported options"],
  "with unknown flags": [replaced(CRC32, 6, 1)],
  "with unknown flags and the CRC to fit": [
    replaced(CRC32, 6, 1, 1, ...littleEndian(crc32(Uint8Array.of(1, 1)), 4)),
    "unsupported options",
  ],
  "with a wrong CRC of the header": [turned(CRC32, 8)],
  "with a wrong CRC of the block's header": [turned(CRC32, FILTER), "corrupt"],
  "with wrong data": [turned(CRC32, 100), "corrupt"],
  "with a wrong CRC32": [turned(CRC32, -FOOTER * 2 - 1), "corrupt"],
  "with a wrong CRC64": [turned(CRC64, -FOOTER * 2 - 1), "corrupt"],
  "with a wrong SHA-256": [turned(SHA256, -FOOTER * 2 - 1), "corrupt"],
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
  "followed by a text": [concat(CRC32, latin1("and more text\n")), "something else after it"],
  "followed by four other bytes": [concat(CRC32, latin1("abcd")), "something else after it"],
  "followed by padding and a text": [concat(CRC32, new Uint8Array(8), latin1("and more text\n"))],
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

Deno.test("xz: a file with any bit turned is refused, or holds the same", async () => {
  for (const file of [CRC32, CRC64, SHA256]) {
    const kept = [];
    for (let bit = 0; bit < file.length * 8; bit++) {
      const changed = replaced(file, bit >> 3, file[bit >> 3]! ^ 1 << (bit & 7));
      const result = await decoder.assertNeverWrong(changed, `bit ${bit}`);
      if (result === "unpacked") kept.push(bit);
    }
    assertEquals(kept, []);
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

// The runtime compiles a function again when it has been called often. From then on, Deno 2.4
// computes a wrong CRC-32 if it continues from a value above 2^31: here that of the second piece.
Deno.test("xz: checks stay right after thousands of files", async () => {
  const file = packXz(bytesOf(0x2fffd));
  const output = makeUnpackBuffer(2 ** 20);
  for (let i = 0; i < 4000; i++) {
    output.clear();
    await decoder.unpackInto(file, output);
  }
});

/** Runs with other WebAssembly instances than usual. */
async function withInstances(
  instantiate: (instance: WebAssembly.Instance) => { exports: object },
  run: () => Promise<void>,
): Promise<void> {
  const { Instance } = WebAssembly;
  // deno-lint-ignore no-explicit-any -- the constructor's type is not made to be replaced
  (WebAssembly as any).Instance = class {
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      return instantiate(new Instance(module, imports));
    }
  };
  try {
    await run();
  } finally {
    WebAssembly.Instance = Instance;
  }
}

/** Most that the decoder's memory may take, in bytes. */
const LARGEST_MEMORY = 258 * 2 ** 20;

Deno.test("xz: a decoder's memory is limited, after errors too", async () => {
  const memories: WebAssembly.Memory[] = [];
  const watch = (instance: WebAssembly.Instance) => {
    memories.push(instance.exports["memory"] as WebAssembly.Memory);
    return instance;
  };
  await withInstances(watch, async () => {
    const watched = await Decoder.load("xz", "check-crc32.xz");
    const sizes = () => memories.map(({ buffer }) => buffer.byteLength);
    assert(sizes()[0]! < 2 ** 20, `${sizes()} bytes at first`);
    const dictionaries = Array.from({ length: 33 }, (_, code) => withDictionary(code));
    const files = [...Object.values(GOOD), ...dictionaries, ...dictionaries.toReversed()];
    const bad = Object.values(BAD).map(([file]) => file);
    for (let i = 0; i < 20; i++) {
      for (const file of files) await watched.unpack(file);
      for (const file of bad) await watched.assertRefuses(file);
      for (const file of files) await watched.assertOutgrows(file, 1000);
    }
    assertEquals(memories.length, 1);
    assert(sizes()[0]! <= LARGEST_MEMORY, `${sizes()} bytes`);
  });
});

Deno.test("xz: a decoder that breaks down is replaced by a new one", async () => {
  let [made, calls] = [0, 0];
  const breakSecond = ({ exports }: WebAssembly.Instance) => {
    made++;
    const decode = exports["decode"] as (isLast: boolean) => number;
    return {
      exports: {
        ...exports,
        decode: (isLast: boolean) => {
          if (++calls === 2) throw new WebAssembly.RuntimeError("unreachable");
          return decode(isLast);
        },
      },
    };
  };
  await withInstances(breakSecond, async () => {
    const fragile = await Decoder.load("xz", "check-crc32.xz");
    await fragile.assertUnpacks(CRC32);
    await fragile.assertRefuses(CRC32, "xz: the decoder broke down: unreachable");
    assertEquals(made, 2);
  });
});

Deno.test("xz: two files of one size are unpacked into the same memory", async () => {
  const output = makeUnpackBuffer(2 ** 20);
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
