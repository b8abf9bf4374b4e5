/**
 * Temporary files: which names are ours, and what is left of runs that are gone.
 *
 * @module
 */
import {
  hasTemporaryFiles,
  makeTemporaryNames,
  removeOldTemporaryFiles,
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

/** Names of temporary files of `report.json`. */
const OF_REPORT = [".report.json.depmod-1f3a9c2e", ".report.json.depmod-ffffffff.old"];

/** Other names beside it. */
const NOT_OF_REPORT = [
  "report.json",
  ".report.json",
  "report.json.depmod-1f3a9c2e",
  ".report.json.depmod-1f3a9c2",
  ".report.json.depmod-1f3a9c2e.bak",
  ".report.json.depmod-1F3A9C2E",
  ".reportxjson.depmod-1f3a9c2e",
  ".x.report.json.depmod-1f3a9c2e",
  ".modules.dep.depmod-1f3a9c2e",
];

/** Gives files a time that is this many minutes ago. */
function setAge(paths: readonly string[], minutes: number): void {
  const time = new Date(Date.now() - minutes * 60_000);
  for (const path of paths) Deno.utimeSync(path, time, time);
}

function listNames(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
}

Deno.test("removeOldTemporaryFiles() removes those of one file, and nothing else", () => {
  const names = [...OF_REPORT, ...NOT_OF_REPORT];
  withTree(makeFiles(names), (directory) => {
    setAge(names.map((name) => `${directory}/${name}`), 61);
    removeOldTemporaryFiles(directory, "report.json");
    assertEquals(listNames(directory), NOT_OF_REPORT.toSorted());
  });
});

Deno.test("removeOldTemporaryFiles() leaves alone what another run may be writing", () => {
  withTree(makeFiles(OF_REPORT), (directory) => {
    setAge(OF_REPORT.map((name) => `${directory}/${name}`), 59);
    removeOldTemporaryFiles(directory, "report.json");
    assertEquals(listNames(directory), OF_REPORT.toSorted());
  });
});

Deno.test("removeOldTemporaryFiles() leaves directories and links alone", () => {
  const [first, second] = OF_REPORT as [string, string];
  withTree({ "old": "", [`${first}/x`]: "" }, (directory) => {
    Deno.symlinkSync("old", `${directory}/${second}`);
    setAge([`${directory}/old`, `${directory}/${first}`], 61);
    removeOldTemporaryFiles(directory, "report.json");
    assertEquals(listNames(directory), ["old", ...OF_REPORT].sort());
  });
});

Deno.test("removeOldTemporaryFiles() finds none in a directory that is not there", () => {
  removeOldTemporaryFiles("/nonexistent", "report.json");
});
