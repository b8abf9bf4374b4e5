/**
 * Parser: the columns of all modules' facts.
 *
 * @module
 */
import { assertEquals, assertThrows } from "../support/assert.ts";
import { buildModule, latin1, type ModuleSpec, SHAPES } from "../support/elf_builder.ts";
import {
  type FactColumns,
  factsOf,
  listExports,
  listNeeds,
  listStrings,
  loadFile,
  makeParser,
  parseModules,
  readModule,
} from "../support/elf_facts.ts";
import type { Parser } from "../../lib/read/parser.ts";
import { FormatError } from "../../lib/errors.ts";

function parse(...specs: ModuleSpec[]): FactColumns {
  return parseModules(specs.map((spec) => buildModule(spec)));
}

function begin(parser: Parser, spec: ModuleSpec): void {
  loadFile(parser, buildModule(spec));
  parser.parseFile();
}

function exportNames(facts: FactColumns): string[][] {
  return listExports(facts).map((exports) => exports.map(({ name }) => name));
}

function needNames(facts: FactColumns): string[][] {
  return listNeeds(facts).map((needs) => needs.map(({ name }) => name));
}

for (const detailed of [true, false]) {
  Deno.test(`a parser without modules gives empty columns, detailed: ${detailed}`, () => {
    const none = new Uint32Array(0);
    const start = Uint32Array.of(0);
    const strings = { bytes: new Uint8Array(0), offsets: start };
    assertEquals(factsOf(makeParser(detailed).parser), {
      names: strings,
      exportStarts: start,
      exportNames: none,
      exportCrcLow: none,
      exportCrcHigh: none,
      needStarts: start,
      needNames: none,
      needCrcLow: none,
      needCrcHigh: none,
      needWeak: none,
      alias: { starts: start, values: strings },
      softdep: { starts: start, values: strings },
      weakdep: { starts: start, values: strings },
    });
  });

  Deno.test(`a parser keeps the symbols of each module in order, detailed: ${detailed}`, () => {
    const facts = parseModules([
      buildModule({ exports: ["b", "a"], needs: ["z"] }),
      buildModule(),
      buildModule({ exports: ["c"], needs: ["a", "b", "a"] }),
    ], detailed);
    assertEquals(exportNames(facts), [["b", "a"], [], ["c"]]);
    assertEquals(needNames(facts), [["z"], [], ["a", "b", "a"]]);
  });
}

Deno.test("a parser writes facts as columns", () => {
  const facts = parse(
    { exports: [{ name: "a", crc: 7 }, { name: "b", crc: 8 }], modinfo: ["alias=x", "alias=yz"] },
    {
      needs: ["b", { name: "c", weak: true }],
      versions: [{ name: "b", crc: 0x900000001n }],
      modinfo: ["softdep=pre: b", "weakdep=w"],
    },
  );
  assertEquals(facts, {
    names: { bytes: latin1("abc"), offsets: Uint32Array.of(0, 1, 2, 3) },
    exportStarts: Uint32Array.of(0, 2, 2),
    exportNames: Uint32Array.of(0, 1),
    exportCrcLow: Uint32Array.of(7, 8),
    exportCrcHigh: Uint32Array.of(0, 0),
    needStarts: Uint32Array.of(0, 0, 2),
    needNames: Uint32Array.of(1, 2),
    needCrcLow: Uint32Array.of(1, 0),
    needCrcHigh: Uint32Array.of(9, 0),
    needWeak: Uint32Array.of(0, 1),
    alias: {
      starts: Uint32Array.of(0, 2, 2),
      values: { bytes: latin1("xyz"), offsets: Uint32Array.of(0, 1, 3) },
    },
    softdep: {
      starts: Uint32Array.of(0, 0, 1),
      values: { bytes: latin1("pre: b"), offsets: Uint32Array.of(0, 6) },
    },
    weakdep: {
      starts: Uint32Array.of(0, 0, 1),
      values: { bytes: latin1("w"), offsets: Uint32Array.of(0, 1) },
    },
  });
});

Deno.test("a parser without details keeps neither CRCs nor weak references", () => {
  const exports = [{ name: "a", crc: 7 }];
  const needs = ["b", { name: "c", weak: true }];
  const versions = [{ name: "b", crc: 9 }, { name: "module_layout", crc: 10 }];
  const facts = parseModules([buildModule({ exports, needs, versions })], false);
  assertEquals([exportNames(facts), needNames(facts)], [[["a"]], [["b", "c", "module_layout"]]]);
  const { exportCrcLow, exportCrcHigh, needCrcLow, needCrcHigh, needWeak } = facts;
  for (const column of [exportCrcLow, exportCrcHigh, needCrcLow, needCrcHigh, needWeak]) {
    assertEquals(column, new Uint32Array(0));
  }
});

Deno.test("a parser gives one number to a name, whoever uses it", () => {
  const facts = parse({ exports: ["a"] }, { needs: ["a"] }, { versions: [{ name: "a" }] });
  assertEquals(facts.exportNames, Uint32Array.of(0));
  assertEquals(facts.needNames, Uint32Array.of(0, 0));
  assertEquals(facts.names.bytes, latin1("a"));
});

Deno.test("a parser keeps both halves of a CRC", () => {
  const facts = parse({
    exports: [{ name: "a", crc: 0x1_ffffffffn }, { name: "b", crc: 0xfffffffe_00000002n }],
    versions: [{ name: "a", crc: 0x4_00000003n }],
  });
  assertEquals(facts.exportCrcLow, Uint32Array.of(0xffffffff, 2));
  assertEquals(facts.exportCrcHigh, Uint32Array.of(1, 0xfffffffe));
  assertEquals([facts.needCrcLow, facts.needCrcHigh], [Uint32Array.of(3), Uint32Array.of(4)]);
});

Deno.test("a parser marks weak needs", () => {
  const needs = [true, false, true].map((weak, i) => ({ name: `n${i}`, weak }));
  assertEquals(parse({ needs }).needWeak, Uint32Array.of(1, 0, 1));
});

Deno.test("a parser keeps the three lists of strings separate", () => {
  const facts = parse(
    { modinfo: ["alias=pci:*", "softdep=pre: a", "alias="] },
    { modinfo: ["weakdep=w", "alias=usb:*"] },
  );
  assertEquals(listStrings(facts.alias), [["pci:*", ""], ["usb:*"]]);
  assertEquals(listStrings(facts.softdep), [["pre: a"], []]);
  assertEquals(listStrings(facts.weakdep), [[], ["w"]]);
});

Deno.test("a parser keeps the strings around one that no index can hold", () => {
  const { parser, dropped } = makeParser();
  const modinfo = ["alias=\x01", "alias=b\xe9", "softdep=x\ny", "weakdep=\x7f"];
  readModule(parser, buildModule({ modinfo: ["alias=a", ...modinfo, "alias=c", "softdep=z"] }));
  readModule(parser, buildModule({ modinfo: ["weakdep=w", ...modinfo] }));
  readModule(parser, buildModule({ modinfo: ["alias=d"] }));
  const facts = factsOf(parser);
  assertEquals(listStrings(facts.alias), [["a", "c"], [], ["d"]]);
  assertEquals(listStrings(facts.softdep), [["z"], [], []]);
  assertEquals(listStrings(facts.weakdep), [[], ["w"], []]);
  const want = ["alias: \x01", "alias: b\xe9", "softdep: x\ny", "weakdep: \x7f"];
  assertEquals(dropped, [...want, ...want]);
});

Deno.test("a parser passes on copies of what it drops", () => {
  const { parser, dropped } = makeParser();
  begin(parser, { modinfo: ["alias=\x01abc"], exports: ["\xe9"] });
  parser.parseExports();
  parser.parseModinfo();
  parser.image.bytes.fill(0);
  assertEquals(dropped, ["symbol: \xe9", "alias: \x01abc"]);
});

Deno.test("dropNeeds() takes back the needs of the current module alone", () => {
  const { parser } = makeParser();
  readModule(parser, buildModule({ needs: ["kept"], versions: [{ name: "kept", crc: 3 }] }));
  const needs = [{ name: "dropped", weak: true }, { name: "dropped too", weak: true }];
  begin(parser, { exports: ["export"], needs, symbols: [{ st_name: 5000 }] });
  parser.parseExports();
  assertThrows(() => parser.parseNeeds(), FormatError);
  parser.dropNeeds();
  parser.endModule();
  readModule(parser, buildModule({ needs: ["later"] }));
  const facts = factsOf(parser);
  assertEquals(listNeeds(facts), [[{ name: "kept", crc: 3n, weak: false }], [], [
    { name: "later", crc: 0n, weak: false },
  ]]);
  assertEquals(facts.needWeak, Uint32Array.of(0, 0));
  assertEquals([facts.needCrcLow, facts.needCrcHigh], [Uint32Array.of(3, 0), Uint32Array.of(0, 0)]);
});

for (const detailed of [true, false]) {
  Deno.test(`dropNeeds() leaves space for new needs of one module, detailed: ${detailed}`, () => {
    const { parser } = makeParser(detailed);
    readModule(parser, buildModule({ needs: ["kept"] }));
    begin(parser, { exports: ["e"], needs: ["x", "y"] });
    parser.parseExports();
    parser.parseNeeds();
    parser.dropNeeds();
    parser.parseNeeds();
    parser.endModule();
    const facts = factsOf(parser);
    assertEquals(needNames(facts), [["kept"], ["x", "y"]]);
    assertEquals(exportNames(facts), [[], ["e"]]);
    assertEquals(facts.needWeak.length, detailed ? 3 : 0);
  });

  Deno.test(`dropNeeds() without needs does nothing, detailed: ${detailed}`, () => {
    const { parser } = makeParser(detailed);
    begin(parser, {});
    parser.dropNeeds();
    parser.endModule();
    readModule(parser, buildModule({ needs: ["n"] }));
    assertEquals(needNames(factsOf(parser)), [[], ["n"]]);
  });
}

Deno.test("parseExports() that throws leaves the needs and strings to be read", () => {
  const { parser } = makeParser();
  const after = [{ name: "__ksymtab_strings", data: latin1("k1\0k2") }];
  begin(parser, { after, needs: ["n"], modinfo: ["alias=a"] });
  assertThrows(() => parser.parseExports(), FormatError);
  parser.parseNeeds();
  parser.parseModinfo();
  parser.endModule();
  const facts = factsOf(parser);
  assertEquals([exportNames(facts), needNames(facts)], [[[]], [["n"]]]);
  assertEquals(listStrings(facts.alias), [["a"]]);
});

Deno.test("endModule() closes a module that is no module", () => {
  const { parser } = makeParser();
  readModule(parser, buildModule({ exports: ["a"], modinfo: ["alias=x"] }));
  loadFile(parser, latin1("This is a text of more than sixteen bytes, and no module.\n"));
  assertThrows(() => parser.parseFile(), FormatError);
  parser.endModule();
  parser.begin(10);
  parser.endModule();
  readModule(parser, buildModule({ exports: ["b"], modinfo: ["alias=y"] }));
  const facts = factsOf(parser);
  assertEquals(exportNames(facts), [["a"], [], [], ["b"]]);
  assertEquals(listStrings(facts.alias), [["x"], [], [], ["y"]]);
});

Deno.test("the facts of closed modules can be taken as often as one likes", () => {
  const { parser } = makeParser();
  readModule(parser, buildModule({ exports: ["a"], needs: ["b"], modinfo: ["alias=x"] }));
  const first = factsOf(parser);
  const copy = structuredClone(first);
  readModule(parser, buildModule({ exports: ["c"], needs: ["a"], modinfo: ["alias=y"] }));
  assertEquals(first, copy);
  const facts = factsOf(parser);
  assertEquals([exportNames(facts), needNames(facts)], [[["a"], ["c"]], [["b"], ["a"]]]);
  assertEquals(listStrings(facts.alias), [["x"], ["y"]]);
});

Deno.test("two parsers have nothing in common", () => {
  const [first, second] = [makeParser().parser, makeParser().parser];
  begin(first, { exports: ["a"], needs: ["b"] });
  readModule(second, buildModule({ exports: ["c"], needs: ["b", "d"] }));
  first.parseExports();
  first.parseNeeds();
  first.endModule();
  assertEquals([exportNames(factsOf(first)), needNames(factsOf(first))], [[["a"]], [["b"]]]);
  assertEquals([exportNames(factsOf(second)), needNames(factsOf(second))], [[["c"]], [["b", "d"]]]);
});

Deno.test("a parser reads modules of all shapes one after another", () => {
  const modules = [...SHAPES, ...SHAPES.toReversed()].map(({ bits, little }, i) =>
    buildModule({
      bits,
      little,
      exports: [{ name: `e${i}`, crc: i }],
      needs: ["n"],
      versions: [{ name: "n", crc: i + 100 }],
      modinfo: [`alias=a${i}`],
    })
  );
  const facts = parseModules(modules);
  assertEquals(listExports(facts), modules.map((_, i) => [{ name: `e${i}`, crc: BigInt(i) }]));
  assertEquals(
    listNeeds(facts),
    modules.map((_, i) => [{ name: "n", crc: BigInt(i + 100), weak: false }]),
  );
  assertEquals(listStrings(facts.alias), modules.map((_, i) => [`a${i}`]));
});

Deno.test("a parser takes more symbols than its first columns hold", () => {
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const modules = Array.from({ length: 100 }, (_, module) =>
    buildModule({
      needs: names.map((name, i) => ({ name, weak: i % 2 === 1 })),
      exports: names.map((name) => ({ name: `${module}_${name}`, crc: module })),
      modinfo: [`alias=a${module}`],
    }));
  const facts = parseModules(modules);
  assertEquals(needNames(facts), modules.map(() => names));
  assertEquals(facts.needWeak, Uint32Array.from({ length: 5000 }, (_, i) => i % 2));
  assertEquals(
    listExports(facts),
    modules.map((_, module) =>
      names.map((name) => ({ name: `${module}_${name}`, crc: BigInt(module) }))
    ),
  );
  assertEquals(listStrings(facts.alias), modules.map((_, module) => [`a${module}`]));
});
