/**
 * Exports and needs. Odd cases are decided as the reference decides them (`modprobe
 * --show-exports`, `depmod -e`).
 *
 * @module
 */
import { assertEquals, assertThrows } from "../support/assert.ts";
import { buildModule, latin1, type ModuleSpec, SHAPES, SHN_ABS } from "../support/elf_builder.ts";
import {
  exportsOf,
  factsOf,
  listExports,
  listNeeds,
  loadFile,
  makeParser,
  needsOf,
  parseModules,
  PartialFile,
} from "../support/elf_facts.ts";
import { FormatError } from "../../lib/errors.ts";

/** The reference's CRC where one cannot be read. */
const UNREADABLE = 0xffffffffffffffffn;

function exportNames(spec: ModuleSpec): string[] {
  return exportsOf(buildModule(spec)).map(({ name }) => name);
}

function needNames(spec: ModuleSpec): string[] {
  return needsOf(buildModule(spec)).map(({ name }) => name);
}

/** Whatever makes the symbol table useless, with two names to fall back on. */
const FALLBACK = ["k1", "k2"];
const USELESS: Record<string, ModuleSpec> = {
  "no .symtab": { omit: [".symtab"] },
  "no .strtab": { omit: [".strtab"] },
  "a .symtab that leaves the file": { override: { ".symtab": { sh_size: 24_000_000 } } },
  "a .strtab that leaves the file": { override: { ".strtab": { sh_size: 1_000_000 } } },
  "a .symtab with half a symbol": { override: { ".symtab": { sh_size: 25 } } },
};

for (const { label, ...shape } of SHAPES) {
  Deno.test(`parseExports() of ${label} takes an absolute symbol's value`, () => {
    const exports = [{ name: "a", crc: 0xcafebabe }, { name: "b", crc: 1 }];
    const found = exportsOf(buildModule({ ...shape, exports }));
    assertEquals(found, [{ name: "a", crc: 0xcafebaben }, { name: "b", crc: 1n }]);
  });

  Deno.test(`parseExports() of ${label} takes an undefined symbol's value`, () => {
    const exports = [{ name: "a", crc: 7, form: "undefined" }, { name: "b", form: "undefined" }];
    const found = exportsOf(buildModule({ ...shape, exports } as ModuleSpec));
    assertEquals(found, [{ name: "a", crc: 7n }, { name: "b", crc: 0n }]);
  });

  Deno.test(`parseExports() of ${label} reads a CRC from the symbol's section`, () => {
    const found = exportsOf(buildModule({
      ...shape,
      exports: [
        { name: "a", crc: 0x11223344, form: "section" },
        { name: "b", crc: 5 },
        { name: "c", crc: 0xdeadbeef, form: "section" },
      ],
    }));
    assertEquals(found, [
      { name: "a", crc: 0x11223344n },
      { name: "b", crc: 5n },
      { name: "c", crc: 0xdeadbeefn },
    ]);
  });

  Deno.test(`parseExports() of ${label} reads a CRC at any offset that leaves 4 bytes`, () => {
    const module = (st_value: number) =>
      buildModule({
        ...shape,
        after: [{ name: "crcs", data: latin1("abcdefgh") }],
        symbols: [{ name: "__crc_x", st_value, st_shndx: "crcs" }],
      });
    assertEquals(exportsOf(module(3))[0]?.crc, shape.little ? 0x67666564n : 0x64656667n);
    assertEquals(exportsOf(module(4))[0]?.crc, shape.little ? 0x68676665n : 0x65666768n);
    assertEquals([5, 8, 0xfffffffe].map((at) => exportsOf(module(at))[0]?.crc), [
      UNREADABLE,
      UNREADABLE,
      UNREADABLE,
    ]);
  });

  Deno.test(`parseExports() of ${label} without __crc_ symbols takes __ksymtab_strings`, () => {
    const spec = { ...shape, needs: ["n"], ksymtabStrings: ["a", "b"] };
    const found = exportsOf(buildModule({ ...spec, symbols: [{ name: "a", st_shndx: 1 }] }));
    assertEquals(found, [{ name: "a", crc: 0n }, { name: "b", crc: 0n }]);
  });

  Deno.test(`parseNeeds() of ${label} gives undefined symbols in table order`, () => {
    const needs = ["b", { name: "w", weak: true }, "a"];
    const found = needsOf(buildModule({
      ...shape,
      exports: ["x"],
      needs,
      symbols: [{ name: "defined", st_shndx: 1 }, { name: "absolute", st_shndx: SHN_ABS }],
    }));
    assertEquals(found, [
      { name: "b", crc: 0n, weak: false },
      { name: "w", crc: 0n, weak: true },
      { name: "a", crc: 0n, weak: false },
    ]);
  });

  Deno.test(`parseNeeds() of ${label} takes CRCs from __versions`, () => {
    const found = needsOf(buildModule({
      ...shape,
      needs: ["a", "none", { name: "w", weak: true }],
      versions: [{ name: "w", crc: 0xfedcba98 }, { name: "a", crc: 0x12345678 }],
    }));
    assertEquals(found, [
      { name: "a", crc: 0x12345678n, weak: false },
      { name: "none", crc: 0n, weak: false },
      { name: "w", crc: 0xfedcba98n, weak: true },
    ]);
  });

  Deno.test(`parseNeeds() of ${label} adds the records that no symbol met, in their order`, () => {
    const versions = ["module_layout", "b", "z", "a", "y"].map((name, i) => ({ name, crc: i + 1 }));
    const found = needsOf(buildModule({ ...shape, needs: ["a", "b"], versions }));
    assertEquals(found.map(({ name, crc }) => `${name} ${crc}`), [
      "a 4",
      "b 2",
      "module_layout 1",
      "z 3",
      "y 5",
    ]);
    assertEquals(found.some(({ weak }) => weak), false);
  });

  for (const machine of [2, 43]) {
    Deno.test(`parseNeeds() of ${label} for machine ${machine} leaves out registers`, () => {
      const needs = [{ name: "g2", type: 13 }, "a", { name: "g3", type: 13, weak: true }];
      assertEquals(needNames({ ...shape, machine, needs }), ["a"]);
    });
  }

  for (const machine of [18, 62, 0x200, 0x2b00]) {
    Deno.test(`parseNeeds() of ${label} for machine ${machine} knows no registers`, () => {
      const needs = [{ name: "g2", type: 13 }, "a"];
      assertEquals(needNames({ ...shape, machine, needs }), ["g2", "a"]);
    });
  }

  for (const [what, spec] of Object.entries(USELESS)) {
    Deno.test(`parseExports() of ${label} with ${what} takes __ksymtab_strings`, () => {
      const module = { ...shape, exports: ["e"], ksymtabStrings: FALLBACK, ...spec };
      assertEquals(exportNames(module), FALLBACK);
    });

    Deno.test(`parseNeeds() of ${label} with ${what} throws FormatError`, () => {
      const module = buildModule({ ...shape, needs: ["a"], versions: [{ name: "b" }], ...spec });
      assertThrows(() => needsOf(module), FormatError);
    });
  }
}

Deno.test("parseExports() keeps all 64 bits of an absolute CRC", () => {
  for (const little of [true, false]) {
    const exports = [{ name: "a", crc: 0x1122334455667788n }];
    assertEquals(exportsOf(buildModule({ little, exports }))[0]?.crc, 0x1122334455667788n);
  }
});

Deno.test("parseExports() does not drop the upper half of an offset", () => {
  for (const little of [true, false]) {
    const symbols = [{ name: "__crc_a", st_value: 1n << 32n, st_shndx: ".modinfo" }];
    const [found] = exportsOf(buildModule({ little, modinfo: ["alias=x"], symbols }));
    assertEquals(found?.crc, UNREADABLE);
  }
});

Deno.test("parseExports() has no CRC where the symbol's section leaves the file", () => {
  const after = [{ name: "crcs", data: latin1("abcdefgh"), sh_offset: 100_000 }];
  const symbols = [{ name: "__crc_a", st_value: 0, st_shndx: "crcs" }];
  assertEquals(exportsOf(buildModule({ after, symbols }))[0]?.crc, UNREADABLE);
});

Deno.test("parseExports() has no CRC where the name of the symbol's section is nowhere", () => {
  const after = [{ name: "crcs", data: latin1("abcdefgh"), sh_name: 0xffff }];
  const symbols = [{ name: "__crc_a", st_value: 0, st_shndx: "crcs" }];
  assertEquals(exportsOf(buildModule({ after, symbols }))[0]?.crc, UNREADABLE);
});

Deno.test("parseExports() reads a CRC where the section's name is the last byte of the names", () => {
  const size = "\0crcs\0.symtab\0.strtab\0.shstrtab\0".length;
  const named = (sh_name: number) => {
    const after = [{ name: "crcs", data: latin1("\x01\0\0\0"), sh_name }];
    return exportsOf(buildModule({ after, symbols: [{ name: "__crc_a", st_shndx: "crcs" }] }));
  };
  assertEquals(named(size - 1)[0]?.crc, 1n);
  assertEquals(named(size)[0]?.crc, UNREADABLE);
});

// The reference stops at an assertion here, so the answer is this project's own.
for (const st_shndx of [99, 0xfff2, 0xffff]) {
  Deno.test(`parseExports() has no CRC where the symbol's section is ${st_shndx}`, () => {
    const symbols = [{ name: "__crc_a", st_shndx }, { name: "__crc_b", st_shndx: SHN_ABS }];
    const found = exportsOf(buildModule({ symbols }));
    assertEquals(found, [{ name: "a", crc: UNREADABLE }, { name: "b", crc: 0n }]);
  });
}

Deno.test("parseExports() keeps an export that comes twice", () => {
  const exports = [{ name: "a", crc: 1 }, { name: "b" }, { name: "a", crc: 2 }];
  const found = exportsOf(buildModule({ exports }));
  assertEquals(found.map(({ name, crc }) => `${name} ${crc}`), ["a 1", "b 0", "a 2"]);
});

Deno.test("parseExports() prefers __crc_ symbols to __ksymtab_strings", () => {
  assertEquals(exportNames({ exports: ["a"], ksymtabStrings: ["b"] }), ["a"]);
});

Deno.test("parseExports() takes only names that begin with __crc_", () => {
  const symbols = ["__crc", "_crc_a", "__CRC_a", "x__crc_a", "__crcxa", "__crc_real"]
    .map((name) => ({ name, st_shndx: SHN_ABS }));
  assertEquals(exportNames({ symbols }), ["real"]);
});

Deno.test("parseExports() keeps dots, spaces and all other printable ASCII in names", () => {
  const ascii = String.fromCharCode(...Array.from({ length: 0x5f }, (_, i) => 0x20 + i));
  assertEquals(exportNames({ exports: [".a", "a b", ascii] }), [".a", "a b", ascii]);
});

Deno.test("parseExports() leaves out names that no index can hold, and passes them on", () => {
  const names = ["\xe9\x80", "\x1f", "a\x7f", "\x80b", "\n", "\xff"];
  const module = buildModule({ exports: ["first", ...names, { name: "last", crc: 7 }] });
  const { parser, dropped } = makeParser();
  loadFile(parser, module);
  parser.parseFile();
  parser.parseExports();
  assertEquals(dropped, names.map((name) => `symbol: ${name}`));
  parser.endModule();
  const want = [{ name: "first", crc: 0n }, { name: "last", crc: 7n }];
  assertEquals(listExports(factsOf(parser)), [want]);
});

Deno.test("parseExports() leaves out such names of __ksymtab_strings too", () => {
  const { parser, dropped } = makeParser();
  loadFile(parser, buildModule({ ksymtabStrings: ["a", "\xe9", "b"] }));
  parser.parseFile();
  parser.parseExports();
  assertEquals(dropped, ["symbol: \xe9"]);
  parser.endModule();
  assertEquals(listExports(factsOf(parser))[0]?.map(({ name }) => name), ["a", "b"]);
});

Deno.test("parseNeeds() keeps all bytes of a name", () => {
  const names = ["\xe9\x80", "\x1f", "a\x7f", "\n"];
  assertEquals(needNames({ needs: names }), names);
});

Deno.test("parseExports() leaves out the first symbol, which is void by definition", () => {
  const module = buildModule({ exports: ["a", "b"] });
  module.copyWithin(64, 64 + 24, 64 + 48); // the table is after the header
  assertEquals(exportsOf(module).map(({ name }) => name), ["a", "b"]);
});

Deno.test("parseExports() ends the last name with .strtab", () => {
  const symbols = [{ st_name: 1, st_value: 9, st_shndx: SHN_ABS }];
  const module = (data: string) =>
    buildModule({ symbols, override: { ".strtab": { data: latin1(data) } } });
  assertEquals(exportsOf(module("\0__crc_foo")), [{ name: "foo", crc: 9n }]);
  assertEquals(exportsOf(module("\0__crc_f")), [{ name: "f", crc: 9n }]);
  assertEquals(exportsOf(module("\0__crc")), []);
});

Deno.test("parseExports() does not read names beyond .strtab", () => {
  const symbols = [{ st_name: 1, st_value: 9, st_shndx: SHN_ABS }];
  const cutTo = (sh_size: number) =>
    exportNames({ symbols, override: { ".strtab": { data: latin1("\0__crc_foo\0"), sh_size } } });
  assertEquals([10, 8, 7, 6, 2].map(cutTo), [["foo"], ["f"], [""], [], []]);
});

Deno.test("parseExports() reads a table of CRCs in few reads", () => {
  const exports = Array.from({ length: 1000 }, (_, i) => (
    { name: `e${i}`, crc: i, form: "section" } as const
  ));
  const override = { __kcrctab: { gap: 200_000 }, ".symtab": { gap: 200_000 } };
  const source = new PartialFile(buildModule({ exports, override }));
  const { parser } = makeParser();
  source.open(parser);
  parser.parseExports();
  parser.endModule();
  assertEquals(listExports(factsOf(parser))[0]?.[999], { name: "e999", crc: 999n });
  assertEquals(source.reads < 20, true, `${source.reads} reads`);
});

Deno.test("parseExports() takes __ksymtab_strings when any name leaves .strtab", () => {
  const spec = { exports: ["e"], ksymtabStrings: FALLBACK };
  for (const st_shndx of [0, 1]) {
    assertEquals(exportNames({ ...spec, symbols: [{ st_name: 9, st_shndx }] }), FALLBACK);
    assertEquals(exportNames({ ...spec, symbols: [{ st_name: 8, st_shndx }] }), ["e"]);
  }
});

Deno.test("parseExports() of a file with neither symbols nor strings gives nothing", () => {
  assertEquals(exportNames({}), []);
  assertEquals(exportNames({ omit: [".symtab", ".strtab"] }), []);
});

const KSYMTAB: readonly (readonly [string, string, readonly string[]])[] = [
  ["NULs before, between and after names", "\0\0k1\0\0\0k2\0\0", ["k1", "k2"]],
  ["a name of one byte", "k\0", ["k"]],
  ["no name", "\0\0", []],
  ["nothing", "", []],
  ["a lone byte, as if it were padding", "k", []],
  ["a lone byte after NULs", "\0\0k", []],
];

for (const [what, data, want] of KSYMTAB) {
  Deno.test(`parseExports() takes __ksymtab_strings with ${what}`, () => {
    assertEquals(exportNames({ after: [{ name: "__ksymtab_strings", data: latin1(data) }] }), want);
  });
}

Deno.test("parseExports() refuses __ksymtab_strings that do not end with NUL", () => {
  const after = [{ name: "__ksymtab_strings", data: latin1("k1\0k2") }];
  assertThrows(() => exportsOf(buildModule({ after })), FormatError);
});

Deno.test("parseNeeds() keeps a leading dot", () => {
  assertEquals(needNames({ needs: [".a", "..b", "."] }), [".a", "..b", "."]);
});

Deno.test("parseNeeds() takes undefined symbols of any binding but weak for strong", () => {
  const symbols = [0x00, 0x10, 0x20, 0x22, 0xa0].map((st_info, i) => ({ name: `s${i}`, st_info }));
  const found = needsOf(buildModule({ symbols }));
  assertEquals(found.map(({ weak }) => weak), [false, false, true, true, false]);
});

Deno.test("parseNeeds() takes an undefined __crc_ symbol for a need too", () => {
  const exports = [{ name: "a", form: "undefined" }] as const;
  assertEquals(needsOf(buildModule({ exports })), [{ name: "__crc_a", crc: 0n, weak: true }]);
});

Deno.test("parseNeeds() leaves out symbols without a name", () => {
  assertEquals(needNames({ symbols: [{}, { name: "a" }, { st_name: 2 }] }), ["a"]);
});

Deno.test("parseNeeds() keeps a need that comes twice, with the first record's CRC", () => {
  const found = needsOf(buildModule({
    needs: ["a", "b", "a"],
    versions: [{ name: "a", crc: 1 }, { name: "a", crc: 2 }],
  }));
  assertEquals(found.map(({ name, crc }) => `${name} ${crc}`), ["a 1", "b 0", "a 1", "a 2"]);
});

Deno.test("parseNeeds() passes on a record with an empty name", () => {
  const versions = [{ name: "", crc: 1 }, { name: "a", crc: 2 }];
  assertEquals(needNames({ needs: ["a"], versions }), ["a", ""]);
});

Deno.test("parseNeeds() without a usable __versions gives needs with CRC 0", () => {
  const spec = { needs: ["a"], versions: [{ name: "a", crc: 1 }, { name: "b", crc: 2 }] };
  for (const sh_size of [100, 64 * 1_000_000]) {
    const module = buildModule({ ...spec, override: { __versions: { sh_size } } });
    assertEquals(needsOf(module), [{ name: "a", crc: 0n, weak: false }]);
  }
});

Deno.test("parseNeeds() refuses a name in __versions that fills its record", () => {
  const versions = [{ name: "x".repeat(56) }];
  assertThrows(() => needsOf(buildModule({ needs: ["a"], versions })), FormatError);
});

Deno.test("parseNeeds() ends the last name with .strtab", () => {
  const override = { ".strtab": { data: latin1("\0need") } };
  assertEquals(needNames({ symbols: [{ st_name: 1 }], override }), ["need"]);
});

Deno.test("parseNeeds() refuses an undefined symbol whose name leaves .strtab", () => {
  assertThrows(() => needNames({ needs: ["a"], symbols: [{ st_name: 3 }] }), FormatError);
  assertEquals(needNames({ needs: ["a"], symbols: [{ st_name: 2 }] }), ["a"]);
});

Deno.test("parseNeeds() does not mind a defined symbol whose name leaves .strtab", () => {
  const symbols = [{ st_name: 5000, st_shndx: 1 }];
  assertEquals(needNames({ needs: ["a"], versions: [{ name: "v" }], symbols }), ["a", "v"]);
});

Deno.test("parseNeeds() of an empty symbol table gives the records alone", () => {
  for (const sh_size of [0, 24]) {
    const spec = { needs: ["a"], versions: [{ name: "v" }] };
    assertEquals(needNames({ ...spec, override: { ".symtab": { sh_size } } }), ["v"]);
  }
});

Deno.test("parseNeeds() of module after module does not mix their records", () => {
  const modules = [1, 2].map((crc) =>
    buildModule({ needs: ["a"], versions: [{ name: "a", crc }, { name: `b${crc}` }] })
  );
  const facts = parseModules([...modules, buildModule({ needs: ["a"] })]);
  const found = listNeeds(facts).map((needs) => needs.map(({ name, crc }) => `${name} ${crc}`));
  assertEquals(found, [["a 1", "b1 0"], ["a 2", "b2 0"], ["a 0"]]);
});
