/**
 * The frame of an ELF file. Where a file is broken, the answer is the reference's: its reason for
 * `failed to load symbols from PATH` is the error's code. Where the reference stops at an
 * assertion (no section headers, no section of names), the code is EINVAL.
 *
 * @module
 */
import { assertEquals, assertThrows } from "../support/assert.ts";
import {
  buildModule,
  latin1,
  type ModuleSpec,
  type Shape,
  SHAPES,
} from "../support/elf_builder.ts";
import { Image } from "../../lib/bytes/image.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import { type ElfFile, parseElf, type Section } from "../../lib/elf/file.ts";
import { FormatError } from "../../lib/errors.ts";

function parse(module: Uint8Array): ElfFile {
  return parseElf(Image.of(module));
}

function parseSpec(spec: ModuleSpec): ElfFile {
  return parse(buildModule(spec));
}

function contentOf(elf: ElfFile, section: Section | undefined): string | undefined {
  if (section === undefined) return undefined;
  return decodeLatin1(elf.image.bytes.subarray(section.offset, section.offset + section.size));
}

function assertFormatError(module: Uint8Array, code: FormatError["code"]): void {
  assertEquals(assertThrows(() => parse(module), FormatError).code, code);
}

function headerSize({ bits }: Shape): number {
  return bits === 64 ? 64 : 52;
}

for (const { label, ...shape } of SHAPES) {
  Deno.test(`parseElf() of ${label} finds the sections of a module`, () => {
    const elf = parseSpec({
      ...shape,
      exports: ["a"],
      ksymtabStrings: ["a"],
      versions: [{ name: "module_layout" }],
      modinfo: ["license=GPL"],
    });
    assertEquals(contentOf(elf, elf.modinfo), "license=GPL\0");
    assertEquals(contentOf(elf, elf.strtab), "\0__crc_a\0");
    assertEquals(contentOf(elf, elf.ksymtabStrings), "a\0");
    assertEquals(elf.versions?.size, 64);
    assertEquals(elf.symtab?.size, shape.bits === 64 ? 48 : 32);
    assertEquals(elf.little, shape.little);
    assertEquals(elf.sectionCount, 7);
  });

  Deno.test(`parseElf() of ${label} reads the machine's number`, () => {
    assertEquals(parseSpec({ ...shape, machine: 0x1234 }).machine, 0x1234);
  });

  Deno.test(`parseElf() of ${label} gives undefined for sections that are not there`, () => {
    const elf = parseSpec({ ...shape, omit: [".symtab", ".strtab"] });
    const { symtab, strtab, modinfo, versions, ksymtabStrings } = elf;
    assertEquals([symtab, strtab, modinfo, versions, ksymtabStrings], Array(5).fill(undefined));
  });

  Deno.test(`parseElf() of ${label} takes the first of two sections of one name`, () => {
    const before = [{ name: ".modinfo", data: latin1("alias=first\0") }];
    const elf = parseSpec({ ...shape, before, modinfo: ["alias=second"] });
    assertEquals(contentOf(elf, elf.modinfo), "alias=first\0");
  });

  Deno.test(`parseElf() of ${label} passes over a section that leaves the file`, () => {
    const before = [{ name: ".modinfo", sh_offset: 100_000, sh_size: 1 }];
    const second = parseSpec({ ...shape, before, modinfo: ["alias=second"] });
    assertEquals(contentOf(second, second.modinfo), "alias=second\0");
    assertEquals(parseSpec({ ...shape, before }).modinfo, undefined);
  });

  Deno.test(`parseElf() of ${label} takes a section up to the last byte of the file`, () => {
    const { length } = buildModule({ ...shape, modinfo: ["alias=x"] });
    const sizedBy = (sh_size: number) =>
      parseSpec({ ...shape, modinfo: ["alias=x"], override: { ".modinfo": { sh_size } } });
    const offset = headerSize(shape);
    assertEquals(sizedBy(length - offset).modinfo, { offset, size: length - offset });
    assertEquals(sizedBy(length - offset + 1).modinfo, undefined);
  });

  Deno.test(`parseElf() of ${label} takes a section at offset 0 for absent`, () => {
    const override = { ".modinfo": { sh_offset: 0 } };
    assertEquals(parseSpec({ ...shape, modinfo: ["alias=x"], override }).modinfo, undefined);
  });

  Deno.test(`parseElf() of ${label} passes over a section whose name leaves the names`, () => {
    const override = { ".modinfo": { sh_name: 0xffff } };
    assertEquals(parseSpec({ ...shape, modinfo: ["alias=x"], override }).modinfo, undefined);
  });

  Deno.test(`parseElf() of ${label} does not look for names behind their section`, () => {
    const data = latin1("\0.symtab\0.strtab\0.shstrtab\0.modinfo\0");
    const nameAt = (sh_name: number) =>
      parseSpec({
        ...shape,
        modinfo: ["alias=x"],
        override: {
          ".modinfo": { sh_name },
          ".symtab": { sh_name: 1 },
          ".strtab": { sh_name: 9 },
          ".shstrtab": { sh_name: 17, data, sh_size: 27 },
        },
      });
    assertEquals(nameAt(27).modinfo, undefined);
    assertEquals(nameAt(17).modinfo, undefined);
    assertEquals(nameAt(1).symtab?.size, 8);
  });

  Deno.test(`parseElf() of ${label} compares whole names`, () => {
    const names = [".modinf", ".modinfo2", "x.modinfo", "modinfo", ".symtab_shndx", "__version"];
    const before = names.map((name) => ({ name, data: latin1("x") }));
    const elf = parseSpec({ ...shape, before });
    assertEquals([elf.modinfo, elf.versions], [undefined, undefined]);
    assertEquals(elf.symtab?.size, shape.bits === 64 ? 24 : 16);
  });

  Deno.test(`parseElf() of ${label} finds a name that is the end of another`, () => {
    const spec = { ...shape, modinfo: ["alias=x"] };
    const data = latin1("\0.rela.modinfo\0.shstrtab\0");
    const override = { ".modinfo": { sh_name: 6 }, ".shstrtab": { data, sh_name: 15 } };
    const elf = parseSpec({ ...spec, override });
    assertEquals(contentOf(elf, elf.modinfo), "alias=x\0");
  });

  for (let size = 16; size <= headerSize(shape); size += 4) {
    const code = size === 16 ? "ENOEXEC" : "EINVAL";
    Deno.test(`parseElf() of ${label} cut to ${size} bytes throws ${code}`, () => {
      assertFormatError(buildModule(shape).slice(0, size), code);
    });
  }

  const broken: Record<string, ModuleSpec> = {
    "section headers behind its end": { header: { e_shoff: 1_000_000 } },
    "section headers that end one byte behind its end": {
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
    "section names behind its end": { override: { ".shstrtab": { sh_offset: 100_000 } } },
    "section names without a last NUL": {
      override: { ".shstrtab": { data: latin1("\0.symtab\0.strtab\0.shstrtab") } },
    },
    "a section of names whose own name is nowhere": {
      override: { ".shstrtab": { sh_name: 0xffff } },
    },
    "empty section names": { override: { ".shstrtab": { data: latin1("") } } },
  };
  for (const [what, spec] of Object.entries(broken)) {
    Deno.test(`parseElf() of ${label} with ${what} throws EINVAL`, () => {
      assertFormatError(buildModule({ ...shape, ...spec }), "EINVAL");
    });
  }
}

Deno.test("parseElf() passes over a section whose offset and size overflow 64 bits", () => {
  const modinfo = ["alias=x"];
  for (const sh_offset of [2n ** 64n - 256n, 2n ** 63n, 2n ** 53n]) {
    const override = { ".modinfo": { sh_offset, sh_size: 512 } };
    assertEquals(parseSpec({ modinfo, override }).modinfo, undefined);
  }
});

Deno.test("parseElf() passes over a section whose offset and size overflow 32 bits", () => {
  const override = { ".modinfo": { sh_offset: 2 ** 32 - 256, sh_size: 512 } };
  assertEquals(parseSpec({ bits: 32, modinfo: ["alias=x"], override }).modinfo, undefined);
});

Deno.test("parseElf() of a file that is not ELF throws ENOEXEC", () => {
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
  Deno.test(`parseElf() of a file with ${what} throws ${code}`, () => {
    const module = buildModule();
    module[at] = byte;
    assertFormatError(module, code);
  });
}

Deno.test("parseElf() asks for no more of a file than its frame", () => {
  const module = buildModule({ before: [{ name: ".text", data: new Uint8Array(1_000_000) }] });
  let bytesRead = 0;
  const image = new Image();
  const source = {
    size: () => module.length,
    read(target: Uint8Array, offset: number): number {
      bytesRead += target.length;
      target.set(module.subarray(offset, offset + target.length));
      return target.length;
    },
  };
  assertEquals(image.open(source, module.length), true);
  assertEquals(parseElf(image).symtab?.size, 24);
  assertEquals(bytesRead < 100_000, true);
});
