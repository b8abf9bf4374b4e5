/**
 * Which of several files with the same module name is used. The expected winners are those of the
 * reference on trees of these files, which it found in the order given here.
 *
 * @module
 */
import { type Config, parseConfig } from "../../lib/discover/config.ts";
import {
  isModuleFileName,
  type ModuleFile,
  refuseName,
  selectModules,
  toModuleFile,
} from "../../lib/discover/select.ts";
import { assertEquals } from "../support/assert.ts";

const TREE = "/lib/modules/6.1.0-50-amd64";
const VERSION = "6.1.0-50-amd64";

/** Configuration, paths as found (in the tree unless absolute), and the one that counts. */
type Row = readonly [config: string, found: readonly string[], winner: string];

interface Group {
  readonly about: string;
  readonly rows: readonly Row[];
}

const GROUPS: readonly Group[] = [
  {
    about: "no configuration: updates before the rest",
    rows: [
      ["", ["kernel/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["", ["extra/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["", ["updates/x.ko", "weak/x.ko"], "updates/x.ko"],
      ["", ["updates/x.ko", "updates2/x.ko"], "updates/x.ko"],
      ["", ["updates-dkms/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["", ["updates/a/x.ko", "updates/b/x.ko"], "updates/b/x.ko"],
      ["", ["updates/x.ko", "x.ko"], "updates/x.ko"],
      ["", ["kernel/updates/x.ko", "kernel/x.ko"], "kernel/updates/x.ko"],
      ["", ["extra/x-y.ko", "updates/x_y.ko"], "updates/x_y.ko"],
      ["", ["kernel/x.ko.zst", "updates/x.ko.xz"], "updates/x.ko.xz"],
      ["", ["updates.ko", "updates/updates.ko"], "updates/updates.ko"],
    ],
  },
  {
    about: "search words: the first word of a line wins",
    rows: [
      ["search a b\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["search b a\n", ["a/x.ko", "b/x.ko"], "b/x.ko"],
      ["search a\nsearch b\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["search b\nsearch a\n", ["a/x.ko", "b/x.ko"], "b/x.ko"],
      ["search a b c\n", ["a/x.ko", "b/x.ko", "c/x.ko"], "a/x.ko"],
      ["search c b a\n", ["a/x.ko", "b/x.ko", "c/x.ko"], "c/x.ko"],
      ["search b c a\n", ["a/x.ko", "b/x.ko", "c/x.ko"], "b/x.ko"],
      ["search a\n", ["a/x.ko", "updates/x.ko"], "a/x.ko"],
      ["search a b a\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["search b a b\n", ["a/x.ko", "b/x.ko"], "b/x.ko"],
    ],
  },
  {
    about: "search words: built-in stands for all that no word matches",
    rows: [
      ["search built-in a\n", ["a/x.ko", "kernel/x.ko"], "kernel/x.ko"],
      ["search a built-in\n", ["a/x.ko", "kernel/x.ko"], "a/x.ko"],
      ["search built-in z\n", ["kernel/x.ko", "z/x.ko"], "kernel/x.ko"],
      ["search z built-in\n", ["kernel/x.ko", "z/x.ko"], "z/x.ko"],
      ["search a built-in z\n", ["a/x.ko", "kernel/x.ko", "z/x.ko"], "a/x.ko"],
      ["search z built-in a\n", ["a/x.ko", "kernel/x.ko", "z/x.ko"], "z/x.ko"],
      ["search built-in a z\n", ["a/x.ko", "kernel/x.ko", "z/x.ko"], "kernel/x.ko"],
      ["search built-in\n", ["kernel/x.ko", "updates/x.ko"], "kernel/x.ko"],
      ["search updates built-in\n", ["kernel/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["search built-in updates\n", ["kernel/x.ko", "updates/x.ko"], "kernel/x.ko"],
      ["search z\n", ["kernel/x.ko", "z/x.ko"], "z/x.ko"],
      ["search built-in z built-in\n", ["kernel/x.ko", "z/x.ko"], "kernel/x.ko"],
      ["search z built-in z\n", ["kernel/x.ko", "z/x.ko"], "z/x.ko"],
    ],
  },
  {
    about: "search words: whole directories only",
    rows: [
      ["search upd\n", ["kernel/x.ko", "upd/x.ko"], "upd/x.ko"],
      ["search upd\n", ["kernel/x.ko", "updates/x.ko"], "kernel/x.ko"],
      ["search updates2\n", ["updates/x.ko", "updates2/x.ko"], "updates2/x.ko"],
      ["search a/b\n", ["a/b/x.ko", "a/x.ko"], "a/b/x.ko"],
      ["search a a/b\n", ["a/b/x.ko", "a/x.ko"], "a/x.ko"],
      ["search a/b a\n", ["a/b/x.ko", "a/x.ko"], "a/b/x.ko"],
      ["search a/b a\n", ["a/a/x.ko", "a/b/x.ko"], "a/b/x.ko"],
      ["search b/\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["search /b\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["search ./b\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["search *\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["search b/x.ko\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
    ],
  },
  {
    about: "search words: both files below the same word",
    rows: [
      ["search b\n", ["b/1/x.ko", "b/2/x.ko"], "b/2/x.ko"],
      ["search b\n", ["a/x.ko", "b/1/x.ko", "b/2/x.ko"], "b/2/x.ko"],
      ["search b/1 b\n", ["b/1/x.ko", "b/2/x.ko"], "b/1/x.ko"],
      ["search b b/1\n", ["b/1/x.ko", "b/2/x.ko"], "b/2/x.ko"],
      ["search b/1 b built-in\n", ["b/1/x.ko", "b/2/x.ko", "c/x.ko"], "b/1/x.ko"],
      ["search built-in b\n", ["b/1/x.ko", "b/2/x.ko"], "b/1/x.ko"],
      ["search b built-in\n", ["b/1/x.ko", "b/2/x.ko"], "b/2/x.ko"],
      ["search built-in b\n", ["b/1/x.ko", "b/2/x.ko", "c/x.ko"], "c/x.ko"],
    ],
  },
  {
    about: "external directories",
    rows: [
      ["external * /ext/e1\n", ["kernel/x.ko", "/ext/e1/x.ko"], "kernel/x.ko"],
      ["external * /ext/e1\nsearch external\n", ["kernel/x.ko", "/ext/e1/x.ko"], "/ext/e1/x.ko"],
      [
        "external * /ext/e1\nsearch external built-in\n",
        ["kernel/x.ko", "/ext/e1/x.ko"],
        "/ext/e1/x.ko",
      ],
      [
        "external * /ext/e1\nsearch built-in external\n",
        ["kernel/x.ko", "/ext/e1/x.ko"],
        "kernel/x.ko",
      ],
      [
        "external * /ext/e1\nsearch updates external built-in\n",
        ["updates/x.ko", "/ext/e1/x.ko"],
        "updates/x.ko",
      ],
      [
        "external * /ext/e1\nsearch external updates built-in\n",
        ["updates/x.ko", "/ext/e1/x.ko"],
        "/ext/e1/x.ko",
      ],
      ["external * /ext/e1\nexternal * /ext/e2\nsearch external\n", [
        "/ext/e2/x.ko",
        "/ext/e1/x.ko",
      ], "/ext/e1/x.ko"],
      ["external * /ext/e2\nexternal * /ext/e1\nsearch external\n", [
        "/ext/e1/x.ko",
        "/ext/e2/x.ko",
      ], "/ext/e2/x.ko"],
      [
        "external * /ext/e1\nexternal * /ext/e1/sub\nsearch external\n",
        ["/ext/e1/sub/x.ko"],
        "/ext/e1/sub/x.ko",
      ],
      ["external * /ext/e1\nexternal * /ext/e2\nexternal * /ext/e3\nsearch external updates\n", [
        "updates/x.ko",
        "/ext/e2/x.ko",
      ], "/ext/e2/x.ko"],
      ["external * /ext/e1\nexternal * /ext/e2\nsearch built-in external\n", [
        "kernel/x.ko",
        "/ext/e2/x.ko",
      ], "kernel/x.ko"],
      ["external 7 /ext/e1\nsearch external\n", ["kernel/x.ko"], "kernel/x.ko"],
      [
        "external * /ext/e1\nsearch external external\n",
        ["kernel/x.ko", "/ext/e1/x.ko"],
        "/ext/e1/x.ko",
      ],
      ["external * /ext/e1\n", ["updates/x.ko", "/ext/e1/x.ko"], "updates/x.ko"],
      ["external * /ext/e1\nsearch e1\n", ["kernel/x.ko", "/ext/e1/x.ko"], "kernel/x.ko"],
      [
        "external * /ext/e1\nexternal * /ext/e2\nsearch a external b\n",
        ["b/x.ko", "/ext/e2/x.ko"],
        "/ext/e2/x.ko",
      ],
      [
        "external * /ext/e1\nexternal * /ext/e2\nsearch b external a\n",
        ["b/x.ko", "/ext/e1/x.ko"],
        "b/x.ko",
      ],
    ],
  },
  {
    about: "overrides",
    rows: [
      ["override x * b\n", ["a/x.ko", "b/x.ko"], "b/x.ko"],
      ["override x * a\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["override x * a\n", ["a/x.ko", "updates/x.ko"], "a/x.ko"],
      ["override x * kernel\nsearch updates\n", ["kernel/x.ko", "updates/x.ko"], "kernel/x.ko"],
      ["override x 6.1 kernel\n", ["kernel/x.ko", "updates/x.ko"], "kernel/x.ko"],
      ["override x 7 kernel\n", ["kernel/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["override x ^6\\\\.1\\\\.0-50 kernel\n", ["kernel/x.ko", "updates/x.ko"], "kernel/x.ko"],
      ["override y * kernel\n", ["kernel/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["override * * kernel\n", ["kernel/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["override x * a\noverride x * b\n", ["a/x.ko", "b/x.ko"], "b/x.ko"],
      ["override x * b\noverride x * a\n", ["a/x.ko", "b/x.ko"], "a/x.ko"],
      ["override x * a\noverride x * b\n", ["a/x.ko", "b/x.ko", "updates/x.ko"], "b/x.ko"],
      ["override x * kernel/net\n", ["kernel/net/x.ko", "updates/x.ko"], "kernel/net/x.ko"],
      ["override x * kernel\n", ["kernel/net/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["override x * kernel/\n", ["kernel/x.ko", "updates/x.ko"], "updates/x.ko"],
      ["override x-y * kernel\n", ["kernel/x-y.ko", "updates/x-y.ko"], "kernel/x-y.ko"],
      ["override x_y * kernel\n", ["kernel/x-y.ko", "updates/x-y.ko"], "updates/x-y.ko"],
      ["override x * kernel\n", ["kernel/x.ko.zst", "updates/x.ko"], "kernel/x.ko.zst"],
      ["override x * /ext/e1\n", ["kernel/x.ko", "/ext/e1/x.ko"], "kernel/x.ko"],
      ["override x.a * kernel\n", ["kernel/x.a.ko", "updates/x.a.ko"], "updates/x.a.ko"],
      ["override x * kernel\n", ["kernel/x.a.ko", "updates/x.a.ko"], "kernel/x.a.ko"],
      ["override x 6.1 a\noverride x 7 b\n", ["a/x.ko", "b/x.ko", "updates/x.ko"], "a/x.ko"],
      ["override x * kernel\nexternal * /ext/e1\nsearch external\n", [
        "kernel/x.ko",
        "/ext/e1/x.ko",
      ], "kernel/x.ko"],
    ],
  },
];

function configOf(text: string): Config {
  return parseConfig([{ path: "c.conf", text }], VERSION).config;
}

/** The module file at a path in the tree, or at an absolute one. */
function moduleFileOf(found: string, { directory = TREE, cost = 0, base = "" } = {}): ModuleFile {
  const path = found.startsWith("/") || base !== "" ? found : `${directory}/${found}`;
  return toModuleFile({ path, again: false, cost }, { directory, base });
}

function select(found: readonly string[], config = "") {
  return selectModules(found.map((path) => moduleFileOf(path)), configOf(config));
}

function selectedPaths(found: readonly string[], config = ""): string[] {
  return select(found, config).modules.map(({ indexPath }) => indexPath);
}

for (const { about, rows } of GROUPS) {
  for (const [config, found, winner] of rows) {
    const lines = JSON.stringify(config);
    Deno.test(`selectModules(), ${about}: ${winner} of ${found.join(" and ")} by ${lines}`, () => {
      assertEquals(selectedPaths(found, config), [winner]);
    });
  }
}

Deno.test("selectModules() keeps files of different names", () => {
  assertEquals(selectedPaths(["b/y.ko", "a/x.ko", "a/x_.ko"]), ["b/y.ko", "a/x.ko", "a/x_.ko"]);
});

Deno.test("selectModules() selects nothing of nothing", () => {
  assertEquals(select([]), { modules: [], messages: [], contests: [] });
});

Deno.test("selectModules() takes the first of two whose priority is equal, and says so", () => {
  const { modules, messages } = select(["b/x.ko", "a/x.ko"]);
  assertEquals(modules.map(({ indexPath }) => indexPath), ["b/x.ko"]);
  assertEquals(messages, [{
    level: "warning",
    code: "same-priority",
    module: "b/x.ko",
    text: `${TREE}/b/x.ko and ${TREE}/a/x.ko have the same module name and the same priority: ` +
      "using the first",
  }]);
});

Deno.test("selectModules() says nothing where a priority decides", () => {
  assertEquals(select(["kernel/x.ko", "updates/x.ko"]).messages, []);
  assertEquals(select(["updates/x.ko", "weak/x.ko"]).messages, []);
  assertEquals(select(["a/x.ko", "b/x.ko"], "override x * a\n").messages, []);
});

Deno.test("selectModules() does not warn of a file that is found again by another path", () => {
  const files = [moduleFileOf("a/x.ko"), { ...moduleFileOf("b/x.ko"), again: true }];
  const { modules, messages } = selectModules(files, configOf(""));
  assertEquals(modules.map(({ indexPath }) => indexPath), ["a/x.ko"]);
  assertEquals(messages, []);
});

Deno.test("selectModules() lets a file win that is found again, by its priority", () => {
  const files = [moduleFileOf("a/x.ko"), { ...moduleFileOf("updates/x.ko"), again: true }];
  const { modules } = selectModules(files, configOf(""));
  assertEquals(modules.map(({ indexPath }) => indexPath), ["updates/x.ko"]);
});

Deno.test("selectModules() leaves out files whose names no index can hold", () => {
  const { modules, messages } = select(["a b/x.ko", "a/y.ko"]);
  assertEquals(modules.map(({ name }) => name), ["y"]);
  assertEquals(messages.map(({ level, fails }) => [level, fails]), [["error", true]]);
});

Deno.test("selectModules() takes another file of the same name for one that it leaves out", () => {
  assertEquals(selectedPaths(["updates/a b/x.ko", "kernel/x.ko"]), ["kernel/x.ko"]);
});

const FILE_NAMES: readonly (readonly [name: string, isModule: boolean])[] = [
  ["a.ko", true],
  ["a.ko.gz", true],
  ["a.ko.xz", true],
  ["a.ko.zst", true],
  ["a.b.ko", true],
  ["..ko", true],
  [".ko", false],
  [".ko.xz", false],
  ["ko", false],
  ["ako", false],
  ["a.ko.bz2", false],
  ["a.ko.xz.xz", false],
  ["a.ko~", false],
  ["a.KO", false],
  ["a.o", false],
  ["a.ko.debug", false],
  ["x/.ko", false],
  ["x/a.ko", true],
  ["", false],
];

for (const [name, isModule] of FILE_NAMES) {
  Deno.test(`isModuleFileName() is ${isModule} for ${JSON.stringify(name)}`, () => {
    assertEquals(isModuleFileName(name), isModule);
  });
}

Deno.test("toModuleFile() makes paths in the tree relative to it", () => {
  const path = `${TREE}/kernel/fs/nls/nls_iso8859-1.ko.xz`;
  assertEquals(moduleFileOf(path, { cost: 1.5 }), {
    path,
    foundPath: path,
    again: false,
    name: "nls_iso8859_1",
    indexPath: "kernel/fs/nls/nls_iso8859-1.ko.xz",
    cost: 1.5,
  });
});

Deno.test("toModuleFile() keeps paths outside the tree", () => {
  const path = "/opt/a.b.ko";
  const want = { path, foundPath: path, again: false, name: "a", indexPath: path, cost: 0.5 };
  assertEquals(moduleFileOf(path, { cost: 0.5 }), want);
  assertEquals(moduleFileOf(`${TREE}-rt/a.ko`).indexPath, `${TREE}-rt/a.ko`);
});

Deno.test("toModuleFile() makes a relative path absolute, and keeps it as it was found", () => {
  const { path, foundPath, indexPath } = moduleFileOf("more/a.ko", { base: "/srv" });
  assertEquals([path, foundPath, indexPath], ["/srv/more/a.ko", "more/a.ko", "/srv/more/a.ko"]);
});

const REFUSED: readonly (readonly [path: string, shown: string])[] = [
  ["a b.ko", "a b.ko"],
  ["a\tb.ko", "a\\x09b.ko"],
  ["dir\n/a.ko", "dir\\x0a/a.ko"],
  ["a\x7f.ko", "a\\x7f.ko"],
  ["é.ko", "\\xe9.ko"],
  ["..ko", "..ko"],
];

for (const [path, shown] of REFUSED) {
  Deno.test(`refuseName() refuses ${JSON.stringify(path)}`, () => {
    assertEquals(refuseName(moduleFileOf(path)), {
      level: "error",
      code: "file-name",
      text: `ignoring ${TREE}/${shown}: the name has white space, control or non-ASCII characters`,
      fails: true,
    });
  });
}

Deno.test("refuseName() does not mind the path of the tree itself", () => {
  assertEquals(refuseName(moduleFileOf("/a b/c.ko", { directory: "/a b" })), undefined);
});
