/**
 * Comparing index files byte for byte, and modules by their paths.
 *
 * @module
 */
import { compareFiles } from "../../lib/check/compare_files.ts";
import { findDifference } from "../../lib/check/compare_index.ts";
import { compareModules } from "../../lib/check/compare_modules.ts";
import type { IndexSet } from "../../lib/check/read_set.ts";
import { assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";

const DIFFERENCES: readonly (readonly [a: string, b: string, offset: number | undefined])[] = [
  ["", "", undefined],
  ["", "a", 0],
  ["abcdefgh", "abcdefgh", undefined],
  ["abcdefgh", "abcdefgx", 7],
  ["abcdefgh", "abcxefgx", 3],
  ["abcdefghi", "abcdefghx", 8],
  ["abcdefghi", "abcdefgh", 8],
  ["abcd", "abcdefgh", 4],
];

for (const [a, b, offset] of DIFFERENCES) {
  Deno.test(`findDifference() of "${a}" and "${b}" is ${offset}, wherever they are`, () => {
    assertEquals(findDifference(latin1(a), latin1(b)), offset);
    assertEquals(findDifference(latin1(b), latin1(a)), offset);
    const inside = latin1(`x${a}`).subarray(1);
    assertEquals(findDifference(inside, latin1(b)), offset);
  });
}

Deno.test("compareFiles() tells which files differ, and passes over those that are missing", () => {
  const set: IndexSet = new Map<string, Uint8Array | string>([["a", latin1("same")], [
    "b",
    latin1("old"),
  ], ["c", "missing"]]);
  const wanted = ["a", "b", "c"].map((name) => ({ name, bytes: latin1("same") }));
  const texts = ["b: differs from offset 0 on"];
  assertEquals(compareFiles(set, wanted), { texts, omitted: 0, isDamage: false });
});

Deno.test("compareModules() tells which modules are in one place only, in whatever order", () => {
  const nothing = { texts: [], omitted: 0, isDamage: false };
  assertEquals(compareModules(["a.ko", "x/b.ko"], ["x/b.ko", "a.ko"]), nothing);
  const { texts } = compareModules(["a.ko", "/opt/c.ko"], ["x/a.ko", "a.ko"]);
  assertEquals(texts, [
    "x/a.ko: not in modules.dep",
    "/opt/c.ko: in modules.dep, but not among the modules",
  ]);
});
