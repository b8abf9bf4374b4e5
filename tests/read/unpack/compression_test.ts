/**
 * The format of a compressed file, and the decoder for it.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { assertSameBytes, MODULE } from "../../support/compressed.ts";
import { makeUnpackBuffer } from "../../support/image.ts";
import { buildModule, latin1 } from "../../support/elf_builder.ts";
import { packGzip, packXz, packZstd, skippableFrame } from "../../support/pack.ts";
import {
  type Compression,
  findCompression,
  loadUnpack,
} from "../../../lib/read/unpack/compression.ts";
import type { Unpack } from "../../../lib/read/unpack/unpack.ts";
import { CompressionError } from "../../../lib/errors.ts";

async function assertUnpacks(unpack: Unpack, input: Uint8Array): Promise<void> {
  const output = makeUnpackBuffer(MODULE.length);
  await unpack(input, output);
  assertSameBytes(output.bytes, MODULE);
}

/** Rejects when the promise takes for ever. */
async function withDeadline<T>(promise: Promise<T>): Promise<T> {
  let timer;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("nothing came within five seconds")), 5000);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

const FORMATS: readonly [Compression, (bytes: Uint8Array) => Uint8Array, string][] = [
  ["gzip", packGzip, "\x1f\x8b"],
  ["xz", packXz, "\xfd7zXZ\0"],
  ["zstd", packZstd, "\x28\xb5\x2f\xfd"],
];

for (const [compression, pack, magic] of FORMATS) {
  Deno.test(`findCompression() recognises ${compression} by its first bytes`, () => {
    assertEquals(findCompression(pack(MODULE)), compression);
    assertEquals(findCompression(latin1(magic)), compression);
    assertEquals(findCompression(latin1(`${magic}anything`)), compression);
  });

  for (let i = 0; i < magic.length; i++) {
    Deno.test(`findCompression() does not take for ${compression} what differs in byte ${i}`, () => {
      const bytes = latin1(magic);
      bytes[i]! ^= 0x10;
      assertEquals(findCompression(bytes), undefined);
      assertEquals(findCompression(latin1(magic).subarray(0, i)), undefined);
    });
  }

  Deno.test(`loadUnpack() loads a decoder of ${compression} that works, as often as asked`, async () => {
    const first = await withDeadline(loadUnpack(compression));
    const second = await withDeadline(loadUnpack(compression));
    for (const unpack of [first, second, first]) await assertUnpacks(unpack, pack(MODULE));
  });

  Deno.test(`a decoder of ${compression} goes on after any error of another one`, async () => {
    const first = await withDeadline(loadUnpack(compression));
    const second = await withDeadline(loadUnpack(compression));
    await assertRejects(
      async () => await first(pack(MODULE).subarray(0, -5), makeUnpackBuffer(MODULE.length)),
      CompressionError,
    );
    for (const unpack of [second, first]) await assertUnpacks(unpack, pack(MODULE));
  });
}

for (let kind = 0; kind < 16; kind++) {
  const first = (0x50 + kind).toString(16);
  Deno.test(`findCompression() takes a skippable frame of the kind ${first} for zstd`, () => {
    assertEquals(findCompression(skippableFrame(latin1("abc"), kind)), "zstd");
  });
}

for (
  const bytes of [
    latin1(""),
    latin1("\x4f\x2a\x4d\x18"),
    latin1("\x60\x2a\x4d\x18"),
    latin1("\x50\x2a\x4d"),
    latin1("\x50\x2a\x4d\x19"),
    latin1("\x50"),
    latin1("BZh91AY&SY"),
    latin1("\x5d\0\0\x80\0\xff"),
    latin1("\x04\x22\x4d\x18"),
    buildModule().subarray(0, 8),
  ]
) {
  Deno.test(`findCompression() gives undefined for the bytes [${bytes}]`, () => {
    assertEquals(findCompression(bytes), undefined);
  });
}

Deno.test("no library is loaded with the program", () => {
  const { code, stdout } = new Deno.Command(Deno.execPath(), {
    args: [
      "info",
      "--json",
      new URL("../../../lib/read/unpack/compression.ts", import.meta.url).pathname,
    ],
  }).outputSync();
  assertEquals(code, 0);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as ModuleGraph;
  const dependencies = modules.flatMap(({ dependencies = [] }) => dependencies);
  const libraries = dependencies.filter(({ specifier }) => {
    return !specifier.startsWith(".") || /\/(?:gzip|xz|zstd)\.ts$/.test(specifier);
  });
  assertEquals(libraries.map(({ specifier }) => specifier).sort(), [
    "./gzip.ts",
    "./xz.ts",
    "./zstd.ts",
    "node:zlib",
    "node:zlib",
  ]);
  assert(libraries.every(({ isDynamic }) => isDynamic === true), "a static import");
});

/** The part of `deno info --json` that is looked at. */
interface ModuleGraph {
  readonly modules: readonly {
    readonly dependencies?: readonly { readonly specifier: string; readonly isDynamic?: boolean }[];
  }[];
}
