/**
 * Trees that are large enough to be read by several threads: the result and the messages are
 * those of one thread, in the same order.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { describeEntry, type GoldenOutcome } from "../support/golden.ts";
import { packXz } from "../support/pack.ts";
import {
  assertComplete,
  assertNothingWritten,
  fileLines,
  fileText,
  indexEntries,
  messages,
  runTree,
} from "../support/run_tree.ts";
import { MODULES, type TreeSpec, VERSION } from "../support/tree.ts";

const COUNT = 400;

/** Every fiftieth of the modules is broken. */
const isBroken = (i: number) => i % 50 === 49;

/** The modules' numbers, without those that are broken. */
const GOOD = Array.from({ length: COUNT }, (_, i) => i).filter((i) => !isBroken(i));

/** Compressed modules in a directory that each need the one before. */
function chainIn(directory: string): Record<string, Uint8Array> {
  const files = Array.from({ length: COUNT }, (_, i) => {
    const module = buildModule({
      exports: [`go_${i}`],
      needs: [`go_${i - 1}`],
      modinfo: [`alias=m:${i}`],
    });
    const bytes = isBroken(i) ? new TextEncoder().encode("no module") : packXz(module);
    return [`${directory}/m${i}.ko.xz`, bytes] as const;
  });
  return Object.fromEntries(files);
}

const CHAIN: TreeSpec = {
  files: chainIn(`${MODULES}/kernel`),
  order: Array.from({ length: COUNT }, (_, i) => `kernel/m${i}.ko`),
};

/** Numbers of the modules that module `i` needs, directly or not: down to the next broken one. */
function needsOf(i: number): number[] {
  const needs = [];
  for (let need = i - 1; !isBroken(i) && need >= 0 && !isBroken(need); need--) needs.push(need);
  return needs;
}

/** The line of module `i` in `modules.dep`, when all of them are in this directory. */
function depLine(directory: string, i: number): string {
  const [module, ...needs] = [i, ...needsOf(i)].map((i) => `${directory}/m${i}.ko.xz`);
  return `${module}:${needs.map((need) => ` ${need}`).join("")}`;
}

/** Lines of all modules in `modules.dep`, in the order of their numbers. */
function depLines(directory: string): string[] {
  return Array.from({ length: COUNT }, (_, i) => depLine(directory, i));
}

/** What is said of the broken modules, when all of them are in this directory. */
function failures(directory: string): string[] {
  const broken = Array.from({ length: COUNT }, (_, i) => i).filter(isBroken);
  return broken.map((i) =>
    `depmod: ERROR: failed to load symbols from ${directory}/m${i}.ko.xz: Exec format error`
  );
}

/** Path and text of each file. */
function listFiles({ files }: GoldenOutcome): [path: string, text: string][] {
  return [...files].map(([path, entry]) => [path, describeEntry(entry)]);
}

/** The entries of index files are those of the chain, in whatever order. */
function assertChainIndexed(outcome: GoldenOutcome): void {
  const aliases = GOOD.map((i) => `alias m:${i} m${i}`);
  assertEquals(fileLines(outcome, "modules.alias").sort(), aliases.sort());
  const symbols = GOOD.map((i) => `alias symbol:go_${i} m${i}`);
  assertEquals(fileLines(outcome, "modules.symbols").sort(), symbols.sort());
  const keys = indexEntries(outcome, "modules.symbols.bin").map(({ key, values }) =>
    [key, ...values.map(({ value }) => value)].join(" ")
  );
  assertEquals(keys.sort(), GOOD.map((i) => `symbol:go_${i} m${i}`).sort());
}

for (const jobs of ["-j1", "--jobs=3"]) {
  Deno.test(`depmod ${jobs} indexes a chain of modules, and tells of the broken ones in order`, () => {
    const outcome = runTree(CHAIN, { options: [jobs] });
    assertComplete(outcome);
    assertEquals(messages(outcome), failures(`@/${MODULES}/kernel`));
    assertEquals(fileText(outcome, "modules.dep"), depLines("kernel").join("\n") + "\n");
    assertChainIndexed(outcome);
  });
}

/** What `-v` tells: the symbol that each module needs of the one before, if that is not broken. */
function toldOfNeeds(directory: string): string {
  const needing = GOOD.filter((i) => i > 0 && !isBroken(i - 1));
  const place = (i: number) => `${directory}/m${i}.ko.xz`;
  return needing.map((i) => `${place(i)} needs "go_${i - 1}": ${place(i - 1)}\n`).join("");
}

Deno.test("depmod -v writes and says the same with one reader and with several", () => {
  const [one, three] = ["-j1", "-j3"].map((jobs) => runTree(CHAIN, { options: [jobs, "-v"] }));
  assertComplete(one!);
  assertEquals(one!.stdout, toldOfNeeds(`@/${MODULES}/kernel`));
  assertEquals([three!.stdout, three!.stderr], [one!.stdout, one!.stderr]);
  assertEquals(listFiles(three!), listFiles(one!));
});

Deno.test("depmod's readers may read external directories", () => {
  const conf = "external * @/outside\n";
  const outside = chainIn("outside");
  const tree = { modules: { "a.ko": {} }, files: { ...outside, "external.conf": conf } };
  let directory = ""; // the index files have its path
  const outcome = runTree(tree, {
    options: ["-j2", "-C", "@/external.conf"],
    prepare: (root) => {
      directory = `${root}/outside`;
      Deno.writeTextFileSync(`${root}/external.conf`, conf.replace("@", root));
    },
  });
  assertComplete(outcome);
  assertEquals(messages(outcome).sort(), failures("@/outside").sort());
  const lines = [...depLines(directory), "a.ko:"];
  assertEquals(fileLines(outcome, "modules.dep").sort(), lines.sort());
  assertChainIndexed(outcome);
});

Deno.test("depmod's readers may read file operands", () => {
  const operands = Object.keys(chainIn("outside")).map((path) => `@/${path}`);
  let directory = ""; // the index files have its path
  const outcome = runTree({ modules: { "a.ko": {} }, files: chainIn("outside") }, {
    args: ["-j2", "-b", "@", VERSION, ...operands],
    prepare: (root) => directory = `${root}/outside`,
  });
  assertComplete(outcome);
  assertEquals(messages(outcome).sort(), failures("@/outside").sort());
  assertEquals(fileLines(outcome, "modules.dep").sort(), depLines(directory).sort());
  assertChainIndexed(outcome);
});

for (const jobs of ["0", "two", "-1", "1000", ""]) {
  Deno.test(`depmod refuses '${jobs}' for a number of threads`, () => {
    const outcome = runTree({ modules: { "a.ko": {} } }, { options: ["--jobs", jobs] });
    assertNothingWritten(outcome);
    const text = `depmod: FATAL: --jobs takes a number from 1 to 999, not '${jobs}'`;
    assertEquals(messages(outcome), [text]);
  });
}
