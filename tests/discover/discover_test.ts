/**
 * The discovery of modules: those of a tree and of external directories, or those that are named,
 * in the order in which the index files list them.
 *
 * @module
 */
import { decodeStrings } from "../../lib/bytes/strings.ts";
import type { Config } from "../../lib/discover/config.ts";
import { PLAIN_COST, readingCost } from "../../lib/discover/cost.ts";
import { discover, discoverUnordered } from "../../lib/discover/discover.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { type TreeFiles, withTree } from "../support/temp_tree.ts";

/** Where to look, with `@` for the directory that all others are in. */
interface SearchSpec {
  readonly directory?: string;
  readonly files?: readonly string[];
  readonly config?: Partial<Config>;
  readonly base?: string;
}

const CONFIG: Config = { searches: ["updates"], overrides: [], externals: [], excludes: [] };

/** What is discovered in these files: columns as lists, and messages as `level: text`. */
function discoverIn(files: TreeFiles, spec: SearchSpec = {}) {
  return withTree(files, (root) => {
    const place = (path: string) => path.replace("@", root);
    const config = { ...CONFIG, ...spec.config };
    const told: number[] = [];
    const { modules, costs, messages, failure } = discover({
      directory: place(spec.directory ?? "@/tree"),
      files: (spec.files ?? []).map(place),
      config: { ...config, externals: config.externals.map(place) },
      base: spec.base ?? "",
      bounds: { granted: [`${root}/tree`], reach: [] },
    }, {
      measure: (path) => {
        const cost = readingCost(path);
        told.push(cost);
        return cost;
      },
    });
    const shown = (text: string) => text.replaceAll(root, "@");
    return {
      paths: decodeStrings(modules.paths).map(shown),
      names: decodeStrings(modules.names),
      indexPaths: decodeStrings(modules.indexPaths).map(shown),
      costs: [...costs],
      told,
      messages: messages.map(({ level, text, fails }) => {
        return `${level}: ${shown(text)}${fails ? " (fails)" : ""}`;
      }),
      failure: failure && shown(failure.text),
    };
  });
}

/** Empty module files in the tree, and `modules.order` with these lines. */
function treeOf(paths: readonly string[], order: readonly string[] = []): TreeFiles {
  return {
    ...Object.fromEntries(paths.map((path) => [`tree/${path}`, ""])),
    "tree/modules.order": order.map((line) => line + "\n").join(""),
  };
}

const NOTHING = { paths: [], names: [], indexPaths: [], costs: [], told: [] };

const NO_ORDER = "warning: could not open modules.order at @/tree: No such file or directory";

/** Modules, and the order in which the reference writes them without modules.order. */
const HASHED = [
  "kernel/sound/soundcore.ko",
  "kernel/lib/crc16.ko",
  "kernel/net/ipv6/ipv6.ko",
  "kernel/fs/mbcache.ko",
  "kernel/fs/ext4/ext4.ko",
  "kernel/fs/jbd2/jbd2.ko",
];

Deno.test("discover() puts modules in the order of modules.order, then in hash order", () => {
  const order = ["kernel/fs/jbd2/jbd2.ko", "kernel/none.ko", "kernel/fs/mbcache.ko"];
  const { indexPaths, messages, failure } = discoverIn(treeOf(HASHED, order));
  assertEquals(indexPaths, [
    "kernel/fs/jbd2/jbd2.ko",
    "kernel/fs/mbcache.ko",
    "kernel/sound/soundcore.ko",
    "kernel/lib/crc16.ko",
    "kernel/net/ipv6/ipv6.ko",
    "kernel/fs/ext4/ext4.ko",
  ]);
  assertEquals([messages, failure], [[], undefined]);
});

Deno.test("discover() says that there is no modules.order, and takes hash order", () => {
  const { "tree/modules.order": _, ...files } = treeOf(HASHED);
  const { indexPaths, messages, failure } = discoverIn(files);
  assertEquals(indexPaths, HASHED);
  assertEquals([messages, failure], [[NO_ORDER], undefined]);
});

Deno.test("discover() says what is wrong with modules.order, and takes hash order", () => {
  const files = { ...treeOf(HASHED), "tree/modules.order": "kernel/fs/ext4/ext4.ko" };
  const { indexPaths, messages } = discoverIn(files);
  assertEquals(indexPaths, HASHED);
  assertEquals(messages, ["error: @/tree/modules.order:1 corrupted line misses '\\n'"]);
});

Deno.test("discover() reads no modules.order that is a link out of bounds", () => {
  const files: TreeFiles = {
    ...treeOf(HASHED),
    "tree/modules.order": { target: "../out/order" },
    "out/order": "kernel/fs/ext4/ext4.ko\n",
  };
  const { indexPaths, messages } = discoverIn(files);
  assertEquals(indexPaths, HASHED);
  assertEquals(messages, [
    "error: @/tree/modules.order leads to @/out/order, where nothing may be read: " +
    "--allow-read=@/out would permit it (fails)",
  ]);
});

Deno.test("discover() gives paths, names and paths for the indexes", () => {
  const order = ["g/b-c.ko", "e.ko"];
  const files = { ...treeOf(["g/b-c.ko.xz", "e.ko"], order), "ext/f-g.ko": "" };
  const { paths, names, indexPaths } = discoverIn(files, { config: { externals: ["@/ext"] } });
  assertEquals(paths, ["@/tree/g/b-c.ko.xz", "@/tree/e.ko", "@/ext/f-g.ko"]);
  assertEquals(names, ["b_c", "e", "f_g"]);
  assertEquals(indexPaths, ["g/b-c.ko.xz", "e.ko", "@/ext/f-g.ko"]);
});

Deno.test("discover() gives what each module costs, in the order of the modules", () => {
  const files = {
    ...treeOf(["a.ko", "c.ko", "e.ko"], ["e.ko", "d.ko", "c.ko", "b.ko", "a.ko"]),
    "tree/b.ko.xz": "x".repeat(1024),
    "tree/d.ko.gz": "x".repeat(1024),
  };
  const { indexPaths, costs } = discoverIn(files);
  assertEquals(indexPaths, ["e.ko", "d.ko.gz", "c.ko", "b.ko.xz", "a.ko"]);
  const [e, d, c, b, a] = costs;
  assertEquals([e, c, a], [PLAIN_COST, PLAIN_COST, PLAIN_COST]);
  assert(d! > PLAIN_COST, "compressed");
  assert(b! > d!, "compressed so that it takes longer");
});

Deno.test("discover() asks for the cost of each file that it finds, used or not", () => {
  const files = { ...treeOf(["a/x.ko", "updates/x.ko"]), "tree/b/y.ko.xz": "x".repeat(1024) };
  const { names, told } = discoverIn(files);
  assertEquals(names.sort(), ["x", "y"]);
  assertEquals(told.length, 3);
  assertEquals(told.filter((cost) => cost === PLAIN_COST).length, 2);
});

Deno.test("discover() takes one file for each name, by the configuration", () => {
  const files = treeOf(["a/x.ko", "b/x.ko", "updates/x.ko", "skip/y.ko"]);
  const config = { overrides: ["a/x"], excludes: ["skip"] };
  assertEquals(discoverIn(files, { config }).indexPaths, ["a/x.ko"]);
  const searches = ["updates", "b"];
  assertEquals(discoverIn(files, { config: { searches } }).indexPaths.sort(), [
    "b/x.ko",
    "skip/y.ko",
  ]);
});

Deno.test("discover() says what it finds wrong with the files, in the order of its steps", () => {
  const { "tree/modules.order": _, ...files } = treeOf([
    "a/x.ko",
    "b/x.ko",
    "c d/y.ko",
    "z.ko.bz2",
  ]);
  const { indexPaths, messages, failure } = discoverIn(files);
  assertEquals([indexPaths, failure], [["a/x.ko"], undefined]);
  assertEquals(messages, [
    "warning: ignoring 1 file of an unknown compression, such as @/tree/z.ko.bz2",
    "error: ignoring @/tree/c d/y.ko: " +
    "the name has white space, control or non-ASCII characters (fails)",
    "warning: @/tree/a/x.ko and @/tree/b/x.ko have the same module name and the same priority: " +
    "using the first",
    NO_ORDER,
  ]);
});

Deno.test("discover() lets relative external directories begin at the base", () => {
  const up = "../".repeat(Deno.cwd().split("/").length).slice(0, -1); // the root
  const files = { ...treeOf(["x.ko"]), "ext/x.ko": "", "ext/y.ko": "" };
  const config = { externals: [`${up}@/ext`], searches: ["updates", "external"] };
  const { paths, indexPaths, messages } = discoverIn(files, { config, base: "/base/of/all" });
  const want = [`/base/of/all/${up}@/ext/x.ko`, `/base/of/all/${up}@/ext/y.ko`];
  assertEquals(paths.sort(), want);
  assertEquals(indexPaths.sort(), want);
  assertEquals(messages, []);
});

Deno.test("discover() does without an external directory that is not there", () => {
  const files = treeOf(["x.ko"]);
  const { indexPaths, messages, failure } = discoverIn(files, {
    config: { externals: ["@/none"] },
  });
  assertEquals([indexPaths, failure], [["x.ko"], undefined]);
  assertEquals(messages, ["error: could not open directory @/none: No such file or directory"]);
});

Deno.test("discover() fails where the tree is not there, and gives no modules", () => {
  const files = { "ext/x.ko": "" };
  const config = { externals: ["@/ext"] };
  assertEquals(discoverIn(files, { directory: "@/none", config }), {
    ...NOTHING,
    messages: ["error: could not open directory @/none: No such file or directory"],
    failure: "could not search modules: No such file or directory",
  });
});

Deno.test("discover() warns of a tree without modules", () => {
  assertEquals(discoverIn(treeOf([])), {
    ...NOTHING,
    messages: ["warning: no module found in @/tree: the index files will be empty"],
    failure: undefined,
  });
});

Deno.test("discover() takes named files alone, whatever the configuration and their names", () => {
  const files = {
    ...treeOf(["a/x.o", "b/y.ko", "z.ko"], ["b/y.ko"]),
    "out/v.ko.xz": "x".repeat(1024),
  };
  const operands = ["@/tree/a/x.o", "@/out/v.ko.xz", "@/tree/b/y.ko"];
  const config = { excludes: ["b"], externals: ["@/none"] };
  const found = discoverIn(files, { files: operands, config });
  assertEquals(found.paths[0], "@/tree/b/y.ko");
  assertEquals(found.paths.toSorted(), operands.toSorted());
  assertEquals(found.names.toSorted(), ["v", "x", "y"]);
  assertEquals(found.indexPaths.toSorted(), ["@/out/v.ko.xz", "a/x.o", "b/y.ko"]);
  for (const [i, cost] of found.costs.entries()) {
    assertEquals(cost > PLAIN_COST, found.names[i] === "v");
  }
  assertEquals([found.told, found.messages, found.failure], [[], [], undefined]);
});

Deno.test("discover() takes named files where the tree is not there", () => {
  const spec = { directory: "@/none", files: ["@/out/x.ko"] };
  const { indexPaths, messages, failure } = discoverIn({ "out/x.ko": "" }, spec);
  assertEquals([indexPaths, failure], [["@/out/x.ko"], undefined]);
  assertEquals(messages, ["warning: could not open directory @/none: No such file or directory"]);
});

Deno.test("discover() leaves out a named file whose name no index can hold", () => {
  const spec = { files: ["@/tree/a b.ko", "@/tree/x.ko"] };
  const { indexPaths, messages, failure } = discoverIn(treeOf(["a b.ko", "x.ko"]), spec);
  assertEquals([indexPaths, failure], [["x.ko"], undefined]);
  assertEquals(messages, [
    "error: ignoring @/tree/a b.ko: " +
    "the name has white space, control or non-ASCII characters (fails)",
  ]);
});

/** Named files that cannot all be taken, and what is said of one. */
interface Refusal {
  readonly files: readonly string[];
  readonly messages?: string[];
  readonly failure: string;
}

const REFUSED: Readonly<Record<string, Refusal>> = {
  "whose path is not absolute": {
    files: ["@/tree/a/x.ko", "tree/y.ko"],
    failure: "tree/y.ko: not absolute path.",
  },
  "that is named twice": {
    files: ["@/tree/a/x.ko", "@/tree/y.ko", "@/tree/a/x.ko"],
    messages: ["error: hash_add_unique x: File exists"],
    failure: "could not add module @/tree/a/x.ko: File exists",
  },
  "with the module name of another": {
    files: ["@/tree/a/x.ko", "@/tree/b/x.ko.gz"],
    messages: [
      "error: kmod_module 'x' already exists with different path: " +
      "new-path='@/tree/b/x.ko.gz' old-path='@/tree/a/x.ko'",
    ],
    failure: "could not create module @/tree/b/x.ko.gz: File exists",
  },
  "that is not there": {
    files: ["@/tree/a/x.ko", "@/tree/none.ko"],
    failure: "could not create module @/tree/none.ko: No such file or directory",
  },
  "that is a link to where nothing may be read": {
    files: ["@/links/out.ko"],
    failure: "@/links/out.ko leads to @/out/z.ko, where nothing may be read: " +
      "--allow-read=@/out would permit it",
  },
};

for (const [which, { files, messages = [], failure }] of Object.entries(REFUSED)) {
  Deno.test(`discover() fails for a named file ${which}, and gives no modules`, () => {
    const tree: TreeFiles = {
      ...treeOf(["a/x.ko", "b/x.ko.gz", "y.ko"]),
      "out/z.ko": "",
      "links/out.ko": { target: "../out/z.ko" },
    };
    assertEquals(discoverIn(tree, { files }), { ...NOTHING, messages, failure });
  });
}

Deno.test("discover() takes named links into the bounds, and to the directory they are in", () => {
  const files: TreeFiles = {
    ...treeOf(["a/x.ko"]),
    "out/z.ko": "",
    "out/y.ko": { target: "z.ko" },
    "out/w.ko": { target: "../tree/a/x.ko" },
  };
  const { indexPaths, messages, failure } = discoverIn(files, {
    files: ["@/out/y.ko", "@/out/w.ko"],
  });
  assertEquals(indexPaths.sort(), ["@/out/w.ko", "@/out/y.ko"]);
  assertEquals([messages, failure], [[], undefined]);
});

const FILES: TreeFiles = {
  "tree/b.ko": "",
  "tree/a.ko": "",
  "tree/skip/c.ko": "",
  "tree/modules.order": ["a", "b", "v", "w", "x", "y", "z"].map((name) => `${name}.ko\n`).join(""),
  "first/z.ko": "",
  "second/y.ko": "",
  "second/x.ko.bz2": "",
  "third/w.ko.xz": "x".repeat(2048),
  "third/v.ko": "x".repeat(2048),
};

Deno.test("discover() finds modules of external directories too, but none with an excluded name", () => {
  const config = { excludes: ["skip"], externals: ["@/second", "@/first"] };
  const { paths, messages, failure } = discoverIn(FILES, { config });
  assertEquals(paths.toSorted(), ["@/first/z.ko", "@/second/y.ko", "@/tree/a.ko", "@/tree/b.ko"]);
  assertEquals(messages, [
    "warning: ignoring 1 file of an unknown compression, such as @/second/x.ko.bz2",
  ]);
  assertEquals(failure, undefined);
});

Deno.test("discover() gives what each file costs: compressed ones more, by their size", () => {
  const config = { excludes: ["skip"], externals: ["@/third"] };
  const { paths, costs, told } = discoverIn(FILES, { config });
  const costOf = Object.fromEntries(paths.map((path, i) => [path, costs[i]]));
  assertEquals(costOf, {
    "@/tree/a.ko": 0.04,
    "@/tree/b.ko": 0.04,
    "@/third/v.ko": 0.04,
    "@/third/w.ko.xz": 0.16,
  });
  assertEquals(told, [0.04, 0.04, 0.04, 0.16]);
});

Deno.test("discover() goes on after an external directory that is not there", () => {
  const config = { excludes: ["skip"], externals: ["@/none", "@/first"] };
  const { paths, messages, failure } = discoverIn(FILES, { config });
  assertEquals(paths.length, 3);
  assertEquals(messages, ["error: could not open directory @/none: No such file or directory"]);
  assertEquals(failure, undefined);
});

Deno.test("discover() ends where the tree is not there, and says why", () => {
  const spec = { directory: "@/none", config: { externals: ["@/first"] } };
  const { messages, failure, ...found } = discoverIn(FILES, spec);
  assertEquals(found, NOTHING);
  assertEquals(messages, ["error: could not open directory @/none: No such file or directory"]);
  assertEquals(failure, "could not search modules: No such file or directory");
});

Deno.test("discoverUnordered() finds the same modules, and does not look for modules.order", () => {
  withTree(Object.fromEntries(HASHED.map((path) => [`tree/${path}`, ""])), (root) => {
    const bounds = { granted: [`${root}/tree`], reach: [] };
    const search = { directory: `${root}/tree`, files: [], config: CONFIG, base: "", bounds };
    const { modules, messages } = discoverUnordered(search);
    assertEquals(decodeStrings(modules.indexPaths).sort(), HASHED.toSorted());
    assertEquals([messages, discover(search).messages.length], [[], 1]);
  });
});
