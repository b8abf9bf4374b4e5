/**
 * Temporary files: which names are ours, and what is left of runs that are gone.
 *
 * @module
 */
import {
  hasTemporaryFiles,
  makeTemporaryNames,
  removeTemporaryFiles,
} from "../../lib/publish/temporary.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { withTree } from "../support/temp_tree.ts";

const OURS = [
  ".modules.dep.depmod-1f3a9c2e",
  ".modules.builtin.alias.bin.depmod-00000000",
  ".modules.symbols.bin.depmod-ffffffff.old",
];

const FOREIGN = [
  "modules.dep",
  ".modules.dep",
  "modules.dep.depmod-1f3a9c2e",
  ".modules.dep.depmod-1f3a9c2",
  ".modules.dep.depmod-1f3a9c2e.bak",
  ".modules.dep.depmod-1F3A9C2E",
  ".order.depmod-1f3a9c2e",
  "x.modules.dep.depmod-1f3a9c2e",
];

function makeFiles(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, ""]));
}

Deno.test("removeTemporaryFiles() removes what runs have left, and nothing else", () => {
  withTree(makeFiles([...OURS, ...FOREIGN]), (directory) => {
    assert(hasTemporaryFiles(directory));
    removeTemporaryFiles(directory);
    const left = Array.from(Deno.readDirSync(directory), ({ name }) => name);
    assertEquals(left.sort(), FOREIGN.toSorted());
    assert(!hasTemporaryFiles(directory));
  });
});

Deno.test("removeTemporaryFiles() leaves directories alone", () => {
  withTree({ [`${OURS[0]}/x`]: "" }, (directory) => {
    removeTemporaryFiles(directory);
    assertEquals(Array.from(Deno.readDirSync(directory), ({ name }) => name), [OURS[0]!]);
  });
});

Deno.test("hasTemporaryFiles() finds none in a directory that is not there", () => {
  assert(!hasTemporaryFiles("/nonexistent"));
});

Deno.test("makeTemporaryNames() makes names that are removed, and new ones each time", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const [names] = makeTemporaryNames("/d", ["modules.dep.bin"]);
    assertEquals(names!.target, "/d/modules.dep.bin");
    assertEquals(names!.backup, `${names!.temporary}.old`);
    seen.add(names!.temporary);
  }
  assertEquals(seen.size, 100);
  withTree(makeFiles([...seen].map((path) => path.slice(3))), (directory) => {
    removeTemporaryFiles(directory);
    assertEquals([...Deno.readDirSync(directory)], []);
  });
});
