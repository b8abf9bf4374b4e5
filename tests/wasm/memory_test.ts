/**
 * The memory of the parser: facts lie below the file that is being read, however many they are.
 * They get more memory between two modules, when the file moves up.
 *
 * @module
 */
import { FatalError, LimitError } from "../../lib/errors.ts";
import type { Parser } from "../../lib/read/parser.ts";
import { stringBytes } from "../../lib/bytes/strings.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import { compose } from "../../lib/wasm/compose.ts";
import { calculate, recycle, Workspace } from "../../lib/wasm/workspace.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { assertSameBytes } from "../support/compressed.ts";
import { buildLargeModule, buildModule, latin1, SHN_ABS } from "../support/elf_builder.ts";
import {
  factsOf,
  listExports,
  listNeeds,
  listStrings,
  loadFile,
  makeParser,
  PartialFile,
  readModule,
} from "../support/elf_facts.ts";
import { describeFacts, factsOf as makeFacts, mergeFacts } from "../support/facts.ts";

const MIB = 2 ** 20;

/** Pieces of one length, one after the other, each of which begins with its number. */
function numbered(
  count: number,
  { first, pattern }: { first: number; pattern: string },
): Uint8Array {
  const piece = latin1(pattern);
  const digits = pattern.indexOf("0000000");
  const bytes = new Uint8Array(count * piece.length);
  for (let i = 0; i < count; i++) {
    const at = i * piece.length;
    bytes.set(piece, at);
    for (let place = 6, rest = first + i; place >= 0; place--, rest = Math.floor(rest / 10)) {
      bytes[at + digits + place] = 0x30 + rest % 10;
    }
  }
  return bytes;
}

const REST_OF_ALIAS = "x".repeat(100);
const REST_OF_NAME = "y".repeat(40);

/** A module with `count` aliases and needs that no other module has. */
function largeModule(module: number, count: number): Uint8Array {
  const first = module * count;
  const aliases = numbered(count, { first, pattern: `alias=0000000${REST_OF_ALIAS}\0` });
  const name = `0000000${REST_OF_NAME}`;
  const records = numbered(count, { first, pattern: `\0\0\0\0\0\0\0\0${name}`.padEnd(64, "\0") });
  const file = buildLargeModule("__versions", records, {
    exports: [{ name: `export_${module}`, crc: module }],
    needs: ["module_layout"],
    before: [{ name: ".modinfo", sh_offset: 0 }],
  });
  return moveSection(file, { index: 1, data: aliases });
}

/** The file with the content of a section appended. */
function moveSection(
  file: Uint8Array,
  { index, data }: { index: number; data: Uint8Array },
): Uint8Array {
  const longer = new Uint8Array(file.length + data.length);
  longer.set(file);
  longer.set(data, file.length);
  const view = new DataView(longer.buffer);
  const header = Number(view.getBigUint64(40, true)) + index * 64;
  view.setBigUint64(header + 24, BigInt(file.length), true);
  view.setBigUint64(header + 32, BigInt(data.length), true);
  return longer;
}

/** All facts of modules that `largeModule` made, with `count` of each kind. */
function assertLargeFacts(parser: Parser, modules: number, count: number): void {
  const { names, alias, exportNames, exportCrcLow, needNames, needStarts } = factsOf(parser);
  const total = modules * count;
  const aliases = numbered(total, { first: 0, pattern: `0000000${REST_OF_ALIAS}` });
  assertSameBytes(alias.values.bytes, aliases, "aliases");
  assertEvery(alias.values.offsets, total + 1, (i) => i * (7 + REST_OF_ALIAS.length));
  assertEvery(alias.starts, modules + 1, (module) => module * count);
  assertEvery(exportCrcLow, modules, (module) => module);
  assertEvery(needStarts, modules + 1, (module) => module * (count + 1));
  for (let module = 0; module < modules; module++) {
    const exported = decodeLatin1(stringBytes(names, exportNames[module]!));
    assertEquals(exported, `export_${module}`);
    const needs = needNames.subarray(needStarts[module]! + 1, needStarts[module + 1]);
    const first = needs[0]!; // names have numbers in the order in which they appear
    assertEvery(needs, count, (i) => first + i);
    const want = numbered(count, { first: module * count, pattern: `0000000${REST_OF_NAME}` });
    const bytes = names.bytes.subarray(names.offsets[first], names.offsets[first + count]);
    assertSameBytes(bytes, want, `names of module ${module}`);
  }
}

function assertEvery(column: Uint32Array, length: number, want: (i: number) => number): void {
  assertEquals(column.length, length);
  assertEquals(column.findIndex((value, i) => value !== want(i)), -1, "first wrong number");
}

Deno.test("facts of more than 16 MiB come from several modules", () => {
  const { parser } = makeParser();
  const [modules, count] = [24, 6000];
  const addresses = new Set<number>();
  for (let module = 0; module < modules; module++) {
    readModule(parser, largeModule(module, count));
    addresses.add(parser.image.bytes.byteOffset);
  }
  assertLargeFacts(parser, modules, count);
  assert(factsOf(parser).alias.values.bytes.length > 15 * 10 ** 6);
  assert(addresses.size > 1, "the file was always in one place");
});

Deno.test("facts of more than 16 MiB come from files that are read in parts", () => {
  const { parser } = makeParser();
  const [modules, count] = [20, 8000];
  for (let module = 0; module < modules; module++) {
    new PartialFile(largeModule(module, count)).open(parser);
    parser.parseExports();
    parser.parseNeeds();
    parser.parseModinfo();
    parser.endModule();
  }
  assertLargeFacts(parser, modules, count);
});

/** A module whose facts need more memory than there is, and the function that notices it. */
const TOO_MUCH: Readonly<
  Record<string, readonly ["parseExports" | "parseNeeds" | "parseModinfo", () => Uint8Array]>
> = {
  "aliases": ["parseModinfo", () => {
    return buildLargeModule(".modinfo", encode("alias=x\0".repeat(1_200_000)));
  }],
  "softdeps": ["parseModinfo", () => {
    return buildLargeModule(".modinfo", encode("softdep\0".repeat(1_200_000)));
  }],
  "text": ["parseModinfo", () => {
    return buildLargeModule(".modinfo", encode(`weakdep=x\0weakdep=${"x".repeat(17 * MIB)}`));
  }],
  "exports": ["parseExports", () => symbolsModule("__crc_a", { count: 600_000, shndx: SHN_ABS })],
  "symbols": ["parseExports", () => {
    return symbolsModule("__crc_a", { count: 1_200_000, shndx: SHN_ABS });
  }],
  "needs": ["parseNeeds", () => symbolsModule("n", { count: 600_000, shndx: 0 })],
  "names": ["parseNeeds", () => {
    const pattern = `\0\0\0\0\0\0\0\0_0000000${"z".repeat(40)}`.padEnd(64, "\0");
    return buildLargeModule("__versions", numbered(200_000, { first: 0, pattern }));
  }],
};

/** The bytes of long ASCII texts. */
function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A module with `count` equal symbols. */
function symbolsModule(
  name: string,
  { count, shndx }: { count: number; shndx: number },
): Uint8Array {
  const symbols = new Uint8Array(24 * count);
  const view = new DataView(symbols.buffer);
  for (let i = 1; i < count; i++) {
    view.setUint32(i * 24, 1, true);
    view.setUint16(i * 24 + 6, shndx, true);
    view.setUint32(i * 24 + 8, 7, true);
  }
  return buildLargeModule(".symtab", symbols, { symbols: [{ name }] });
}

for (const [what, [method, makeModule]] of Object.entries(TOO_MUCH)) {
  Deno.test(`a module with more ${what} than there is memory for is refused, and no other`, () => {
    const { parser } = makeParser();
    const small = (i: number) =>
      buildModule({
        exports: [{ name: `e${i}`, crc: i }, `f${i}`],
        needs: [{ name: `n${i}`, weak: true }, "n"],
        versions: [{ name: "n", crc: i }],
        modinfo: [`alias=a${i}`, "alias=", `softdep=s${i}`, `weakdep=w${i}`, "weakdep="],
      });
    readModule(parser, small(0));
    loadFile(parser, makeModule());
    parser.parseFile();
    assertThrows(() => parser[method](), LimitError, "memory");
    parser.dropModule();
    parser.endModule();
    readModule(parser, small(1));
    readModule(parser, small(2));
    const facts = factsOf(parser);
    const lists = (list: (i: number) => unknown[]) => [list(0), [], list(1), list(2)];
    assertEquals(
      listExports(facts),
      lists((i) => [{ name: `e${i}`, crc: BigInt(i) }, { name: `f${i}`, crc: 0n }]),
    );
    assertEquals(
      listNeeds(facts),
      lists((i) => [
        { name: `n${i}`, crc: 0n, weak: true },
        { name: "n", crc: BigInt(i), weak: false },
      ]),
    );
    assertEquals(listStrings(facts.alias), lists((i) => [`a${i}`, ""]));
    assertEquals(listStrings(facts.softdep), lists((i) => [`s${i}`]));
    assertEquals(listStrings(facts.weakdep), lists((i) => [`w${i}`, ""]));
    assertEquals(facts.exportCrcLow.length, facts.exportNames.length);
    assertEquals(facts.needCrcHigh.length, facts.needNames.length);
  });
}

Deno.test("endModule() closes a module that has left no memory", () => {
  for (const modules of [255, 256, 511, 512, 1023]) {
    const { parser } = makeParser();
    for (let module = 0; module < modules; module++) {
      parser.begin(10);
      parser.endModule();
    }
    loadFile(parser, buildModule({ exports: ["e"], modinfo: ["alias=a"] }));
    parser.parseFile();
    parser.parseExports();
    parser.parseModinfo();
    takeAllMemory(parser);
    parser.endModule();
    readModule(parser, buildModule({ exports: ["f"], modinfo: ["alias=b"] }));
    const facts = factsOf(parser);
    assertEquals(listExports(facts).flat().map(({ name }) => name), ["e", "f"]);
    assertEquals(listStrings(facts.alias).slice(-2), [["a"], ["b"]]);
  }
});

function takeAllMemory({ workspace: { exports } }: Parser): void {
  for (let n = 23; n >= exports.blockSize(0); n--) {
    const takeSome = () => {
      for (;;) exports.allocate(n);
    };
    assertThrows(takeSome, LimitError, "memory");
  }
}

Deno.test("dropModule() takes back all that the current module said, and nothing else", () => {
  for (const detailed of [true, false]) {
    const { parser } = makeParser(detailed);
    const module = buildModule({
      exports: [{ name: "e", crc: 1 }],
      needs: ["n"],
      modinfo: ["alias=a", "softdep=s", "weakdep=w"],
    });
    readModule(parser, module);
    loadFile(parser, module);
    parser.parseFile();
    parser.parseExports();
    parser.parseNeeds();
    parser.parseModinfo();
    parser.dropModule();
    parser.endModule();
    parser.begin(10);
    parser.dropModule();
    parser.endModule();
    readModule(parser, module);
    const facts = factsOf(parser);
    const crc = detailed ? 1n : 0n;
    assertEquals(listExports(facts), [[{ name: "e", crc }], [], [], [{ name: "e", crc }]]);
    assertEquals(listNeeds(facts).map(({ length }) => length), [1, 0, 0, 1]);
    assertEquals(listStrings(facts.alias), [["a"], [], [], ["a"]]);
    assertEquals(listStrings(facts.softdep), [["s"], [], [], ["s"]]);
    assertEquals(listStrings(facts.weakdep), [["w"], [], [], ["w"]]);
    const details = detailed ? 2 : 0;
    assertEquals([facts.exportCrcLow.length, facts.exportCrcHigh.length], [details, details]);
    assertEquals([facts.needCrcLow.length, facts.needWeak.length], [details, details]);
  }
});

Deno.test("Workspace.put() takes arrays of any size, as long as they are there", () => {
  const workspace = new Workspace();
  const arrays = [0, 1, 15, 16, 17, 100_000, 20 * MIB, 3, 40 * MIB].map((length, i) =>
    new Uint8Array(length).fill(i + 1)
  );
  const addresses = arrays.map((array) => workspace.put(array));
  arrays.forEach((array, i) => {
    const { length } = array;
    const found = workspace.bytes(addresses[i]!, length);
    assertEquals([found[0], found[length - 1]], [array[0], array[length - 1]]);
  });
  const numbers = Uint32Array.of(1, 0xffffffff, 3);
  assertEquals(workspace.numbers(workspace.put(numbers), 3), numbers);
  assertEquals(workspace.numbers(workspace.put(numbers.subarray(1)), 2), numbers.subarray(1));
});

Deno.test("Workspace.clear() makes the memory free for other arrays", () => {
  const workspace = new Workspace();
  const { memory } = workspace.exports;
  let size = 0;
  for (let i = 0; i < 50; i++) {
    for (const length of [3 * MIB, 100, 5 * MIB, 0]) workspace.put(new Uint8Array(length));
    if (i === 0) size = memory.buffer.byteLength;
    workspace.clear();
  }
  assertEquals(memory.buffer.byteLength, size);
});

Deno.test("recycle() gives the memory of a parser to calculations", () => {
  const { parser } = makeParser();
  for (let module = 0; module < 8; module++) readModule(parser, largeModule(module, 6000));
  const { memory } = parser.workspace.exports;
  const size = memory.buffer.byteLength;
  recycle(parser.workspace);
  assertEquals(calculate((workspace) => workspace), parser.workspace);
  new Uint8Array(memory.buffer, 1 << 16).fill(0x5f);
  const modules = ["a", "b", "c"].map((name) => ({ exports: [name], alias: [`alias ${name}`] }));
  const parts = [[0, 2], [1]].map((numbers) => ({
    facts: makeFacts(numbers.map((number) => modules[number]!)),
    modules: numbers,
  }));
  const merged = mergeFacts(parts, { count: 3, detailed: true });
  assertEquals(describeFacts(merged), describeFacts(makeFacts(modules)));
  for (const length of [MIB, 3 * MIB, 2 * MIB]) {
    const strings = { bytes: new Uint8Array(length).fill(1), offsets: Uint32Array.of(0, length) };
    assertSameBytes(compose(1, [strings]).bytes, strings.bytes, "strings");
  }
  assertEquals(memory.buffer.byteLength, size);
});

Deno.test("Workspace.bytes() gives copies", () => {
  const workspace = new Workspace();
  const address = workspace.put(latin1("abc"));
  const copy = workspace.bytes(address, 3);
  workspace.clear();
  workspace.put(latin1("xyz"));
  assertEquals(copy, latin1("abc"));
  copy.fill(0);
  assertEquals(workspace.bytes(address, 3), latin1("xyz"));
});

Deno.test("a block of memory has an address of its own until it is released", () => {
  const { exports } = new Workspace();
  const sizes = [4, 4, 10, 4, 12, 10, 4, 20];
  const blocks = sizes.map((n) => ({ start: exports.allocate(n), size: 2 ** n }));
  const sorted = blocks.toSorted((a, b) => a.start - b.start);
  for (let i = 1; i < sorted.length; i++) {
    assert(sorted[i - 1]!.start + sorted[i - 1]!.size <= sorted[i]!.start);
  }
  exports.release(blocks[2]!.start, 10);
  exports.release(blocks[5]!.start, 10);
  const again = [exports.allocate(10), exports.allocate(10)].sort();
  assertEquals(again, [blocks[2]!.start, blocks[5]!.start].sort());
});

for (const [bytes, n] of [[0, 4], [1, 4], [16, 4], [17, 5], [32, 5], [33, 6], [2 ** 30, 30]]) {
  Deno.test(`a block for ${bytes} bytes has 2^${n}`, () => {
    assertEquals(new Workspace().exports.blockSize(bytes!), n);
  });
}

Deno.test("memory that is not to be had ends the run, but for that of one module", () => {
  const { exports } = new Workspace();
  assertThrows(() => exports.allocate(32), FatalError, "out of memory");
  exports.allocate(31);
  assertThrows(() => exports.allocate(31), FatalError, "out of memory");
  const { parser } = makeParser();
  parser.begin(10);
  for (const n of [25, 31, 32]) {
    assertThrows(() => parser.workspace.exports.allocate(n), LimitError, "memory");
  }
});

Deno.test("a string longer than any block of memory ends the run", () => {
  for (const length of [2 ** 31 + 1, 2 ** 31 + 100, 2 ** 32 - 1]) {
    const strings = { bytes: latin1("x"), offsets: Uint32Array.of(0, length) };
    assertThrows(() => compose(1, [strings]), FatalError, "out of memory");
  }
  assertEquals(compose(1, ["as before"]).bytes, latin1("as before"));
});

Deno.test("addresses beyond 2 GiB are no negative numbers", () => {
  const workspace = new Workspace();
  for (const n of [30, 29, 28, 28]) workspace.exports.allocate(n); // none of it is touched
  const bytes = latin1("abcdefgh".repeat(100));
  const address = workspace.put(bytes);
  assert(address >= 2 ** 31);
  assertEquals(workspace.bytes(address, bytes.length), bytes);
  workspace.clear();
  assertEquals(workspace.put(bytes), address);
});
