/**
 * `depmod --check` on golden trees that the reference has indexed: all of them are up to date.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { UP_TO_DATE } from "../support/checked_tree.ts";
import { type GoldenInput, listCases, observe, readInput, readOutcome } from "../support/golden.ts";
import { runProgram } from "../support/program.ts";
import { writeTree } from "../support/tree.ts";

/** The golden trees of which the reference wrote the files. */
function listIndexed(): string[] {
  return listCases().filter((name) => {
    const { status, files } = readOutcome(name);
    return status === 0 && [...files.keys()].some((path) => path.endsWith("/modules.dep"));
  });
}

/** A golden tree with what the reference wrote, to be checked. */
function readIndexed(name: string): GoldenInput {
  const { root, args } = readInput(name);
  const prepare = (directory: string) => writeTree(directory, readOutcome(name).files);
  return { root, args: ["--check", ...args], prepare };
}

Deno.test("the reference has indexed most golden trees", () => {
  assert(listIndexed().length > 70, `${listIndexed().length} trees`);
});

for (const name of listIndexed()) {
  Deno.test(`depmod --check finds the golden tree ${name} up to date as the reference indexed it`, () => {
    const { status, stdout, files } = observe(readIndexed(name), runProgram);
    assertEquals([status, stdout, [...files.keys()]], [UP_TO_DATE, "", []]);
  });
}
