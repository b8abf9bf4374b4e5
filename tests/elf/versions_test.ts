/**
 * The `__versions` section.
 *
 * @module
 */
import { assertEquals, assertThrows } from "../support/assert.ts";
import { buildModule, latin1, type ModuleSpec, SHAPES } from "../support/elf_builder.ts";
import { Image } from "../../lib/bytes/image.ts";
import { Interner, viewOf } from "../../lib/bytes/interner.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import { parseElf } from "../../lib/elf/file.ts";
import { Versions } from "../../lib/elf/versions.ts";
import { FormatError } from "../../lib/errors.ts";

function load(spec: ModuleSpec, names = new Interner(), versions = new Versions()): Versions {
  versions.load(parseElf(Image.of(buildModule(spec))), names);
  return versions;
}

/** All records, as `CRC name`. */
function recordsOf(versions: Versions, names: Interner): string[] {
  return Array.from({ length: versions.count }, (_, record) => {
    const crc = BigInt(versions.crcHigh[record]!) << 32n | BigInt(versions.crcLow[record]!);
    return `${crc.toString(16)} ${decodeLatin1(names.bytesOf(versions.names[record]!))}`;
  });
}

for (const { label, ...shape } of SHAPES) {
  Deno.test(`Versions of ${label} gives records in file order`, () => {
    const names = new Interner();
    const versions = load({
      ...shape,
      versions: [{ name: "module_layout", crc: 0x12345678 }, { name: "kfree", crc: 0xfedcba98 }],
    }, names);
    assertEquals(recordsOf(versions, names), ["12345678 module_layout", "fedcba98 kfree"]);
  });

  const longest = 64 - shape.bits / 8 - 1;
  Deno.test(`Versions of ${label} takes a name of ${longest} bytes`, () => {
    const names = new Interner();
    const name = "n".repeat(longest);
    const versions = load({ ...shape, versions: [{ name, crc: 1 }, { name: "b" }] }, names);
    assertEquals(recordsOf(versions, names), [`1 ${name}`, "0 b"]);
  });

  Deno.test(`Versions of ${label} refuses a name that fills its record`, () => {
    const versions = [{ name: "a" }, { name: "n".repeat(longest + 1) }, { name: "c" }];
    assertThrows(() => load({ ...shape, versions }), FormatError);
  });

  Deno.test(`Versions of ${label} ends a name at the first NUL`, () => {
    const names = new Interner();
    const data = new Uint8Array(64).fill(0x78);
    data.set(latin1("ab\0"), shape.bits / 8);
    const versions = load({ ...shape, versions: [], override: { __versions: { data } } }, names);
    assertEquals(decodeLatin1(names.bytesOf(versions.names[0]!)), "ab");
  });
}

Deno.test("Versions keeps all 64 bits of a CRC", () => {
  for (const little of [true, false]) {
    const names = new Interner();
    const versions = load({ little, versions: [{ name: "a", crc: 0x1122334455667788n }] }, names);
    assertEquals(recordsOf(versions, names), ["1122334455667788 a"]);
  }
});

Deno.test("Versions has no records where there is no section, or an empty one", () => {
  assertEquals(load({}).count, 0);
  assertEquals(load({ versions: [] }).count, 0);
});

for (const sh_size of [1, 63, 65, 127]) {
  Deno.test(`Versions has no records in a section of ${sh_size} bytes`, () => {
    const override = { __versions: { sh_size } };
    assertEquals(load({ versions: [{ name: "a" }, { name: "b" }], override }).count, 0);
  });
}

Deno.test("Versions.find() gives the first record of a name, and marks it", () => {
  const names = new Interner();
  const versions = load({ versions: [{ name: "a" }, { name: "b" }, { name: "a" }] }, names);
  assertEquals(versions.find(names.intern(viewOf(latin1("a")), 0)), 0);
  assertEquals([0, 1, 2].map((record) => (versions.met[record] === 1)), [true, false, false]);
});

Deno.test("Versions.find() gives -1 for a name that has no record", () => {
  const names = new Interner();
  const versions = load({ versions: [{ name: "a" }] }, names);
  assertEquals(versions.find(names.intern(viewOf(latin1("b")), 0)), -1);
  assertEquals(versions.find(1_000_000), -1);
});

Deno.test("Versions forgets the module before", () => {
  const names = new Interner();
  const versions = load({ versions: [{ name: "a", crc: 1 }, { name: "b", crc: 2 }] }, names);
  const [a, b] = ["a", "b"].map((name) => versions.find(names.intern(viewOf(latin1(name)), 0)));
  assertEquals([a, b], [0, 1]);
  load({ versions: [{ name: "b", crc: 3 }] }, names, versions);
  assertEquals(versions.find(names.intern(viewOf(latin1("a")), 0)), -1);
  assertEquals([versions.count, versions.met[0] === 1], [1, false]);
  assertEquals(recordsOf(versions, names), ["3 b"]);
});

Deno.test("Versions forgets the module before when the next has no records", () => {
  const names = new Interner();
  const versions = load({ versions: [{ name: "a", crc: 1 }] }, names);
  load({}, names, versions);
  assertEquals(versions.count, 0);
  assertEquals(versions.find(names.intern(viewOf(latin1("a")), 0)), -1);
});

Deno.test("Versions takes any number of records and of names", () => {
  const names = new Interner();
  for (let i = 0; i < 3900; i++) names.intern(viewOf(latin1(`other_${i}`)), 0);
  const records = Array.from({ length: 1000 }, (_, i) => ({ name: `symbol_${i}`, crc: i }));
  const versions = load({ versions: records }, names);
  assertEquals(
    recordsOf(versions, names),
    records.map(({ name, crc }) => `${crc.toString(16)} ${name}`),
  );
  for (const record of [0, 100, 777, 999]) {
    assertEquals(versions.find(names.intern(viewOf(latin1(`symbol_${record}`)), 0)), record);
    assertEquals(versions.met[record] === 1, true);
  }
});
