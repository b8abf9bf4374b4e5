/**
 * Whether the indexes are newer than the modules (-A).
 *
 * @module
 */
import { isUpToDate } from "../../lib/discover/fresh.ts";
import type { Config } from "../../lib/discover/config.ts";
import type { Message } from "../../lib/model.ts";
import { assertEquals } from "../support/assert.ts";
import { withTree } from "../support/temp_tree.ts";

const CONFIG: Config = { searches: ["updates"], overrides: [], externals: [], excludes: [] };

const NOW = 1_700_000_000;

/** Seconds of modification by path; the directories are older than all. */
type Times = Readonly<Record<string, number>>;

/** A text of `modules.dep` with a line for each path. */
function depOf(paths: readonly string[]): string {
  return paths.map((path) => `${path}: kernel/x.ko\n`).join("");
}

/** What is checked, besides the times of files. */
interface CheckOptions {
  /** Where `modules.dep` is. */
  readonly outputDirectory?: string;
  /** The paths in `modules.dep`; by default those of all modules. */
  readonly listed?: readonly string[];
  readonly config?: Partial<Config>;
  /** Names of all index files. */
  readonly names?: readonly string[];
}

/** Whether `root/tree` is up to date, and the messages, with `@` for the root. */
function check(times: Times, options: CheckOptions = {}) {
  const { outputDirectory = "tree", config = {}, names = ["modules.dep"] } = options;
  const modules = Object.keys(times).filter((path) => /^tree\/(?!build).*\.ko/.test(path));
  const { listed = modules.map((path) => path.slice("tree/".length)) } = options;
  const files = Object.fromEntries(
    Object.keys(times).map((path) => [path, path.endsWith("modules.dep") ? depOf(listed) : ""]),
  );
  return withTree(files, (root) => {
    for (const [path, time] of Object.entries(times)) {
      Deno.utimeSync(`${root}/${path}`, time, time);
    }
    const messages: string[] = [];
    const report = ({ level, text }: Message) => {
      messages.push(`${level}: ${text.replaceAll(root, "@")}`);
    };
    const search = {
      directory: `${root}/tree`,
      files: [],
      config: { ...CONFIG, ...config },
      base: "",
      bounds: { granted: [Deno.realPathSync(root)], reach: [] },
    };
    const outputs = { outputDirectory: `${root}/${outputDirectory}`, names };
    return { fresh: isUpToDate(search, { ...outputs, report }), messages };
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
  assertEquals(check(times, { outputDirectory: "out" }).fresh, true);
  assertEquals(check(times).fresh, false);
});

Deno.test("isUpToDate() is false without modules.dep, and says so", () => {
  assertEquals(check({ "tree/a.ko": NOW }), {
    fresh: false,
    messages: ["error: could not fstatat(@/tree, modules.dep): No such file or directory"],
  });
});

Deno.test("isUpToDate() is false without the tree, and says so", () => {
  assertEquals(check({ "out/modules.dep": NOW }, { outputDirectory: "out" }), {
    fresh: false,
    messages: ["error: could not open directory @/tree: No such file or directory"],
  });
});

const OLD: Times = { "tree/modules.dep": NOW, "tree/a.ko": NOW - 9, "tree/x/b.ko": NOW - 9 };

Deno.test("isUpToDate() is false with a module that modules.dep does not name", () => {
  assertEquals(check(OLD, { listed: ["a.ko"] }), { fresh: false, messages: [] });
});

Deno.test("isUpToDate() is false with a name in modules.dep that is gone", () => {
  assertEquals(check(OLD, { listed: ["a.ko", "x/b.ko", "c.ko"] }), { fresh: false, messages: [] });
});

Deno.test("isUpToDate() is false when a module was moved", () => {
  assertEquals(check(OLD, { listed: ["a.ko", "b.ko"] }), { fresh: false, messages: [] });
});

Deno.test("isUpToDate() is false without one of the index files", () => {
  const names = ["modules.dep", "modules.alias"];
  assertEquals(check(OLD, { names }), { fresh: false, messages: [] });
  assertEquals(check({ ...OLD, "tree/modules.alias": NOW }, { names }).fresh, true);
});

Deno.test("isUpToDate() goes by the modules that are selected", () => {
  const times = { ...OLD, "tree/updates/a.ko": NOW - 9 };
  assertEquals(check(times, { listed: ["updates/a.ko", "x/b.ko"] }).fresh, true);
  assertEquals(check(times, { listed: ["a.ko", "x/b.ko"] }).fresh, false);
  assertEquals(check(OLD, { listed: ["a.ko"], config: { excludes: ["x"] } }).fresh, true);
  assertEquals(check(OLD, { config: { excludes: ["x"] } }).fresh, false);
});
