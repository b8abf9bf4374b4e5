/**
 * Whether the indexes are newer than the modules (-A).
 *
 * @module
 */
import { isUpToDate } from "../../lib/discover/fresh.ts";
import type { Message } from "../../lib/model.ts";
import { assertEquals } from "../support/assert.ts";
import { withTree } from "../support/temp_tree.ts";

const NOW = 1_700_000_000;

/** Seconds of modification by path; the directories are older than all. */
type Times = Readonly<Record<string, number>>;

/** Whether `root/tree` is up to date, and the messages, with `@` for the root. */
function check(times: Times, outputDirectory = "tree") {
  const files = Object.fromEntries(Object.keys(times).map((path) => [path, ""]));
  return withTree(files, (root) => {
    for (const [path, time] of Object.entries(times)) {
      Deno.utimeSync(`${root}/${path}`, time, time);
    }
    const messages: string[] = [];
    const report = ({ level, text }: Message) => {
      messages.push(`${level}: ${text.replaceAll(root, "@")}`);
    };
    const places = { directory: `${root}/tree`, outputDirectory: `${root}/${outputDirectory}` };
    const bounds = { granted: [Deno.realPathSync(root)], reach: [] };
    return { fresh: isUpToDate(places, { bounds, report }), messages };
  });
}

const TIMES: readonly (readonly [about: string, times: Times, fresh: boolean])[] = [
  ["older modules", { "tree/modules.dep": NOW, "tree/a.ko": NOW - 1 }, true],
  ["a module of the same time", { "tree/modules.dep": NOW, "tree/a.ko": NOW }, true],
  ["a newer module", { "tree/modules.dep": NOW, "tree/a.ko": NOW + 1 }, false],
  [
    "one newer module among others",
    { "tree/modules.dep": NOW, "tree/a.ko": NOW - 9, "tree/x/y/b.ko.xz": NOW + 1 },
    false,
  ],
  ["a module newer by less than a second", {
    "tree/modules.dep": NOW + 0.1,
    "tree/a.ko": NOW + 0.9,
  }, true],
  ["a module of the next second", {
    "tree/modules.dep": NOW + 0.9,
    "tree/a.ko": NOW + 1,
  }, false],
  ["no module", { "tree/modules.dep": NOW }, true],
  ["newer files that are no modules", {
    "tree/modules.dep": NOW,
    "tree/modules.order": NOW + 9,
    "tree/build/a.ko": NOW + 9,
  }, true],
];

for (const [about, times, fresh] of TIMES) {
  Deno.test(`isUpToDate() is ${fresh} with ${about}`, () => {
    assertEquals(check(times), { fresh, messages: [] });
  });
}

Deno.test("isUpToDate() asks modules.dep of the output directory", () => {
  const times = { "tree/modules.dep": NOW - 9, "tree/a.ko": NOW, "out/modules.dep": NOW };
  assertEquals(check(times, "out").fresh, true);
  assertEquals(check(times).fresh, false);
});

Deno.test("isUpToDate() is false without modules.dep, and says so", () => {
  assertEquals(check({ "tree/a.ko": NOW }), {
    fresh: false,
    messages: ["error: could not fstatat(@/tree, modules.dep): No such file or directory"],
  });
});

Deno.test("isUpToDate() is false without the tree, and says so", () => {
  assertEquals(check({ "out/modules.dep": NOW }, "out"), {
    fresh: false,
    messages: ["error: could not open directory @/tree: No such file or directory"],
  });
});
