/**
 * Lists of words in lines.
 *
 * @module
 */
import { count, cutList, fitWords, wrapWords } from "../../lib/explain/lines.ts";
import { assertEquals } from "../support/assert.ts";

const WORDS = Array.from({ length: 30 }, (_, i) => `word${i}`);

Deno.test("wrapWords() keeps all words, in lines of at most 78 columns", () => {
  const lines = wrapWords(WORDS, "    ");
  assertEquals(lines.every((line) => line.startsWith("    word") && line.length <= 78), true);
  assertEquals(lines.flatMap((line) => line.trim().split(" ")), WORDS);
  assertEquals(lines.length, 3);
});

Deno.test("wrapWords() gives a long word a line of its own", () => {
  const long = "x".repeat(100);
  assertEquals(wrapWords(["a", long, "b"], "  "), ["  a", `  ${long}`, "  b"]);
  assertEquals(wrapWords([], "  "), []);
});

Deno.test("fitWords() tells how many words do not fit", () => {
  assertEquals(fitWords("needs", ["a", "b"]), "needs a b");
  const line = fitWords("needs", WORDS);
  const shown = line.split(" ").filter((word) => word.startsWith("word"));
  assertEquals(line, `needs ${shown.join(" ")} and ${30 - shown.length} more`);
  assertEquals(line.length <= 78 && shown.length > 5, true);
});

Deno.test("cutList() escapes what could change the terminal, and cuts what is long", () => {
  assertEquals(cutList(["a\x1b[2J\n", "b", "c"], 2), ["a\\x1b[2J\\x0a", "b", "and 1 more"]);
  assertEquals(cutList(["x".repeat(500)], 1), ["x".repeat(200) + "…"]);
});

Deno.test("count() tells one from several", () => {
  assertEquals([count(1, "symbol"), count(2, "alias", "aliases")], ["1 symbol", "2 aliases"]);
});
