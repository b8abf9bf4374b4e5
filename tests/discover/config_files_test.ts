/**
 * The files of depmod.d: which are read, in which order, and what is said of the others.
 *
 * @module
 */
import { CONFIG_DIRECTORIES, readConfigFiles } from "../../lib/discover/config_files.ts";
import { FatalError } from "../../lib/errors.ts";
import type { Message } from "../../lib/model.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";
import { type TreeFiles, withTree } from "../support/temp_tree.ts";

/** What is read from `paths` in the root, and the messages, with `@` for the root. */
function read(root: string, paths: readonly string[]) {
  const messages: Message[] = [];
  const report = (message: Message) => messages.push(message);
  const files = readConfigFiles(paths.map((path) => `${root}/${path}`), { strict: false, report });
  return {
    files: files.map(({ path, text }) => `${path.replace(root, "@")}: ${text}`),
    messages: messages.map(({ level, text }) => `${level}: ${text.replaceAll(root, "@")}`),
  };
}

function readTree(files: TreeFiles, paths: readonly string[] = ["d"]) {
  return withTree(files, (root) => read(root, paths));
}

Deno.test("readConfigFiles() reads a directory's files by name", () => {
  const { files, messages } = readTree({ "d/b.conf": "2", "d/a.conf": "1", "d/C.conf": "0" });
  assertEquals(files, ["@/d/C.conf: 0", "@/d/a.conf: 1", "@/d/b.conf: 2"]);
  assertEquals(messages, []);
});

Deno.test("readConfigFiles() reads only what ends in .conf and is not hidden", () => {
  const files = { "d/a.conf": "a", "d/b": "b", "d/.c.conf": "c", "d/.conf": "d", "d/e.conf~": "e" };
  assertEquals(readTree(files), {
    files: ["@/d/a.conf: a"],
    messages: [
      "info: All cfg files need .conf: @/d/b",
      "info: All cfg files need .conf: @/d/e.conf~",
    ],
  });
});

Deno.test("readConfigFiles() reads a file that is named itself, whatever its name", () => {
  assertEquals(readTree({ "any.name": "a" }, ["any.name"]).files, ["@/any.name: a"]);
});

Deno.test("readConfigFiles() lets the first directory win for a name", () => {
  const files = { "x/a.conf": "1", "y/a.conf": "2", "y/b.conf": "3" };
  assertEquals(readTree(files, ["x", "y"]).files, ["@/x/a.conf: 1", "@/y/b.conf: 3"]);
  assertEquals(readTree(files, ["y", "x"]).files, ["@/y/a.conf: 2", "@/y/b.conf: 3"]);
});

Deno.test("readConfigFiles() sorts the files of all directories together", () => {
  const files = { "x/2.conf": "2", "x/9.conf": "9", "y/1.conf": "1", "y/3.conf": "3" };
  assertEquals(readTree(files, ["x", "y"]).files, [
    "@/y/1.conf: 1",
    "@/x/2.conf: 2",
    "@/y/3.conf: 3",
    "@/x/9.conf: 9",
  ]);
});

Deno.test("readConfigFiles() sorts files that are named themselves too", () => {
  const files = { "z/b.conf": "b", "z/a.conf": "a", "c.conf": "c" };
  assertEquals(readTree(files, ["c.conf", "z/b.conf", "z/a.conf"]).files, [
    "@/z/a.conf: a",
    "@/z/b.conf: b",
    "@/c.conf: c",
  ]);
});

Deno.test("readConfigFiles() lets a file hide one of the same name in a directory", () => {
  const files = { "d/a.conf": "1", "other/a.conf": "2" };
  assertEquals(readTree(files, ["other/a.conf", "d"]).files, ["@/other/a.conf: 2"]);
});

Deno.test("readConfigFiles() lets a link to nothing be reported, not read", () => {
  const files = { "d/a.conf": { target: "none" }, "d/b.conf": "b" };
  assertEquals(readTree(files), {
    files: ["@/d/b.conf: b"],
    messages: ["error: Cannot stat directory entry: @/d/a.conf"],
  });
});

Deno.test("readConfigFiles() lets an empty file of a first directory hide a later one", () => {
  const files = { "x/a.conf": "", "y/a.conf": "search a" };
  assertEquals(readTree(files, ["x", "y"]).files, ["@/x/a.conf: "]);
});

Deno.test("readConfigFiles() lets a link to /dev/null hide a later file of that name", () => {
  const files = { "x/a.conf": { target: "/dev/null" }, "y/a.conf": "search a" };
  assertEquals(readTree(files, ["x", "y"]).files, ["@/x/a.conf: "]);
});

Deno.test("readConfigFiles() does not read directories in directories", () => {
  const files = { "d/a.conf/b.conf": "b", "d/c.conf": "c" };
  assertEquals(readTree(files), {
    files: ["@/d/c.conf: c"],
    messages: ["error: Directories inside directories are not supported: @/d/a.conf"],
  });
});

Deno.test("readConfigFiles() follows links to files", () => {
  const files = { "real": "text", "d/a.conf": { target: "../real" } };
  assertEquals(readTree(files).files, ["@/d/a.conf: text"]);
});

Deno.test("readConfigFiles() finds nothing in an empty directory", () => {
  assertEquals(readTree({ "d/sub/x": "" }, ["d/sub"]).files, []);
});

Deno.test("readConfigFiles() ends a strict run when a path given does not exist", () => {
  withTree({ "d/a.conf": "" }, (root) => {
    const paths = [`${root}/d`, `${root}/none`];
    const text = `could not load configuration ${root}/none: No such file or directory`;
    const options = { strict: true, report: () => {} };
    assertThrows(() => readConfigFiles(paths, options), FatalError, text);
  });
});

Deno.test("CONFIG_DIRECTORIES has the usual directories, the administrator's first", () => {
  assertEquals(CONFIG_DIRECTORIES, [
    "/etc/depmod.d",
    "/run/depmod.d",
    "/usr/local/lib/depmod.d",
    "/usr/lib/depmod.d",
    "/lib/depmod.d",
  ]);
});

Deno.test("readConfigFiles() warns of a path given that does not exist, and reads the others", () => {
  assertEquals(readTree({ "d/a.conf": "x" }, ["none", "d"]), {
    files: ["@/d/a.conf: x"],
    messages: ["warning: could not load configuration @/none: No such file or directory"],
  });
});
