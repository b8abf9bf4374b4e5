/**
 * Which files are newer than what was made from them.
 *
 * @module
 */
import { findNewer, findSecond } from "../../lib/discover/newer.ts";
import { assertEquals } from "../support/assert.ts";
import { withTree } from "../support/temp_tree.ts";

const NOW = 1_700_000_000;

/** Calls `body` with a directory of files that were changed at these times. */
function withTimes(times: Readonly<Record<string, number>>, body: (root: string) => void): void {
  const files = Object.fromEntries(Object.keys(times).map((name) => [name, ""]));
  withTree(files, (root) => {
    for (const [name, time] of Object.entries(times)) Deno.utimeSync(`${root}/${name}`, time, time);
    body(root);
  });
}

Deno.test("findNewer() finds files of a later second, in the order given", () => {
  withTimes({ a: NOW + 1, b: NOW + 0.9, c: NOW - 1, d: NOW + 9 }, (root) => {
    const paths = ["d", "c", "b", "a"].map((name) => `${root}/${name}`);
    assertEquals(findNewer(paths, NOW), [
      { path: `${root}/d`, reason: undefined },
      { path: `${root}/a`, reason: undefined },
    ]);
  });
});

Deno.test("findNewer() passes over what is not there, and tells what cannot be looked at", () => {
  withTimes({ a: NOW }, (root) => {
    const paths = [`${root}/none`, `${root}/a/b`];
    assertEquals(findNewer(paths, NOW), [{ path: `${root}/a/b`, reason: "Not a directory" }]);
  });
});

Deno.test("findSecond() gives whole seconds, or nothing for a file that is not there", () => {
  withTimes({ a: NOW + 0.9 }, (root) => {
    assertEquals([findSecond(`${root}/a`), findSecond(`${root}/none`)], [NOW, undefined]);
  });
});
