/**
 * The lines of a summary.
 *
 * @module
 */
import { makePlan } from "../../lib/cli/plan.ts";
import { parseOptions } from "../../lib/cli/parse_options.ts";
import type { Code } from "../../lib/codes.ts";
import type { Level, Message } from "../../lib/model.ts";
import type { RunRecord } from "../../lib/report/render_report.ts";
import { renderSummary } from "../../lib/report/summary.ts";
import { TreeRecord } from "../../lib/report/tree_record.ts";
import { assertEquals } from "../support/assert.ts";

/** What is to be observed of a tree. */
interface Seen {
  readonly version?: string;
  readonly args?: readonly string[];
  readonly modules?: readonly [count: number, wanted: number];
  readonly replaced?: readonly string[];
  readonly outcome?: string;
  readonly messages?: readonly (readonly [Level, Code])[];
}

function treeOf(
  { version = "6.1.0", args = [], modules, replaced = [], outcome = "complete", messages = [] }:
    Seen,
): TreeRecord {
  const tree = new TreeRecord(makePlan(parseOptions([...args, version])), false);
  if (modules !== undefined) tree.found({ count: modules[0], wanted: modules[1], contests: [] });
  messages.map(messageOf).forEach((message) => tree.report(message));
  tree.replaced(replaced);
  tree.ended(outcome);
  return tree;
}

function messageOf([level, code]: readonly [Level, Code]): Message {
  return { level, code, text: `a ${code}` };
}

/** The summary of a run on these trees that took 1.234 seconds. */
function summaryOf(trees: readonly Seen[], run: Partial<RunRecord> = {}): string[] {
  return renderSummary({
    began: 0,
    total: 1234.5,
    status: 0,
    readers: 1,
    messages: [],
    allKernels: trees.length > 1,
    trees: trees.map(treeOf),
    ...run,
  });
}

const ONE: Readonly<Record<string, readonly [Seen, string]>> = {
  "what was read and replaced": [
    { modules: [3, 3], replaced: ["modules.symbols", "modules.dep"] },
    "3 modules: 3 read; replaced modules.dep, modules.symbols; 1.23 s",
  ],
  "that a single module was read": [
    { modules: [1, 1], replaced: ["modules.dep"] },
    "1 module: 1 read; replaced modules.dep; 1.23 s",
  ],
  "how many files were replaced, if they are many": [
    { modules: [3, 3], replaced: ["a", "b", "c", "d", "e"] },
    "3 modules: 3 read; replaced 5 files; 1.23 s",
  ],
  "what the cache knew": [
    { args: ["--cache"], modules: [10, 2], replaced: ["modules.dep"] },
    "10 modules: 2 read, 8 from the cache; replaced modules.dep; 1.23 s",
  ],
  "that nothing has changed": [
    { modules: [3, 3] },
    "3 modules: 3 read; nothing has changed; 1.23 s",
  ],
  "that nothing was looked at": [{ args: ["-A"] }, "nothing has changed; 1.23 s"],
  "that something is left out": [
    { modules: [3, 3], replaced: ["modules.dep"], outcome: "incomplete" },
    "3 modules: 3 read; replaced modules.dep, not complete; 1.23 s",
  ],
  "that nothing was written": [
    { modules: [3, 3], outcome: "nothing written" },
    "3 modules: 3 read; nothing written; 1.23 s",
  ],
  "what a check says": [
    { args: ["--check"], modules: [3, 0], outcome: "out of date" },
    "3 modules: 0 read; out of date; 1.23 s",
  ],
  "that the files were shown": [
    { args: ["-n"], modules: [3, 3] },
    "3 modules: 3 read; shown; 1.23 s",
  ],
};

for (const [what, [seen, line]] of Object.entries(ONE)) {
  Deno.test(`renderSummary() tells ${what}`, () => {
    assertEquals(summaryOf([seen]), [line]);
  });
}

Deno.test("renderSummary() counts errors and warnings by level, and by code from the most frequent", () => {
  const messages = [
    ["warning", "alias-bracket"],
    ["error", "module-unreadable"],
    ["info", "config-skipped"],
    ["warning", "same-priority"],
    ["output", "dependency"],
    ["warning", "alias-bracket"],
  ] as const;
  assertEquals(
    summaryOf([{ modules: [3, 3], messages }])[1],
    [
      "1 error, 3 warnings: 2 alias-bracket, 1 module-unreadable, 1 same-priority",
    ][0],
  );
});

Deno.test("renderSummary() tells of a run that failed before any tree was known", () => {
  const messages = [messageOf(["fatal", "no-versions"])];
  assertEquals(summaryOf([], { messages, allKernels: true }), [
    "nothing written; 1.23 s",
    "1 fatal error: 1 no-versions",
  ]);
});

Deno.test("renderSummary() has one line for all trees in which nothing has changed", () => {
  const trees = [
    { version: "6.1.0", modules: [4, 4] },
    { version: "6.2.0", modules: [5, 5] },
  ] as const;
  assertEquals(summaryOf(trees), [
    "9 modules of 2 versions: 9 read; nothing has changed; 1.23 s",
  ]);
});

Deno.test("renderSummary() names the trees in which something has changed", () => {
  const trees = [
    { version: "6.1.0", modules: [4, 1], args: ["--cache"], replaced: ["modules.dep"] },
    { version: "6.2.0", modules: [5, 0], args: ["--cache"] },
    { version: "6.3.0", outcome: "nothing written", messages: [["error", "cycle"]] },
  ] as const;
  assertEquals(summaryOf(trees), [
    "9 modules of 2 versions: 1 read, 8 from the cache; 6.1.0: replaced modules.dep; " +
    "6.3.0: nothing written; 1.23 s",
    "1 error: 1 cycle",
  ]);
});

Deno.test("renderSummary() names four trees at most", () => {
  const trees = Array.from({ length: 6 }, (_, i) => {
    return { version: `6.${i}.0`, modules: [1, 1] as const, replaced: ["modules.dep"] };
  });
  const [line] = summaryOf(trees);
  assertEquals(line!.match(/6\.\d\.0: /g)!.length, 4);
  assertEquals(line!.includes("; 2 more have changed; "), true);
});
