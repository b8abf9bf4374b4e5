/**
 * Why one of several files with the same name is used. Which one that is, tests/discover/select_test.ts
 * has from the reference.
 *
 * @module
 */
import { parseConfig } from "../../lib/discover/config.ts";
import { listDecisions } from "../../lib/explain/choice.ts";
import { selectModules, toModuleFile } from "../../lib/discover/select.ts";
import { assertEquals } from "../support/assert.ts";

const VERSION = "6.1.0-test";
const TREE = `/lib/modules/${VERSION}`;

/** Configuration, paths in the order found, and each decision. */
const ROWS: readonly (readonly [
  about: string,
  config: string,
  paths: readonly string[],
  decisions: readonly string[],
])[] = [
  ["a file alone", "", ["kernel/x.ko"], []],
  ["the default search word", "", ["kernel/x.ko", "updates/x.ko"], [
    "updates/x.ko over kernel/x.ko: search word updates ranks above files that no search word matches",
  ]],
  ["a file found later that ranks lower", "", ["updates/x.ko", "kernel/x.ko"], [
    "updates/x.ko over kernel/x.ko: search word updates ranks above files that no search word matches",
  ]],
  ["words in their order", "search a b built-in\n", ["kernel/x.ko", "b/x.ko", "a/x.ko"], [
    "b/x.ko over kernel/x.ko: search word b ranks above built-in",
    "a/x.ko over b/x.ko: search word a ranks above b",
  ]],
  ["built-in first", "search built-in updates\n", ["updates/x.ko", "kernel/x.ko"], [
    "kernel/x.ko over updates/x.ko: search word built-in ranks above updates",
  ]],
  ["files of one rank", "", ["kernel/a/x.ko", "kernel/b/x.ko"], [
    "kernel/a/x.ko over kernel/b/x.ko: the search words rank them alike, and it was found first",
  ]],
  ["an override", "override x * kernel\n", ["updates/x.ko", "kernel/x.ko"], [
    "kernel/x.ko over updates/x.ko: an override names kernel/x",
  ]],
  ["an override of another version", "override x 5.* kernel\n", ["updates/x.ko", "kernel/x.ko"], [
    "updates/x.ko over kernel/x.ko: search word updates ranks above files that no search word matches",
  ]],
  ["an external directory", "search external built-in\nexternal * /ext\n", [
    "kernel/x.ko",
    "/ext/x.ko",
  ], ["/ext/x.ko over kernel/x.ko: search word external (/ext) ranks above built-in"]],
  ["a file whose name no index can hold", "", ["kernel/x y/x.ko", "kernel/x.ko"], []],
];

for (const [about, text, paths, want] of ROWS) {
  Deno.test(`listDecisions() tells the rule of ${about}`, () => {
    const { config } = parseConfig([{ path: "depmod.conf", text }], VERSION);
    const files = paths.map((path) => {
      const found = {
        path: path.startsWith("/") ? path : `${TREE}/${path}`,
        again: false,
        cost: 0,
      };
      return toModuleFile(found, { directory: TREE, base: "" });
    });
    const decisions = listDecisions(files, config);
    const lines = decisions.map(({ winner, loser, reason }) => {
      return `${winner.indexPath} over ${loser.indexPath}: ${reason}`;
    });
    assertEquals(lines, want);
    const [selected] = selectModules(files, config).modules;
    if (decisions.length > 0) assertEquals(decisions.at(-1)!.winner, selected);
  });
}
