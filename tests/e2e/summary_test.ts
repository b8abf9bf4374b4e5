/**
 * `depmod --summary`: the lines at the end, on standard error.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { assertComplete, INDEX_FILES, messages, runTree } from "../support/run_tree.ts";
import { MODULES, type TreeSpec } from "../support/tree.ts";

const OPTIONS = ["--summary", "-C", "@/depmod.conf"];

const SPEC: TreeSpec = {
  modules: { "a.ko": { needs: ["b_go"] }, "b.ko": { exports: ["b_go"] } },
  files: { "depmod.conf": "" },
};

/** Lines without the time, which is never the same. */
function timeless(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/\d+\.\d\d s$/, "TIME"));
}

Deno.test("depmod --summary tells what was read and replaced", () => {
  const outcome = runTree(SPEC, { options: OPTIONS });
  assertComplete(outcome);
  const line = `depmod: 2 modules: 2 read; replaced ${INDEX_FILES.length} files; TIME`;
  assertEquals([timeless(messages(outcome)), outcome.stdout], [[line], ""]);
});

Deno.test("depmod --summary comes after the messages, and counts them", () => {
  const spec = {
    ...SPEC,
    files: {
      ...SPEC.files,
      [`${MODULES}/c.ko`]: "no module",
      [`${MODULES}/d.ko`]: "none either",
      [`${MODULES}/e.ko.unknown`]: "",
    },
  };
  const lines = timeless(messages(runTree(spec, { options: OPTIONS })));
  assertEquals(lines.length, 5);
  assertEquals(lines.slice(-2), [
    `depmod: 4 modules: 4 read; replaced ${INDEX_FILES.length} files; TIME`,
    "depmod: 2 errors, 1 warning: 2 module-unreadable, 1 unknown-compression",
  ]);
});

Deno.test("depmod --summary is one for all versions", () => {
  const { status, stderr } = runTree(SPEC, { args: [...OPTIONS, "--all-kernels", "-b", "@"] });
  assertEquals(status, 0);
  assert(/^depmod: 2 modules of 1 version: 2 read; /.test(stderr), stderr);
  assertEquals(stderr.split("\n").length, 2);
});

Deno.test("depmod --summary tells of a run that failed", () => {
  const outcome = runTree(SPEC, { args: [...OPTIONS, "-b", "@", "7.0.0"] });
  assertEquals(outcome.status, 1);
  assertEquals(timeless(messages(outcome).slice(-2)), [
    "depmod: nothing written; TIME",
    "depmod: 1 fatal error, 1 error: 2 tree",
  ]);
});
