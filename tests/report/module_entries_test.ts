/**
 * The entries of modules in a report.
 *
 * @module
 */
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { renderModules } from "../../lib/report/module_entries.ts";
import type { ModuleDetails } from "../../lib/report/observer.ts";
import { assert, assertEquals } from "../support/assert.ts";
import type { ReportedModule } from "../support/report.ts";

/** Texts of index files, without the beginnings of their names. */
function textsOf(files: Readonly<Record<string, string>>): ModuleDetails["texts"] {
  return new Map(Object.entries(files).map(([name, text]) => [`modules.${name}`, text]));
}

const EMPTY = {
  alias: "# Aliases.\n",
  symbols: "# Aliases for symbols.\n",
  softdep: "# Soft dependencies.\n",
  weakdep: "# Weak dependencies.\n",
};

/** Two modules, of which the second needs the first. */
const TWO: ModuleDetails = {
  modules: {
    paths: encodeStrings(["/t/a.ko.xz", "/t/b.ko"]),
    names: encodeStrings(["a", "b"]),
    indexPaths: encodeStrings(["a.ko.xz", "b.ko"]),
  },
  sizes: Float64Array.of(NaN, 2 ** 33),
  wanted: [0, 1],
  texts: textsOf({
    ...EMPTY,
    dep: "a.ko.xz:\nb.ko: a.ko.xz\n",
    alias: "# Aliases.\nalias x y a\nalias b a\nalias a a\nalias a b\n",
    symbols: "# Aliases for symbols.\nalias symbol:b a\nalias symbol:c b\nalias symbol:a a\n",
  }),
};

function entriesOf(details: ModuleDetails): ReportedModule[] {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const text = [...renderModules(details)].map((piece) => decoder.decode(piece)).join("");
  return JSON.parse(`[${text}]`);
}

Deno.test("renderModules() gives an entry for each module, in order", () => {
  const none = { cached: false, softDependencies: [], weakDependencies: [] };
  assertEquals(entriesOf(TWO), [
    {
      ...{ path: "a.ko.xz", name: "a", compression: "xz", size: null },
      ...{ aliases: 3, symbols: 2, dependencies: [] },
      ...none,
    },
    {
      ...{ path: "b.ko", name: "b", compression: "none", size: 2 ** 33 },
      ...{ aliases: 1, symbols: 1, dependencies: ["a.ko.xz"] },
      ...none,
    },
  ]);
});

Deno.test("renderModules() tells which modules the cache knew", () => {
  const entries = entriesOf({ ...TWO, wanted: [0] });
  assertEquals(entries.map(({ cached }) => cached), [false, true]);
});

Deno.test("renderModules() gives all soft and weak dependencies of a module", () => {
  const texts = textsOf({
    ...EMPTY,
    dep: "a.ko.xz:\nb.ko:\n",
    softdep: "# Soft.\nsoftdep a pre: x y\nsoftdep a post: z\nsoftdep b \n",
    weakdep: "# Weak.\nweakdep b a\n",
  });
  const [first, second] = entriesOf({ ...TWO, texts });
  assertEquals(first!.softDependencies, ["pre: x y", "post: z"]);
  assertEquals([first!.weakDependencies, second!.weakDependencies], [[], ["a"]]);
  assertEquals(second!.softDependencies, [""]);
});

Deno.test("renderModules() escapes what JSON does not hold", () => {
  const names = encodeStrings(['a"\\', "b"]);
  const texts = textsOf({
    ...EMPTY,
    dep: 'x:","\\/a"\\.ko:\nb.ko: x:","\\/a"\\.ko b.ko\n',
    alias: '# Aliases.\nalias x a"\\\n',
    softdep: '# Soft.\nsoftdep a"\\ pre: "x\\"\nsoftdep b \u2028\x01é\n',
  });
  const [first, second] = entriesOf({ ...TWO, modules: { ...TWO.modules, names }, texts });
  assertEquals([first!.path, first!.name, first!.aliases], ['x:","\\/a"\\.ko', 'a"\\', 1]);
  assertEquals(first!.softDependencies, ['pre: "x\\"']);
  assertEquals(second!.dependencies, ['x:","\\/a"\\.ko', "b.ko"]);
  assertEquals(second!.softDependencies, ["\u2028\x01é"]);
});

Deno.test("renderModules() gives many modules in pieces", () => {
  const count = 5000;
  const names = Array.from({ length: count }, (_, i) => `m${i}`);
  const paths = encodeStrings(names.map((name) => `${name}.ko`));
  const details: ModuleDetails = {
    modules: { paths, names: encodeStrings(names), indexPaths: paths },
    sizes: new Float64Array(count),
    wanted: [],
    texts: textsOf({ ...EMPTY, dep: names.map((name) => `${name}.ko:\n`).join("") }),
  };
  assert([...renderModules(details)].length > 1);
  assertEquals(entriesOf(details).map(({ path }) => path), names.map((name) => `${name}.ko`));
});

Deno.test("renderModules() gives nothing of no module", () => {
  const none = encodeStrings([]);
  const modules = { paths: none, names: none, indexPaths: none };
  const texts = textsOf({ ...EMPTY, dep: "" });
  assertEquals([...renderModules({ modules, sizes: new Float64Array(), wanted: [], texts })], []);
});

Deno.test("renderModules() gives JSON even where index files are not what a run writes", () => {
  const texts = textsOf({ dep: "\x01\n", alias: "a\n\n b", symbols: "\n", softdep: "x\ny \n" });
  assertEquals(entriesOf({ ...TWO, texts }).map(({ name }) => name), ["a", "b"]);
});
