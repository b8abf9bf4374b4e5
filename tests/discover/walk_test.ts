/**
 * The walk through directories: which files it finds, which names it passes over, and where
 * symbolic links lead it.
 *
 * @module
 */
import { type Refusal, walkModules } from "../../lib/discover/walk.ts";
import type { Message } from "../../lib/model.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { type TreeFiles, withTree } from "../support/temp_tree.ts";

/**
 * Paths found in `tree` below the root, with a word for those that are found again, and the
 * messages, with `@` for the root.
 */
function walk(root: string, excludes: readonly string[] = []) {
  const messages: Message[] = [];
  const report = (message: Message) => messages.push(message);
  const bounds = { granted: [Deno.realPathSync(root)], reach: [] };
  const refuse = ({ code, text }: Refusal) => report({ level: "error", code, text });
  const found = walkModules(`${root}/tree`, { excludes, bounds, refuse, report }).files;
  return {
    paths: found.map(({ path, again }) => {
      return path.replace(`${root}/tree/`, "") + (again ? " again" : "");
    }),
    messages: messages.map(({ level, text }) => `${level}: ${text.replaceAll(root, "@")}`),
  };
}

function walkFiles(files: TreeFiles, excludes: readonly string[] = []) {
  return withTree(files, (root) => walk(root, excludes));
}

/** Empty files. */
function empty(...paths: readonly string[]): TreeFiles {
  return Object.fromEntries(paths.map((path) => [path, ""]));
}

Deno.test("walkModules() finds module files at any depth, whatever they hold", () => {
  const files = empty("tree/a.ko", "tree/1/b.ko.xz", "tree/1/2/c.ko.zst", "tree/1/2/3/d.ko.gz");
  assertEquals(walkFiles(files), {
    paths: ["1/2/3/d.ko.gz", "1/2/c.ko.zst", "1/b.ko.xz", "a.ko"],
    messages: [],
  });
});

Deno.test("walkModules() gives paths in byte order, whatever the directories' order is", () => {
  const names = ["b.ko", "B.ko", "a.ko", "a/z.ko", "a-b/y.ko", "a_b/x.ko", "10.ko", "9.ko"];
  assertEquals(walkFiles(empty(...names.map((name) => `tree/${name}`))).paths, [
    "10.ko",
    "9.ko",
    "B.ko",
    "a-b/y.ko",
    "a.ko",
    "a/z.ko",
    "a_b/x.ko",
    "b.ko",
  ]);
});

Deno.test("walkModules() passes over what is no module file", () => {
  const files = empty("tree/modules.dep", "tree/.ko", "tree/a.o", "tree/b.ko/readme", "tree/c.ko");
  assertEquals(walkFiles(files), { paths: ["c.ko"], messages: [] });
});

Deno.test("walkModules() passes over build and source at any depth", () => {
  const files = empty(
    "tree/build/a.ko",
    "tree/x/build/b.ko",
    "tree/x/source/c.ko",
    "tree/builds/d.ko",
    "tree/source.ko",
  );
  assertEquals(walkFiles(files).paths, ["builds/d.ko", "source.ko"]);
});

Deno.test("walkModules() passes over excluded names at any depth, directories and files", () => {
  const files = empty("tree/x/skip/a.ko", "tree/skip/b.ko", "tree/x/c.ko", "tree/x/d.ko");
  assertEquals(walkFiles(files, ["skip", "d.ko"]).paths, ["x/c.ko"]);
  assertEquals(walkFiles(files, ["x/skip", "sk", "d"]).paths.length, 4);
});

Deno.test("walkModules() starts in the directory even if its name is one to pass over", () => {
  const paths = withTree(empty("build/a.ko"), (root) => {
    const bounds = { granted: [], reach: [] };
    const options = { excludes: [], bounds, refuse: () => {}, report: () => {} };
    const { files } = walkModules(`${root}/build`, options);
    return files.map(({ path }) => path.slice(root.length));
  });
  assertEquals(paths, ["/build/a.ko"]);
});

Deno.test("walkModules() finds nothing in an empty directory", () => {
  assertEquals(walkFiles(empty("tree/modules.order")), { paths: [], messages: [] });
});

Deno.test("walkModules() throws when the directory is absent", () => {
  withTree(empty("file"), (root) => assertThrows(() => walk(root), Deno.errors.NotFound));
});

Deno.test("walkModules() throws when the directory is a file", () => {
  withTree(empty("tree"), (root) => assertThrows(() => walk(root), Error, "Not a directory"));
});

Deno.test("walkModules() follows symbolic links to files and directories", () => {
  const files = {
    ...empty("elsewhere/a.ko", "one.ko"),
    "tree/b.ko": { target: "../one.ko" },
    "tree/dir": { target: "../elsewhere" },
  };
  assertEquals(walkFiles(files), { paths: ["b.ko", "dir/a.ko"], messages: [] });
});

Deno.test("walkModules() goes by a link's own name, not by that of its target", () => {
  const files = {
    ...empty("module", "other.ko"),
    "tree/a.ko": { target: "../module" },
    "tree/b": { target: "../other.ko" },
  };
  assertEquals(walkFiles(files).paths, ["a.ko"]);
});

Deno.test("walkModules() does not follow links named build and source", () => {
  const files = {
    ...empty("elsewhere/a.ko", "tree/b.ko"),
    "tree/build": { target: "../elsewhere" },
  };
  assertEquals(walkFiles(files), { paths: ["b.ko"], messages: [] });
});

Deno.test("walkModules() reports links that lead nowhere, and goes on", () => {
  const files = { ...empty("tree/b.ko"), "tree/a.ko": { target: "none" } };
  const { paths, messages } = walkFiles(files);
  assertEquals(paths, ["b.ko"]);
  assertEquals(messages.length, 1);
  assert(messages[0]!.startsWith("error: "), messages[0]);
  assert(messages[0]!.includes("@/tree/a.ko: No such file or directory"), messages[0]);
});

Deno.test("walkModules() does not enter a directory again through a link to it or above it", () => {
  const files = {
    ...empty("tree/x/a.ko"),
    "tree/self": { target: "." },
    "tree/x/up": { target: ".." },
    "tree/x/top": { target: "../../tree" },
  };
  assertEquals(walkFiles(files), { paths: ["x/a.ko"], messages: [] });
});

Deno.test("walkModules() marks what it finds again through a link, after everything else", () => {
  const files = {
    ...empty("tree/x/a.ko", "tree/z.ko", "elsewhere/b.ko"),
    "tree/link": { target: "x" },
    "tree/away": { target: "../elsewhere" },
  };
  assertEquals(walkFiles(files), {
    paths: ["x/a.ko", "z.ko", "away/b.ko", "link/a.ko again"],
    messages: [],
  });
});

Deno.test("walkModules() follows each of two links to one directory", () => {
  const files = {
    ...empty("elsewhere/a.ko"),
    "tree/extra": { target: "../elsewhere" },
    "tree/updates": { target: "../elsewhere" },
  };
  const { paths } = walkFiles(files);
  assertEquals(paths.map((path) => path.replace(" again", "")), ["extra/a.ko", "updates/a.ko"]);
});

Deno.test("walkModules() ends although two directories link to each other", () => {
  const files = {
    ...empty("tree/x/a.ko", "tree/y/b.ko"),
    "tree/x/y": { target: "../y" },
    "tree/y/x": { target: "../x" },
  };
  assertEquals(walkFiles(files), {
    paths: ["x/a.ko", "y/b.ko", "x/y/b.ko again", "y/x/a.ko again"],
    messages: [],
  });
});

Deno.test("walkModules() soon ends although thirty directories all link to each other", () => {
  const all = Array.from({ length: 30 }, (_, i) => `d${i}`);
  const links = all.flatMap((from) =>
    all.map((to) => [`tree/${from}/${to}`, { target: `../${to}` }] as const)
  );
  const files = { ...empty(...all.map((name) => `tree/${name}/${name}.ko`)) };
  const { paths, messages } = walkFiles({ ...files, ...Object.fromEntries(links) });
  assertEquals(paths.filter((path) => !path.endsWith(" again")).length, all.length);
  assert(paths.length <= links.length + all.length, String(paths.length));
  assertEquals(messages, []);
});

Deno.test("walkModules() reports a link to itself, and goes on", () => {
  const { paths, messages } = walkFiles({
    ...empty("tree/b.ko"),
    "tree/a.ko": { target: "a.ko" },
  });
  assertEquals([paths.length, messages.length], [1, 1]);
});

Deno.test("walkModules() reports what is neither a file nor a directory, and goes on", () => {
  withTree(empty("tree/b.ko"), (root) => {
    new Deno.Command("mkfifo", { args: [`${root}/tree/a.ko`] }).outputSync();
    assertEquals(walk(root), {
      paths: ["b.ko"],
      messages: ["error: unsupported file type @/tree/a.ko: 10000"],
    });
  });
});

Deno.test("walkModules() warns of modules in a compression that does not exist", () => {
  const files = empty("tree/a.ko.bz2", "tree/b.ko", "tree/x/c.ko.lz4");
  assertEquals(walkFiles(files), {
    paths: ["b.ko"],
    messages: ["warning: ignoring 2 files of an unknown compression, such as @/tree/a.ko.bz2"],
  });
});

Deno.test("walkModules() counts one file of an unknown compression as one", () => {
  assertEquals(walkFiles(empty("tree/a.ko.bz2")).messages, [
    "warning: ignoring 1 file of an unknown compression, such as @/tree/a.ko.bz2",
  ]);
});
