/**
 * Measures the reference and ours in alternating pairs, and prints a table (markdown).
 *
 *     scripts/bench [--pairs N] [--depmod COMMAND] TREE…
 *
 * A TREE is a root directory that holds lib/modules/VERSION; nothing is written to it. It is
 * measured as a copy (of hard links, where possible) at a short path: each open costs Deno a look
 * at every part of a path, and a system's own tree lies at /lib/modules. Both programs write to the same temporary directory, which is emptied before every run, so that none
 * profits from an earlier one. (A name of another length alone made the reference, measured against
 * itself, slower by 5 %.) After one warm-up run of each come N pairs (default 9), reference
 * first; the table has their medians. COMMAND is ours, split at spaces (default: main.ts run from
 * source). CPU time and peak memory come from GNU time; without it these columns are left out.
 */

// @ts-types="./std_cli.d.ts"
import { parseArgs } from "@std/cli/parse-args";

const ROOT = `${import.meta.dirname}/..`;
const GNU_TIME = "/usr/bin/time";
const MODULE_NAME = /.\.ko(\.gz|\.xz|\.zst)?$/;

/** A program: its command line up to its own arguments. */
interface Program {
  readonly name: string;
  readonly command: readonly string[];
}

/** What one run took; no CPU time and memory without GNU time. */
interface Sample {
  readonly wall: number;
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

/** One row of the table before it is measured: what is run on what. */
interface Subject {
  readonly title: string;
  readonly modules: string;
  readonly args: readonly string[];
}

/** Everything that the measurements share. */
interface Bench {
  readonly reference: Program;
  readonly ours: Program;
  readonly pairs: number;
  readonly time: string | undefined;
  /** Directory that the programs write to. */
  readonly output: string;
  /** File that GNU time writes to. */
  readonly usage: string;
}

function fail(message: string): never {
  throw new Error(message);
}

/** The command that scripts/reference would run: a shell's start-up must not count. */
function referenceCommand(): string[] {
  const { success, stdout } = new Deno.Command(`${ROOT}/scripts/reference`, {
    args: ["--print", "depmod"],
    stderr: "inherit",
  }).outputSync();
  if (!success) fail("there is no reference");
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/** The command of the task `depmod`: main.ts run from source. */
function sourceCommand(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const [, ...words] = tasks.depmod.command.split(" ");
  return [Deno.execPath(), ...words.slice(0, -1), `${ROOT}/${words.at(-1)}`];
}

/** Path of GNU time, or undefined where there is none or another kind. */
function findGnuTime(): string | undefined {
  try {
    const { success } = new Deno.Command(GNU_TIME, {
      args: ["-f", "%U %S %M", "true"],
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success ? GNU_TIME : undefined;
  } catch {
    return undefined;
  }
}

/** Model name of the CPU as Linux on x86 gives it, or undefined. */
function cpuModel(): string | undefined {
  try {
    return /^model name\s*: (.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
  } catch {
    return undefined;
  }
}

function countModules(directory: string): number {
  let count = 0;
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) count += countModules(`${directory}/${name}`);
    else if (MODULE_NAME.test(name)) count++;
  }
  return count;
}

function copyTree(tree: string, target: string): void {
  for (const option of ["-al", "-a"]) {
    const copy = new Deno.Command("cp", { args: [option, "--", tree, target], stderr: "null" });
    if (copy.outputSync().success) return;
    Deno.removeSync(target, { recursive: true });
  }
  fail(`${tree}: could not be copied to ${target}`);
}

/** One subject for each version in the tree, which is copied to `root`. */
function treeSubjects(tree: string, { root, output }: { root: string; output: string }): Subject[] {
  copyTree(tree, root);
  const modules = `${root}/lib/modules`;
  const versions = [...Deno.readDirSync(modules)].filter((entry) => entry.isDirectory);
  if (versions.length === 0) fail(`${tree}: nothing in lib/modules`);
  return versions.map(({ name }) => ({
    title: name,
    modules: String(countModules(`${modules}/${name}`)),
    args: ["-b", root, "-o", output, name],
  }));
}

/** Runs the program once, from an empty output directory. Ends everything if the run fails. */
function measure(bench: Bench, program: Program, subject: Subject): Sample {
  Deno.removeSync(bench.output, { recursive: true });
  Deno.mkdirSync(bench.output);
  const timed = bench.time === undefined ? [] : [bench.time, "-o", bench.usage, "-f", "%U %S %M"];
  const [file = "", ...args] = [...timed, ...program.command, ...subject.args];
  const command = new Deno.Command(file, { args, stdin: "null", stdout: "null", stderr: "piped" });
  const start = performance.now();
  const { code, stderr } = command.outputSync();
  const wall = (performance.now() - start) / 1000;
  if (code !== 0) {
    const messages = new TextDecoder().decode(stderr).trimEnd();
    fail(`${subject.title}: ${program.name} ended with exit status ${code}\n${messages}`);
  }
  if (bench.time === undefined) return { wall, cpu: undefined, memory: undefined };
  const [user = NaN, system = NaN, kilobytes = NaN] = Deno.readTextFileSync(bench.usage).split(" ")
    .map(Number);
  return { wall, cpu: user + system, memory: kilobytes / 1024 };
}

/** The middle value (of an even number, the mean of the two), or undefined if one is missing. */
function median(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length !== values.length) return undefined;
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

function medianSample(samples: readonly Sample[]): Sample {
  return {
    wall: median(samples.map(({ wall }) => wall)) ?? NaN,
    cpu: median(samples.map(({ cpu }) => cpu)),
    memory: median(samples.map(({ memory }) => memory)),
  };
}

/** Three cells: reference, ours, and ours as a multiple of the reference. */
function ratioCells(reference: number, ours: number): string[] {
  const ratio = reference > 0 ? (ours / reference).toFixed(2) : "–";
  return [reference.toFixed(3), ours.toFixed(3), ratio];
}

function measureRow(bench: Bench, subject: Subject): string[] {
  measure(bench, bench.reference, subject);
  measure(bench, bench.ours, subject);
  const pairs = Array.from({ length: bench.pairs }, () => ({
    reference: measure(bench, bench.reference, subject),
    ours: measure(bench, bench.ours, subject),
  }));
  const reference = medianSample(pairs.map((pair) => pair.reference));
  const ours = medianSample(pairs.map((pair) => pair.ours));
  const cells = [subject.title, subject.modules, ...ratioCells(reference.wall, ours.wall)];
  if (reference.cpu !== undefined && ours.cpu !== undefined) {
    cells.push(...ratioCells(reference.cpu, ours.cpu));
  }
  if (reference.memory !== undefined && ours.memory !== undefined) {
    cells.push(reference.memory.toFixed(0), ours.memory.toFixed(0));
  }
  return cells;
}

function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

function printTable(bench: Bench, subjects: readonly Subject[]): void {
  const cores = navigator.hardwareConcurrency;
  console.log(`CPU: ${cpuModel() ?? "model not known"}; cores: ${cores}.`);
  console.log(`Medians of ${bench.pairs} alternating pairs, reference first; warm cache.`);
  console.log("Ratio: ours as a multiple of the reference.");
  if (bench.time === undefined) {
    console.log(`CPU time and peak memory are left out: ${GNU_TIME} is not GNU time.`);
  } else {
    console.log("CPU time is user and system; GNU time rounds each down to 0.01 s.");
  }
  console.log();
  const heading = ["tree", "modules", "wall s, reference", "ours", "ratio"];
  if (bench.time !== undefined) {
    heading.push("CPU s, reference", "ours", "ratio", "peak MB, reference", "ours");
  }
  printRow(heading);
  printRow(heading.map((_, column) => column === 0 ? "---" : "---:"));
  for (const subject of subjects) printRow(measureRow(bench, subject));
}

function main(): void {
  const options = parseArgs(Deno.args, {
    string: ["pairs", "depmod", "_"],
    default: { pairs: "9", depmod: "" },
    unknown: (argument, key) => key === undefined || fail(`unknown option ${argument}`),
  });
  const pairs = Number(options.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) fail("--pairs takes a positive whole number");
  if (options._.length === 0) fail("usage: scripts/bench [--pairs N] [--depmod COMMAND] TREE...");
  const words = options.depmod.split(" ").filter((word) => word !== "");
  const reference = { name: "reference", command: referenceCommand() };
  const ours = { name: "ours", command: words.length > 0 ? words : sourceCommand() };

  const scratch = Deno.makeTempDirSync();
  const output = `${scratch}/output`;
  const usage = `${scratch}/usage`;
  try {
    Deno.mkdirSync(output);
    const startUp = { title: "`--version`", modules: "–", args: ["--version"] };
    const subjects = [
      startUp,
      ...options._.flatMap((tree, index) =>
        treeSubjects(tree, { root: `${scratch}/${index}`, output })
      ),
    ];
    printTable({ reference, ours, pairs, time: findGnuTime(), output, usage }, subjects);
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
}

try {
  main();
} catch (error) {
  console.error(`scripts/bench: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
