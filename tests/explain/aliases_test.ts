/**
 * Which aliases match a name: those by which modprobe of kmod 34 finds their modules. The rows are its
 * answers (`modprobe -R`) on a tree with a module for each of these aliases.
 *
 * @module
 */
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { findMatches } from "../../lib/explain/aliases.ts";
import { matches } from "../../lib/explain/fnmatch.ts";
import { assertEquals } from "../support/assert.ts";

const ALIASES: readonly string[] = [
  "plain",
  "a*c",
  "a?c",
  "*",
  "a*b*c",
  "[ab]x",
  "[!ab]x",
  "[^ab]x",
  "[a-c]x",
  "[c-a]x",
  "[-a]x",
  "[a-]x",
  "[!]a]x",
  "[[:digit:][_]x",
  "[[:upper:][]x",
  "[[=a=][_]x",
  "[[.-.][_]x",
  "[\\a]x",
  "[[:digit:]]x",
  "a\\*c",
  "*\\*c",
  "*\\c",
  "*\\",
  "a-b",
  "[a-b]-c",
  "pci:v00008086d*sv*",
  "a/*",
  "**x",
  "x[]",
];

/** A name, and the aliases that match it, sorted. */
const ROWS: readonly (readonly [name: string, aliases: readonly string[]])[] = [
  ["plain", ["*", "plain"]],
  ["ac", ["*", "*\\c", "a*c"]],
  ["abc", ["*", "*\\c", "a*b*c", "a*c", "a?c"]],
  ["abbc", ["*", "*\\c", "a*b*c", "a*c"]],
  ["a*c", ["*", "*\\*c", "*\\c", "a*c", "a?c"]],
  ["a-b", ["*", "a-b"]],
  ["a_b", ["*", "a-b"]],
  ["ax", ["*", "**x", "[-a]x", "[[=a=][_]x", "[\\a]x", "[a-]x", "[a-c]x", "[ab]x"]],
  ["bx", ["*", "**x", "[a-c]x", "[ab]x"]],
  ["cx", ["*", "**x", "[!ab]x", "[^ab]x", "[a-c]x"]],
  ["dx", ["*", "**x", "[!ab]x", "[^ab]x"]],
  ["-x", ["*", "**x", "[!ab]x", "[[.-.][_]x", "[[:digit:][_]x", "[[=a=][_]x", "[^ab]x"]],
  ["_x", ["*", "**x", "[!ab]x", "[[.-.][_]x", "[[:digit:][_]x", "[[=a=][_]x", "[^ab]x"]],
  ["]x", []],
  ["1x", ["*", "**x", "[!ab]x", "[[:digit:][_]x", "[^ab]x"]],
  ["Ax", ["*", "**x", "[!ab]x", "[[:upper:][]x", "[^ab]x"]],
  ["a-c", ["*", "*\\c", "[a-b]-c", "a*c", "a?c"]],
  ["a_c", ["*", "*\\c", "[a-b]-c", "a*c", "a?c"]],
  ["*c", ["*", "*\\*c", "*\\c"]],
  ["x*c", ["*", "*\\*c", "*\\c"]],
  ["\\c", ["*", "*\\c"]],
  ["a\\*c", ["*", "*\\*c", "*\\c", "a*c", "a\\*c"]],
  ["a/b/c", ["*", "*\\c", "a*b*c", "a*c", "a/*"]],
  ["fox", ["*", "**x"]],
  ["x[]", ["*", "x[]"]],
  ["pci:v00008086d0000100Esv00", ["*", "pci:v00008086d*sv*"]],
  ["pci:v00008087d0000100Esv00", ["*"]],
  ["/x", []],
];

for (const [name, aliases] of ROWS) {
  Deno.test(`findMatches() finds the aliases for ${name} as modprobe does`, () => {
    const found = findMatches(encodeStrings(ALIASES), name).map((number) => ALIASES[number]!);
    assertEquals(found.sort(), aliases);
  });
}

Deno.test("findMatches() finds nothing by a name that no index can hold", () => {
  assertEquals(findMatches(encodeStrings(["*"]), "x".repeat(4096)), []);
  assertEquals(findMatches(encodeStrings(["*"]), "\u{1f600}"), []);
});

Deno.test("matches() does not try all ways in which stars may match", () => {
  const pattern = "*a".repeat(2000) + "b";
  assertEquals(matches(pattern, "a".repeat(4000)), false);
  assertEquals(matches(pattern, "a".repeat(4000) + "b"), true);
});
