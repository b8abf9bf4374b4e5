/**
 * The fuzzer's cases are known by seed and number, and what breaks the program is made small.
 *
 * @module
 */
import { inputOf, type Kind, kindOf, KINDS, makeCase } from "../../scripts/fuzzing/cases.ts";
import { applyEdits, type Edit } from "../../scripts/fuzzing/edits.ts";
import { findFields } from "../../scripts/fuzzing/elf_fields.ts";
import type { Input } from "../../scripts/fuzzing/inputs.ts";
import { reduceCase, reduceList } from "../../scripts/fuzzing/reduce.ts";
import { Extractor } from "../../lib/read/extract.ts";
import { findCompression } from "../../lib/read/unpack/compression.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule, latin1, SHAPES } from "../support/elf_builder.ts";
import { decodeBytes } from "../support/tree.ts";

const NUMBERS = Array.from({ length: 1000 }, (_, number) => number);

/** The input of a case as one text. */
function describe(seed: number, number: number): string {
  const { name, bytes } = inputOf(makeCase(seed, number));
  return `${name}: ${decodeBytes(bytes)}`;
}

Deno.test("makeCase() gives the same case for the same seed and number, in any order", () => {
  const forwards = NUMBERS.slice(0, 100).map((number) => describe(3, number));
  const backwards = NUMBERS.slice(0, 100).reverse().map((number) => describe(3, number));
  assertEquals(backwards.reverse(), forwards);
  assert(new Set(forwards).size > 95);
  assert(NUMBERS.slice(0, 100).some((number) => describe(4, number) !== forwards[number]));
});

Deno.test("makeCase() makes cases of all kinds, in their shares", () => {
  const kinds = NUMBERS.map((number) => makeCase(1, number).kind);
  assertEquals(kinds, NUMBERS.map((number) => kindOf(1, number)));
  const share = (kind: Kind) => kinds.filter((each) => each === kind).length / kinds.length;
  const shares: Readonly<Record<Kind, number>> = {
    modules: 0.55,
    texts: 0.15,
    streams: 0.2,
    "command-lines": 0.1,
  };
  for (const kind of KINDS) assert(Math.abs(share(kind) - shares[kind]) < 0.04, kind);
});

Deno.test("makeCase() damages modules so that some can be read, and others cannot", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "depmod-test-" });
  const extractor = new Extractor({ maxModuleSize: 1 << 30, moduleTimeout: 60, detailed: true });
  const cases = NUMBERS.map((number) => makeCase(1, number)).filter(({ kind }) =>
    kind === "modules"
  );
  for (const each of cases) {
    Deno.writeFileSync(`${directory}/a.ko`, inputOf(each).bytes);
    await extractor.read([`${directory}/a.ko`]);
  }
  Deno.removeSync(directory, { recursive: true });
  const { faults, exportNames, needNames, alias } = extractor.finish();
  const unreadable = faults.filter(({ kind }) => kind === "unreadable").length / cases.length;
  assert(unreadable > 0.1 && unreadable < 0.6, `${unreadable} are unreadable`);
  assert(faults.some(({ kind }) => kind === "dropped"));
  for (const { length } of [exportNames, needNames, alias.values.offsets]) assert(length > 100);
});

Deno.test("makeCase() makes streams of all formats", () => {
  const cases = NUMBERS.map((number) => makeCase(1, number)).filter(({ kind }) =>
    kind === "streams"
  );
  const formats = new Set(cases.map((each) => findCompression(inputOf(each).bytes)));
  assertEquals([...formats].sort(), ["gzip", "xz", "zstd", undefined]);
});

for (const { label, ...shape } of SHAPES) {
  Deno.test(`findFields() finds the fields of an ${label} file`, () => {
    const bytes = buildModule({
      ...shape,
      exports: ["a"],
      versions: [{ name: "v", crc: 5 }],
      modinfo: ["alias=x"],
    });
    const { sections, symbols, versions, texts } = findFields(bytes)!;
    assertEquals(sections.length, 6); // the void one, .modinfo, __versions and three tables
    assertEquals(symbols.length, 2 * 6);
    const name = versions[1]!;
    assertEquals(decodeBytes(bytes.subarray(name.at, name.at + 1)), "v");
    const contents = texts.map(({ at, size }) => decodeBytes(bytes.subarray(at, at + size)));
    assert(contents.includes("alias=x\0"));
    assert(contents.includes("\0__crc_a\0"));
  });
}

Deno.test("findFields() finds none in what is no valid ELF file", () => {
  const bytes = buildModule({});
  assertEquals(findFields(bytes.subarray(0, 100)), undefined);
  assertEquals(findFields(new Uint8Array(200)), undefined);
});

Deno.test("applyEdits() replaces, inserts and removes, one after the other", () => {
  const edits: Edit[] = [
    { at: 1, remove: 2, insert: latin1("XYZ") }, // aXYZdef
    { at: 0, remove: 0, insert: latin1("_") }, // _aXYZdef
    { at: 6, remove: 100, insert: latin1("") }, // _aXYZd
    { at: 100, remove: 1, insert: latin1("!") },
  ];
  assertEquals(decodeBytes(applyEdits(latin1("abcdef"), edits)), "_aXYZd!");
});

Deno.test("reduceList() leaves the items that matter", async () => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  const wanted = [3, 50, 51, 99];
  const fails = (list: number[]) => Promise.resolve(wanted.every((item) => list.includes(item)));
  assertEquals(await reduceList(items, fails), wanted);
});

Deno.test("reduceCase() leaves out edits and bytes that do not matter", async () => {
  const word = latin1("crash");
  const edits = [3, 7, 20].map((at): Edit => ({
    at,
    remove: 0,
    insert: at === 7 ? word : latin1("-"),
  }));
  const original = latin1("x".repeat(1000));
  const fails = ({ bytes }: Input) => Promise.resolve(decodeBytes(bytes).includes("crash"));
  const { bytes } = await reduceCase({ kind: "texts", name: "args", original, edits }, fails);
  assertEquals(decodeBytes(bytes), "crash");
});
