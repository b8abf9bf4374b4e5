/**
 * Lists of findings, and what is shown of them.
 *
 * @module
 */
import { FindingList, listLines } from "../../lib/check/findings.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** A list of so many findings. */
function listOf(file: string, count: number): FindingList {
  const list = new FindingList();
  for (let i = 0; i < count; i++) list.addStale(`${file}${i}`, "gone");
  return list;
}

Deno.test("FindingList gives each finding as a line, escaped and of a bounded length", () => {
  const list = new FindingList();
  list.addStale("a\nb.ko", "caf\xe9");
  list.addStale("x".repeat(9999), "long");
  const { texts, omitted, isDamage } = list.finish();
  assertEquals([texts[0], omitted, isDamage], ["a\\x0ab.ko: caf\\xe9", 0, false]);
  assert(/^x{400}…$/.test(texts[1]!), texts[1]);
});

Deno.test("FindingList knows whether there is damage, even if it does not show that", () => {
  const list = listOf("a", 25);
  list.addDamage("modules.dep", "missing");
  const { texts, omitted, isDamage } = list.finish();
  assertEquals([texts.length, omitted, isDamage], [20, 6, true]);
});

Deno.test("listLines() shows up to twenty findings, and counts the others", () => {
  const [some, many] = [listOf("a", 15).finish(), listOf("b", 30).finish()];
  const as = Array.from({ length: 15 }, (_, i) => `a${i}: gone`);
  assertEquals(listLines([]), []);
  assertEquals(listLines([some]), as);
  assertEquals(listLines([listOf("b", 20).finish()]).length, 20);
  const bs = [0, 1, 2, 3, 4].map((i) => `b${i}: gone`);
  assertEquals(listLines([some, many]), [...as, ...bs, "and 25 more"]);
});
