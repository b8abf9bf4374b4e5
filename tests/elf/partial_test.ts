/**
 * Modules of which only parts are read: each parser asks for all that it uses, whatever was read
 * before it.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { buildModule, SHAPES } from "../support/elf_builder.ts";
import { PartialFile, SymbolList } from "../support/elf_facts.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import { type ElfFile, parseElf } from "../../lib/elf/file.ts";
import { parseModinfo } from "../../lib/elf/modinfo.ts";
import { parseExports, parseNeeds } from "../../lib/elf/symbols.ts";
import { Versions } from "../../lib/elf/versions.ts";

/** More than an image reads at once or ahead, in front of every section. */
const FAR = { gap: 150_000 };
const OVERRIDE = {
  ".modinfo": FAR,
  "__versions": FAR,
  "__ksymtab_strings": FAR,
  "__kcrctab": FAR,
  ".symtab": FAR,
  ".strtab": FAR,
  ".shstrtab": FAR,
};
const FAR_END = [{ name: "end", ...FAR }];

for (const { label, ...shape } of SHAPES) {
  const spec = { ...shape, override: OVERRIDE };

  Deno.test(`parseExports() of ${label} asks for symbols, names and CRCs`, () => {
    const exports = [{ name: "a", crc: 5, form: "section" }, { name: "b", crc: 6 }] as const;
    const list = new SymbolList();
    parseExports(open(buildModule({ ...spec, exports })), list);
    assertEquals(list.exports, [{ name: "a", crc: 5n }, { name: "b", crc: 6n }]);
  });

  Deno.test(`parseExports() of ${label} asks for __ksymtab_strings`, () => {
    const list = new SymbolList();
    parseExports(open(buildModule({ ...spec, ksymtabStrings: ["a", "b"] })), list);
    assertEquals(list.exports.map(({ name }) => name), ["a", "b"]);
  });

  Deno.test(`parseNeeds() of ${label} asks for symbols, names and versions`, () => {
    const versions = [{ name: "v", crc: 7 }, { name: "a", crc: 8 }];
    const list = new SymbolList();
    parseNeeds(open(buildModule({ ...spec, needs: ["a"], versions })), list, new Versions());
    assertEquals(list.needs, [
      { name: "a", crc: 8n, weak: false },
      { name: "v", crc: 7n, weak: false },
    ]);
  });

  Deno.test(`parseModinfo() of ${label} asks for .modinfo`, () => {
    const elf = open(buildModule({ ...spec, modinfo: ["alias=a", "softdep=pre: b"] }));
    const found: string[] = [];
    parseModinfo(elf, (_, { start, end }) => {
      found.push(decodeLatin1(elf.image.bytes.subarray(start, end)));
    });
    assertEquals(found, ["a", "pre: b"]);
  });
}

Deno.test("parseElf() asks for section headers and names that are far apart", () => {
  const elf = open(buildModule({ after: FAR_END, modinfo: ["alias=a"], override: OVERRIDE }));
  assertEquals(elf.modinfo?.size, 8);
  assertEquals(elf.symtab?.size, 24);
});

function open(module: Uint8Array): ElfFile {
  return parseElf(new PartialFile(module).open());
}
