/**
 * The frame of an ELF file: which sections are found, and so which facts. Where a file is broken,
 * the answer is the reference's: its reason for `failed to load symbols from PATH` is the error's
 * code. Where the reference stops at an assertion (no section headers, no section of names), the
 * code is EINVAL.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import {
  buildModule,
  latin1,
  type ModuleSpec,
  nulTerminated,
  type Shape,
  SHAPES,
} from "../support/elf_builder.ts";
import {
  exportsOf,
  factsOf,
  listNeeds,
  listStrings,
  loadFile,
  makeParser,
  modinfoOf,
  needsOf,
} from "../support/elf_facts.ts";
import { concat } from "../support/compressed.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import { FormatError } from "../../lib/errors.ts";

function modinfo(spec: ModuleSpec): string[] {
  return modinfoOf(buildModule(spec));
}

function exportNames(spec: ModuleSpec): string[] {
  return exportsOf(buildModule(spec)).map(({ name }) => name);
}

function needNames(spec: ModuleSpec): string[] {
  return needsOf(buildModule(spec)).map(({ name }) => name);
}

function assertFormatError(module: Uint8Array, code: FormatError["code"]): void {
  const { parser } = makeParser();
  loadFile(parser, module);
  const error = assertThrows(() => parser.parseFile(), FormatError);
  assertEquals(error.code, code);
  assert(error.message !== "" && error.offset >= 0 && error.offset < 2 ** 32, String(error));
}

function headerSize({ bits }: Shape): number {
  return bits === 64 ? 64 : 52;
}

for (const { label, ...shape } of SHAPES) {
  Deno.test(`parseFile() of ${label} finds the sections of a module`, () => {
    const spec = {
      ...shape,
      needs: ["n"],
      ksymtabStrings: ["a"],
      versions: [{ name: "module_layout", crc: 5 }],
      modinfo: ["license=GPL", "alias=x"],
    };
    assertEquals(modinfo(spec), ["alias=x"]);
    assertEquals(exportNames(spec), ["a"]);
    assertEquals(exportNames({ ...spec, exports: ["b"] }), ["b"]);
    assertEquals(needsOf(buildModule(spec)), [
      { name: "n", crc: 0n, weak: false },
      { name: "module_layout", crc: 5n, weak: false },
    ]);
  });

  Deno.test(`parseFile() of ${label} finds sections however many there are`, () => {
    const before = Array.from({ length: 1000 }, (_, i) => ({ name: `.text.${i}` }));
    assertEquals(modinfo({ ...shape, before, modinfo: ["alias=x"] }), ["alias=x"]);
  });

  Deno.test(`parseFile() of ${label} takes sections that are not there for absent`, () => {
    const spec = { ...shape, omit: [".symtab", ".strtab"] };
    assertEquals([modinfo(spec), exportNames(spec)], [[], []]);
    assertThrows(() => needNames(spec), FormatError);
    assertEquals(needNames(shape), []);
  });

  Deno.test(`parseFile() of ${label} takes the first of two sections of one name`, () => {
    const before = [{ name: ".modinfo", data: latin1("alias=first\0") }];
    assertEquals(modinfo({ ...shape, before, modinfo: ["alias=second"] }), ["alias=first"]);
  });

  Deno.test(`parseFile() of ${label} passes over a section that leaves the file`, () => {
    const before = [{ name: ".modinfo", sh_offset: 100_000, sh_size: 1 }];
    assertEquals(modinfo({ ...shape, before, modinfo: ["alias=second"] }), ["alias=second"]);
    assertEquals(modinfo({ ...shape, before }), []);
  });

  Deno.test(`parseFile() of ${label} takes a section up to the last byte of the file`, () => {
    const spec = { ...shape, modinfo: ["alias=x"] };
    const end = latin1("\0alias=end");
    const size = buildModule(spec).length + end.length - headerSize(shape);
    const sizedBy = (sh_size: number) =>
      modinfoOf(concat(buildModule({ ...spec, override: { ".modinfo": { sh_size } } }), end));
    assertEquals(sizedBy(size), ["alias=x", "alias=end"]);
    assertEquals(sizedBy(size + 1), []);
  });

  Deno.test(`parseFile() of ${label} takes a section at offset 0 for absent`, () => {
    const at = (sh_offset: number, sh_size: number) => {
      const override = { ".modinfo": { sh_offset, sh_size } };
      const module = buildModule({ ...shape, modinfo: ["alias=x"], override });
      module.set(latin1("alias=zz"), 8); // e_ident has space for it
      return modinfoOf(module);
    };
    assertEquals(at(7, 9), ["alias=zz"]);
    assertEquals(at(0, 16), []);
  });

  for (const name of [".symtab", ".strtab"]) {
    Deno.test(`parseFile() of ${label} takes a ${name} at offset 0 for absent`, () => {
      const spec = { ...shape, exports: ["e"], ksymtabStrings: ["k1"], needs: ["n"] };
      const override = { [name]: { sh_offset: 0 } };
      assertEquals(exportNames({ ...spec, override }), ["k1"]);
      assertThrows(() => needNames({ ...spec, override }), FormatError);
    });
  }

  Deno.test(`parseFile() of ${label} passes over a section whose name leaves the names`, () => {
    const override = { ".modinfo": { sh_name: 0xffff } };
    assertEquals(modinfo({ ...shape, modinfo: ["alias=x"], override }), []);
  });

  Deno.test(`parseFile() of ${label} does not look for names beyond their section`, () => {
    const data = latin1("\0.symtab\0.strtab\0.shstrtab\0.modinfo\0");
    const nameAt = (sh_name: number) => ({
      ...shape,
      modinfo: ["alias=x"],
      override: {
        ".modinfo": { sh_name },
        ".symtab": { sh_name: 1 },
        ".strtab": { sh_name: 9 },
        ".shstrtab": { sh_name: 17, data, sh_size: 27 },
      },
    });
    assertEquals([modinfo(nameAt(27)), needNames(nameAt(27))], [[], []]);
    assertEquals([modinfo(nameAt(17)), needNames(nameAt(17))], [[], []]);
    // This makes it a .symtab of eight bytes, no multiple of a symbol's size.
    assertThrows(() => needNames(nameAt(1)), FormatError);
  });

  Deno.test(`parseFile() of ${label} compares whole names`, () => {
    const wanted = [".symtab", ".strtab", ".modinfo", "__versions", "__ksymtab_strings"];
    const near = wanted.flatMap((name) => [
      name.slice(0, -1),
      name.slice(1),
      `x${name}`,
      `${name}2`,
      `${name}_shndx`,
      name.toUpperCase(),
      ...Array.from(name, (_, i) => `${name.slice(0, i)}x${name.slice(i + 1)}`),
    ]);
    const record = new Uint8Array(64);
    record.set(latin1("alias=w\0\0\0k1"));
    const before = near.map((name) => ({ name, data: record }));
    const spec = { ...shape, before, needs: ["n"] };
    assertEquals([modinfo(spec), exportNames(spec), needNames(spec)], [[], [], ["n"]]);
  });

  Deno.test(`parseFile() of ${label} finds a name that is the end of another`, () => {
    const data = latin1("\0.rela.modinfo\0.shstrtab\0");
    const override = { ".modinfo": { sh_name: 6 }, ".shstrtab": { data, sh_name: 15 } };
    assertEquals(modinfo({ ...shape, modinfo: ["alias=x"], override }), ["alias=x"]);
  });

  Deno.test(`parseFile() of ${label} reads the machine's number`, () => {
    const needs = [{ name: "register", type: 13 }];
    const known = (machine: number) => needNames({ ...shape, machine, needs }).length === 1;
    assertEquals([2, 43, 0x200, 0x2b00, 0x0202, 0x1234].map(known), [
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  for (let size = 16; size <= headerSize(shape); size += 4) {
    const code = size === 16 ? "ENOEXEC" : "EINVAL";
    Deno.test(`parseFile() of ${label} cut to ${size} bytes throws ${code}`, () => {
      assertFormatError(buildModule(shape).slice(0, size), code);
    });
  }

  const broken: Record<string, ModuleSpec> = {
    "section headers beyond its end": { header: { e_shoff: 1_000_000 } },
    "section headers that end one byte beyond its end": {
      header: { e_shoff: buildModule(shape).length - 4 * (shape.bits === 64 ? 64 : 40) + 1 },
    },
    "section headers at the largest offset": {
      header: { e_shoff: shape.bits === 64 ? 2n ** 64n - 1n : 2 ** 32 - 1 },
    },
    "section headers of the other class's size": {
      header: { e_shentsize: shape.bits === 64 ? 40 : 64 },
    },
    "no section headers": { header: { e_shnum: 0 } },
    "neither section headers nor their size": {
      header: { e_shoff: 0, e_shentsize: 0, e_shnum: 0, e_shstrndx: 0 },
    },
    "no section of names": { omit: [".shstrtab"] },
    "a section of names with too high a number": { header: { e_shstrndx: 4 } },
    "section names beyond its end": { override: { ".shstrtab": { sh_offset: 100_000 } } },
    "section names without a last NUL": {
      override: { ".shstrtab": { data: latin1("\0.symtab\0.strtab\0.shstrtab") } },
    },
    "a section of names whose own name is nowhere": {
      override: { ".shstrtab": { sh_name: 0xffff } },
    },
    "empty section names": { override: { ".shstrtab": { data: latin1("") } } },
  };
  for (const [what, spec] of Object.entries(broken)) {
    Deno.test(`parseFile() of ${label} with ${what} throws EINVAL`, () => {
      assertFormatError(buildModule({ ...shape, ...spec }), "EINVAL");
    });
  }
}

Deno.test("parseFile() says that section headers leave the file, wherever they are to be", () => {
  for (const e_shoff of [2n ** 64n - 1n, 2n ** 64n - 64n, 2n ** 64n - 256n, 2n ** 32n, 1000n]) {
    const { parser } = makeParser();
    loadFile(parser, buildModule({ header: { e_shoff } }));
    assertThrows(() => parser.parseFile(), FormatError, "range leaves the file");
  }
});

Deno.test("parseFile() takes section names whose own name is their last byte, and no other", () => {
  const data = latin1("\0.shstrtab\0");
  const named = (sh_name: number) => buildModule({ override: { ".shstrtab": { data, sh_name } } });
  const { parser } = makeParser();
  loadFile(parser, named(10));
  parser.parseFile();
  assertFormatError(named(11), "EINVAL");
});

Deno.test("parseFile() passes over a section whose offset and size overflow 64 bits", () => {
  for (const sh_offset of [2n ** 64n - 256n, 2n ** 63n, 2n ** 53n]) {
    const override = { ".modinfo": { sh_offset, sh_size: 512 } };
    assertEquals(modinfo({ modinfo: ["alias=x"], override }), []);
  }
});

Deno.test("parseFile() passes over a section whose offset and size overflow 32 bits", () => {
  const override = { ".modinfo": { sh_offset: 2 ** 32 - 256, sh_size: 512 } };
  assertEquals(modinfo({ bits: 32, modinfo: ["alias=x"], override }), []);
});

Deno.test("parseFile() of a file that is not ELF throws ENOEXEC", () => {
  assertFormatError(
    latin1("This is a text of more than sixteen bytes, and no module.\n"),
    "ENOEXEC",
  );
});

const IDENT: readonly (readonly [string, number, number, FormatError["code"]])[] = [
  ["a wrong magic number", 0, 0x7e, "ENOEXEC"],
  ["a wrong last byte of the magic number", 3, 0x47, "ENOEXEC"],
  ["class 0", 4, 0, "EINVAL"],
  ["class 3", 4, 3, "EINVAL"],
  ["byte order 0", 5, 0, "EINVAL"],
  ["byte order 3", 5, 3, "EINVAL"],
];

for (const [what, at, byte, code] of IDENT) {
  Deno.test(`parseFile() of a file with ${what} throws ${code}`, () => {
    const module = buildModule();
    module[at] = byte;
    assertFormatError(module, code);
  });
}

/** A section, its content, the rest of the module, and all that is found there. */
const ENDS: readonly (readonly [string, Uint8Array, ModuleSpec, readonly string[]])[] = [
  [".modinfo", latin1("alias=a\0alias"), { modinfo: [] }, ["alias=a", "alias="]],
  [".modinfo", latin1("alias=a\0softdep"), { modinfo: [] }, ["alias=a", "softdep="]],
  [".modinfo", latin1("alias=a\0w"), { modinfo: [] }, ["alias=a"]],
  [".strtab", latin1("\0need"), symbolsAt(1, 2, 4), ["needs need", "needs eed", "needs d"]],
  [".strtab", latin1("\0__crc"), symbolsAt(1, 5), ["needs __crc", "needs c"]],
  [".strtab", latin1("\0__crc_a"), symbolsAt(1, 7), ["exports a", "needs __crc_a", "needs a"]],
  ["__ksymtab_strings", latin1("k1\0k\0"), { ksymtabStrings: [] }, ["exports k1", "exports k"]],
  ["__versions", latin1("\0".repeat(62) + "v\0"), { versions: [] }, ["needs "]],
  ["__versions", latin1("\0".repeat(8) + "v".repeat(55) + "\0"), { versions: [] }, [
    `needs ${"v".repeat(55)}`,
  ]],
  [
    ".shstrtab",
    nulTerminated(["", ".modinfo", ".symtab", ".strtab", "x"]),
    {
      modinfo: ["alias=x"],
      override: {
        ".modinfo": { sh_name: 1 },
        ".symtab": { sh_name: 10 },
        ".strtab": { sh_name: 18 },
        ".shstrtab": { sh_name: 27 },
      },
      after: [{ name: "x", sh_name: 26 }, { name: "", sh_name: 27 }],
    },
    ["alias=x"],
  ],
];

function symbolsAt(...places: number[]): ModuleSpec {
  return { symbols: places.map((st_name) => ({ st_name })) };
}

for (const [name, data, spec, want] of ENDS) {
  const shown = JSON.stringify(decodeLatin1(data).replaceAll("\0", " ").trim());
  for (const pages of [1, 2, 5]) {
    Deno.test(`a parser reads ${name} of ${shown} at the end of ${pages} pages of memory`, () => {
      const size = pages * 65536;
      const sh_offset = size - data.length;
      const section = { ...spec.override?.[name], data, sh_offset };
      const file = new Uint8Array(size);
      file.set(buildModule({ ...spec, override: { ...spec.override, [name]: section } }));
      file.set(data, sh_offset);
      const exports = exportsOf(file).map(({ name }) => `exports ${name}`);
      const needs = needsOf(file).map(({ name }) => `needs ${name}`);
      assertEquals([...modinfoOf(file), ...exports, ...needs], want);
    });
  }
}

Deno.test("parseFile() asks for no more of a file than its frame", () => {
  const before = [{ name: ".text", data: new Uint8Array(1_000_000) }];
  const module = buildModule({ before, needs: ["n"], modinfo: ["alias=a"] });
  let bytesRead = 0;
  const { parser } = makeParser();
  const source = {
    size: () => module.length,
    read(target: Uint8Array, offset: number): number {
      bytesRead += target.length;
      target.set(module.subarray(offset, offset + target.length));
      return target.length;
    },
  };
  parser.begin(10);
  assertEquals(parser.image.open(source, module.length), true);
  parser.parseFile();
  assertEquals(bytesRead < 100_000, true);
  parser.parseNeeds();
  parser.parseModinfo();
  parser.endModule();
  const facts = factsOf(parser);
  assertEquals(listNeeds(facts)[0]?.map(({ name }) => name), ["n"]);
  assertEquals(listStrings(facts.alias), [["a"]]);
});
