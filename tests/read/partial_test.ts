/**
 * Modules of which only parts are read: each parser asks for all that it uses, whatever was read
 * before it.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { buildModule, SHAPES } from "../support/elf_builder.ts";
import {
  type FactColumns,
  factsOf,
  listExports,
  listNeeds,
  listStrings,
  makeParser,
  PartialFile,
} from "../support/elf_facts.ts";

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
    const facts = parsePart(buildModule({ ...spec, exports }), "parseExports");
    assertEquals(listExports(facts), [[{ name: "a", crc: 5n }, { name: "b", crc: 6n }]]);
  });

  Deno.test(`parseExports() of ${label} asks for __ksymtab_strings`, () => {
    const facts = parsePart(buildModule({ ...spec, ksymtabStrings: ["a", "b"] }), "parseExports");
    assertEquals(listExports(facts), [[{ name: "a", crc: 0n }, { name: "b", crc: 0n }]]);
  });

  Deno.test(`parseNeeds() of ${label} asks for symbols, names and versions`, () => {
    const versions = [{ name: "v", crc: 7 }, { name: "a", crc: 8 }];
    const facts = parsePart(buildModule({ ...spec, needs: ["a"], versions }), "parseNeeds");
    assertEquals(listNeeds(facts), [[
      { name: "a", crc: 8n, weak: false },
      { name: "v", crc: 7n, weak: false },
    ]]);
  });

  Deno.test(`parseModinfo() of ${label} asks for .modinfo`, () => {
    const modinfo = ["alias=a", "softdep=pre: b"];
    const facts = parsePart(buildModule({ ...spec, modinfo }), "parseModinfo");
    assertEquals(listStrings(facts.alias), [["a"]]);
    assertEquals(listStrings(facts.softdep), [["pre: b"]]);
  });

  Deno.test(`parseFile() of ${label} asks for section headers and names that are far apart`, () => {
    const module = buildModule({ ...spec, after: FAR_END, modinfo: ["alias=a"], needs: ["n"] });
    assertEquals(listStrings(parsePart(module, "parseModinfo").alias), [["a"]]);
    assertEquals(listNeeds(parsePart(module, "parseNeeds"))[0]?.map(({ name }) => name), ["n"]);
  });
}

/** What one of the functions finds in a module that nothing but the frame has been read of. */
function parsePart(
  module: Uint8Array,
  method: "parseExports" | "parseNeeds" | "parseModinfo",
): FactColumns {
  const { parser } = makeParser();
  new PartialFile(module).open(parser);
  parser[method]();
  parser.endModule();
  return factsOf(parser);
}
