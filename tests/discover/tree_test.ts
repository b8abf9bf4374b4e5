/**
 * The search for modules: in the tree, then in the external directories.
 *
 * @module
 */
import { type Finding, searchTree, type TreeSearch } from "../../lib/discover/tree.ts";
import { assertEquals } from "../support/assert.ts";
import { type TreeFiles, withTree } from "../support/temp_tree.ts";

const FILES: TreeFiles = {
  "tree/b.ko": "",
  "tree/a.ko": "",
  "tree/skip/c.ko": "",
  "first/z.ko": "",
  "second/y.ko": "",
  "second/x.ko.bz2": "",
  "third/w.ko.xz": "x".repeat(2048),
  "third/v.ko": "x".repeat(2048),
};

/** What is found, with `@` for the directory that all others are in. */
function search(options: Partial<TreeSearch> = {}): { found: string[]; finding: Finding } {
  return withTree(FILES, (root) => {
    const place = (path: string) => path.startsWith("@") ? root + path.slice(1) : path;
    const told: number[] = [];
    const finding = searchTree({
      directory: place(options.directory ?? "@/tree"),
      externals: (options.externals ?? []).map(place),
      excludes: options.excludes ?? [],
      bounds: [Deno.realPathSync(root)],
    }, (cost) => told.push(cost));
    assertEquals(told, finding.files.map(({ cost }) => cost));
    const shown = (text: string) => text.replaceAll(root, "@");
    const messages = finding.messages.map((message) => ({ ...message, text: shown(message.text) }));
    return {
      found: finding.files.map(({ path }) => shown(path)),
      finding: { ...finding, messages },
    };
  });
}

Deno.test("searchTree() finds the modules of the tree", () => {
  const { found, finding } = search({ excludes: ["skip"] });
  assertEquals(found, ["@/tree/a.ko", "@/tree/b.ko"]);
  assertEquals([finding.messages, finding.failure], [[], undefined]);
});

Deno.test("searchTree() finds those of external directories behind them, in the given order", () => {
  const { found, finding } = search({ excludes: ["skip"], externals: ["@/second", "@/first"] });
  assertEquals(found, ["@/tree/a.ko", "@/tree/b.ko", "@/second/y.ko", "@/first/z.ko"]);
  assertEquals(finding.messages.map(({ text }) => text), [
    "ignoring 1 file of an unknown compression, such as @/second/x.ko.bz2",
  ]);
});

Deno.test("searchTree() tells what each file costs: compressed ones more, by their size", () => {
  const { found, finding } = search({ excludes: ["skip"], externals: ["@/third"] });
  assertEquals(found, ["@/tree/a.ko", "@/tree/b.ko", "@/third/v.ko", "@/third/w.ko.xz"]);
  assertEquals(finding.files.map(({ cost }) => cost), [0.04, 0.04, 0.04, 0.16]);
});

Deno.test("searchTree() goes on behind an external directory that is not there", () => {
  const { found, finding } = search({ externals: ["@/none", "@/first"], excludes: ["skip"] });
  assertEquals(found, ["@/tree/a.ko", "@/tree/b.ko", "@/first/z.ko"]);
  const text = "could not open directory @/none: No such file or directory";
  assertEquals(finding.messages, [{ level: "error", text, fails: false }]);
  assertEquals(finding.failure, undefined);
});

Deno.test("searchTree() ends where the tree is not there, and says why", () => {
  const { found, finding } = search({ directory: "@/none", externals: ["@/first"] });
  assertEquals([found, finding.failure], [[], "No such file or directory"]);
  const text = "could not open directory @/none: No such file or directory";
  assertEquals(finding.messages, [{ level: "error", text, fails: false }]);
});
