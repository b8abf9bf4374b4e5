/**
 * The program leaves on every golden tree what the reference left: exit status, stdout, stderr,
 * and every file, byte for byte.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { describeEntry, listCases, observe, readInput, readOutcome } from "../support/golden.ts";
import { runProgram } from "../support/program.ts";

/** What is said, but for the line that ends a usage error: the reference has none. */
function withoutPointer(stderr: string): string {
  return stderr.replace(/\nTry 'depmod --help' for more information\.\n$/, "\n");
}

for (const name of listCases()) {
  Deno.test(`depmod on the golden tree ${name} does what the reference did`, () => {
    const actual = observe(readInput(name), runProgram);
    const want = readOutcome(name);
    assertEquals(withoutPointer(actual.stderr), want.stderr, "stderr");
    assertEquals(actual.stdout, want.stdout, "stdout");
    assertEquals(actual.status, want.status, "exit status");
    assertEquals([...actual.files.keys()].sort(), [...want.files.keys()].sort(), "files written");
    for (const [path, entry] of want.files) {
      assertEquals(describeEntry(actual.files.get(path)!), describeEntry(entry), path);
    }
  });
}

Deno.test("there are golden trees", () => {
  assert(listCases().length > 50);
});
