/**
 * Parsing the index files that are text.
 *
 * @module
 */
import { parseAliases, parseDependencies, parseNames } from "../../lib/check/parse_text.ts";
import { FormatError } from "../../lib/errors.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";

Deno.test("parseDependencies() gives paths and lines, in file order", () => {
  assertEquals(parseDependencies(latin1("b.ko: x/a.ko.xz /c.ko\nx/a.ko.xz:\n/c.ko: x/a.ko.xz\n")), {
    paths: ["b.ko", "x/a.ko.xz", "/c.ko"],
    lines: ["b.ko: x/a.ko.xz /c.ko", "x/a.ko.xz:", "/c.ko: x/a.ko.xz"],
  });
  assertEquals(parseDependencies(new Uint8Array()), { paths: [], lines: [] });
});

Deno.test("parseDependencies() takes a path that begins with # for a path", () => {
  assertEquals(parseDependencies(latin1("#a.ko:\n")).paths, ["#a.ko"]);
});

Deno.test("parseAliases() gives patterns, with all spaces in them, and modules", () => {
  const text = "# Heading\nalias a b c\nalias  empty\nalias pci:v* p\n";
  assertEquals(parseAliases(latin1(text)), {
    patterns: ["a b", "", "pci:v*"],
    modules: ["c", "empty", "p"],
  });
  assertEquals(parseAliases(latin1("# Heading\n")), { patterns: [], modules: [] });
});

Deno.test("parseAliases() gives symbols with what they begin with", () => {
  const text = "# Heading\nalias symbol:a_go a\n";
  const want = { patterns: ["symbol:a_go"], modules: ["a"] };
  assertEquals(parseAliases(latin1(text), "symbol:"), want);
});

const LINE = /^softdep (\S+) /;

Deno.test("parseNames() gives the names of modules, whatever follows them", () => {
  const text = "# Heading\nsoftdep a pre: caf\xe9\nsoftdep b \n";
  assertEquals(parseNames(latin1(text), LINE, { heading: "always" }), ["a", "b"]);
  assertEquals(parseNames(latin1(""), LINE, { heading: "maybe" }), []);
});

function names(bytes: Uint8Array): unknown {
  return parseNames(bytes, LINE, { heading: "always" });
}

function symbols(bytes: Uint8Array): unknown {
  return parseAliases(bytes, "symbol:");
}

const BAD: readonly (readonly [
  parse: (bytes: Uint8Array) => unknown,
  text: string,
  message: string,
  offset: number,
])[] = [
  [parseDependencies, "a.ko:\nb.k", "the last line is cut off", 9],
  [parseDependencies, "a.ko:\nb.ko\n", "a line without a path", 6],
  [parseDependencies, "a.ko:\n:\n", "a line without a path", 6],
  [parseDependencies, "a.ko:\n\n", "a line without a path", 6],
  [parseDependencies, "a.ko:\nb.ko:\na.ko:\n", "a second line for a.ko", 12],
  [parseDependencies, "a.ko: b.ko\n", "no line for b.ko, which another one needs", 6],
  [parseDependencies, "a.ko:\nb\xe9.ko:\n", "a character that no line has", 7],
  [parseAliases, "", "no heading", 0],
  [parseAliases, "alias a a\n", "no heading", 0],
  [parseAliases, "# Heading", "the last line is cut off", 9],
  [parseAliases, "# Heading\nalias a\0 a\n", "a character that no line has", 17],
  [parseAliases, "# Heading\nalias a\n", "a line that is no alias", 10],
  [parseAliases, "# Heading\nalias a a\nalia b b\n", "a line that is no alias", 20],
  [symbols, "# Heading\nalias a a\n", "a line that is no alias", 10],
  [names, "", "no heading", 0],
  [names, "# Heading\nsoftdep a b\nweakdep a b\n", "a line of another kind", 22],
  [names, "# Heading\nsoftdep a\n", "a line of another kind", 10],
];

for (const [parse, text, message, offset] of BAD) {
  Deno.test(`${parse.name}() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => parse(latin1(text)), FormatError);
    assertEquals([error.message, error.offset], [message, offset]);
  });
}

Deno.test("parseAliases() refuses more lines than memory can hold", () => {
  const bytes = new Uint8Array((1 << 22) + 10).fill(0x0a);
  bytes[0] = 0x23; // #
  assertThrows(() => parseAliases(bytes), FormatError, "more lines than any tree has");
});
