/**
 * Checks the golden trees in testdata against their description, or makes them again.
 *
 *     scripts/golden             compares roots and arguments; the reference is not run
 *     scripts/golden --update    writes them, and what the reference makes of them
 *
 * See tests/support/golden.ts for how they look on disk.
 */
import {
  describeEntry,
  type GoldenInput,
  type GoldenOutcome,
  listCases,
  observe,
  readInput,
  TREES,
} from "../tests/support/golden.ts";
import { GOLDEN_CASES, type GoldenCase } from "../tests/support/golden_trees.ts";
import { latin1 } from "../tests/support/elf_builder.ts";
import { runCommand } from "../tests/support/program.ts";
import { buildTree, type Tree, VERSION, writeTree } from "../tests/support/tree.ts";

const REFERENCE = new URL("reference", import.meta.url).pathname;

function inputOf(golden: GoldenCase): GoldenInput {
  return { root: buildTree(golden), args: golden.args ?? ["-b", "@", VERSION] };
}

function referenceCommand(): string[] {
  const command = new Deno.Command(REFERENCE, { args: ["--print", "depmod"], stderr: "inherit" });
  const { success, stdout } = command.outputSync();
  if (!success) throw new Error("there is no reference");
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/** Writes a case: what goes in, and what the reference makes of it. */
function update(golden: GoldenCase, reference: readonly string[]): void {
  const input = inputOf(golden);
  const outcome = observe(input, (args, options) => {
    const result = runCommand([...reference, ...args], options);
    if (result.status > 1) throw new Error(`${golden.name}: the reference died: ${result.stderr}`);
    refuseTemporaryPath(golden.name, options.cwd);
    return result;
  });
  const directory = `${TREES}/${golden.name}`;
  writeTree(`${directory}/root`, input.root);
  Deno.writeTextFileSync(`${directory}/args`, input.args.map((arg) => `${arg}\n`).join(""));
  writeOutcome(`${directory}/want`, outcome);
}

/** Refuses files that hold the path of the root: they would differ at every run. */
function refuseTemporaryPath(name: string, root: string): void {
  const { success, stdout } = new Deno.Command("grep", { args: ["-rlF", root, root] }).outputSync();
  if (!success) return;
  throw new Error(`${name}: the root's path is in ${new TextDecoder().decode(stdout).trimEnd()}`);
}

function writeOutcome(directory: string, { status, stdout, stderr, files }: GoldenOutcome): void {
  if (files.size > 0) writeTree(`${directory}/files`, files);
  else Deno.mkdirSync(directory);
  Deno.writeTextFileSync(`${directory}/status`, `${status}\n`);
  Deno.writeFileSync(`${directory}/stdout`, latin1(stdout));
  Deno.writeFileSync(`${directory}/stderr`, latin1(stderr));
}

function updateAll(): void {
  const reference = referenceCommand();
  Deno.mkdirSync(TREES, { recursive: true });
  Deno.removeSync(TREES, { recursive: true });
  for (const golden of GOLDEN_CASES) update(golden, reference);
  console.log(`${GOLDEN_CASES.length} golden trees made anew`);
}

/** What is not as described, a line each. */
function findDifferences(): string[] {
  const names = GOLDEN_CASES.map(({ name }) => name);
  const onDisk = listCases();
  const shared = GOLDEN_CASES.filter(({ name }) => onDisk.includes(name));
  return [
    ...names.filter((name) => !onDisk.includes(name)).map((name) => `${name} is missing`),
    ...onDisk.filter((name) => !names.includes(name)).map((name) => `${name} has no description`),
    ...shared.flatMap((golden) => compare(golden.name, inputOf(golden))),
  ];
}

function compare(name: string, described: GoldenInput): string[] {
  const { root, args } = readInput(name);
  const differences = compareTrees(described.root, root).map((path) => `${name}/root/${path}`);
  if (args.join("\n") !== described.args.join("\n")) differences.push(`${name}/args`);
  return differences.map((path) => `${path} is not as described`);
}

function compareTrees(a: Tree, b: Tree): string[] {
  const paths = new Set([...a.keys(), ...b.keys()]);
  return [...paths].filter((path) => {
    const [left, right] = [a.get(path), b.get(path)];
    return left === undefined || right === undefined ||
      describeEntry(left) !== describeEntry(right);
  });
}

function main(args: readonly string[]): number {
  if (args.length === 1 && args[0] === "--update") {
    updateAll();
    return 0;
  }
  if (args.length > 0) throw new Error("usage: scripts/golden [--update]");
  const differences = findDifferences();
  for (const line of differences) console.error(line);
  console.log(`${GOLDEN_CASES.length} golden trees, ${differences.length} differences`);
  return differences.length === 0 ? 0 : 1;
}

try {
  Deno.exit(main(Deno.args));
} catch (error) {
  console.error(`scripts/golden: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
