/**
 * Measures the reference and ours in alternating pairs, and prints a table (markdown).
 *
 *     scripts/bench [--pairs N] [--depmod COMMAND] [--chart FILE.svg] [--json FILE] [ROW|TREE]…
 *     scripts/bench --from FILE [--chart FILE.svg]
 *
 * The rows are listed in rows.ts; by default, all are measured. A TREE is a root directory that
 * holds lib/modules/VERSION; nothing is written to it. After one warm-up run of each program come N
 * pairs (default 9, with a cold cache 5), reference first; the table has their medians. COMMAND is
 * ours, split at spaces; `source` is main.ts run from source (default: dist/depmod). --chart draws
 * wall time against the number of modules, --json writes all that was measured, and --from shows
 * such a file again.
 *
 * A tree is measured as a copy (of hard links, where possible) at a short path: to open a file,
 * Deno looks at every part of its path, and a system's own tree is at /lib/modules. With a cold
 * cache it is read where it is, since a copy may be on a file system without a disk; then the
 * programs too are read from the disk. Both write to the same temporary directory, which is emptied
 * before every run, so that none profits from an earlier one. (Measured against itself, the
 * reference was 5 % slower just with a path of another length.)
 */

// @ts-types="../std_cli.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { renderChart } from "./chart.ts";
import { exists, fail, messageOf, ROOT, run } from "./command.ts";
import { emptyCache, measure, MEASURES_ALL, type Sample } from "./measure.ts";
import { debianReference } from "./reference.ts";
import { findReference, type Row, selectRows } from "./rows.ts";
import { renderHead, renderResult, type Report, type Result } from "./table.ts";
import { versionDirectory } from "./trees.ts";

const DEFAULT_PAIRS = 9;
const DEFAULT_COLD_PAIRS = 5;
const MODULE_NAME = /.\.ko(\.gz|\.xz|\.zst)?$/;

/** What the rows share: our command, and the number of pairs if it was given. */
interface Bench {
  readonly ours: readonly string[];
  readonly pairs: number | undefined;
}

/** A row ready to be run: the arguments of both programs. */
interface Subject {
  readonly args: readonly string[];
  readonly modules?: number;
}

/** Model name of the CPU as Linux on x86 gives it, and the number of cores. */
function describeMachine(): string {
  const model = /^model name\s*: (.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
  return `${navigator.hardwareConcurrency} cores of ${model ?? "a CPU of unknown model"}`;
}

function ourCommand(given: string): string[] {
  if (given === "source") return sourceCommand();
  const words = given.split(" ").filter((word) => word !== "");
  if (words.length > 0) return words;
  const program = `${ROOT}/dist/depmod`;
  if (!exists(program)) fail("no dist/depmod; run scripts/compile, or give --depmod source");
  return [program];
}

/** The command of the task `depmod`: main.ts run from source. */
function sourceCommand(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const [, ...words] = tasks.depmod.command.split(" ");
  return [Deno.execPath(), ...words.slice(0, -1), `${ROOT}/${words.at(-1)}`];
}

function countModules(directory: string): number {
  let count = 0;
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) count += countModules(`${directory}/${name}`);
    else if (MODULE_NAME.test(name)) count++;
  }
  return count;
}

function copyTree(tree: string, target: string): string {
  for (const option of ["-al", "-a"]) {
    const copy = new Deno.Command("cp", { args: [option, "--", tree, target], stderr: "null" });
    if (copy.outputSync().success) return target;
    Deno.removeSync(target, { recursive: true });
  }
  return fail(`${tree}: could not be copied to ${target}`);
}

/** Makes the row's tree ready in an empty directory. */
function prepare(row: Row, scratch: string): Subject {
  if (row.tree === undefined) return { args: ["--version"] };
  const tree = row.tree();
  const root = row.state === "cold" ? tree.root : copyTree(tree.root, `${scratch}/root`);
  const modules = countModules(versionDirectory(tree));
  const args = ["-b", root, tree.version];
  if (row.state !== "fresh") return { args: [...args, "-o", `${scratch}/output`], modules };
  run([...debianReference(), ...args]);
  return { args: [...args, "-A"], modules };
}

/** Runs the command on the row, from an empty output directory and, if it says so, a cold cache. */
function measureRun(row: Row, command: readonly string[], scratch: string): Sample {
  const output = `${scratch}/output`;
  if (exists(output)) Deno.removeSync(output, { recursive: true });
  Deno.mkdirSync(output);
  if (row.state === "cold") emptyCache();
  return measure(command, scratch);
}

function measureRow(row: Row, reference: readonly string[], bench: Bench): Result {
  const scratch = Deno.makeTempDirSync();
  try {
    const { args, ...size } = prepare(row, scratch);
    const measurePair = () => ({
      reference: measureRun(row, [...reference, ...args], scratch),
      ours: measureRun(row, [...bench.ours, ...args], scratch),
    });
    if (row.state !== "cold") measurePair();
    const pairs = bench.pairs ?? (row.state === "cold" ? DEFAULT_COLD_PAIRS : DEFAULT_PAIRS);
    const samples = Array.from({ length: pairs }, measurePair);
    return {
      name: row.name,
      title: row.title,
      ...size,
      reference: samples.map((pair) => pair.reference),
      ours: samples.map((pair) => pair.ours),
    };
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
}

/**
 * The row as measured or, as a string, why it is left out. After a failure, the other rows go on.
 */
function tryRow(row: Row, bench: Bench): Result | string {
  try {
    const reference = findReference(row);
    return typeof reference === "string" ? reference : measureRow(row, reference, bench);
  } catch (error) {
    Deno.exitCode = 1;
    return messageOf(error);
  }
}

/** Measures the rows and prints each as soon as it is there. */
function measureRows(rows: readonly Row[], bench: Bench): Report {
  const report: Report = { machine: describeMachine(), results: [], leftOut: [] };
  if (!MEASURES_ALL) report.leftOut.push("CPU time and peak memory: no GNU time, or no bash 5");
  console.log(renderHead(report.machine));
  for (const row of rows) {
    const result = tryRow(row, bench);
    if (typeof result === "string") {
      report.leftOut.push(`\`${row.name}\`: ${result}`);
    } else {
      report.results.push(result);
      console.log(renderResult(result));
    }
  }
  return report;
}

/** Prints a report that was written before. */
function showReport(file: string): Report {
  const report: Report = JSON.parse(Deno.readTextFileSync(file));
  console.log(renderHead(report.machine));
  for (const result of report.results) console.log(renderResult(result));
  return report;
}

function parsePairs(text: string): number | undefined {
  if (text === "") return undefined;
  const pairs = Number(text);
  if (!Number.isInteger(pairs) || pairs < 1) fail("--pairs takes a positive whole number");
  return pairs;
}

function main(): void {
  const options = parseArgs(Deno.args, {
    string: ["pairs", "depmod", "chart", "json", "from", "_"],
    default: { pairs: "", depmod: "", chart: "", json: "", from: "" },
    unknown: (argument, key) => key === undefined || fail(`unknown option ${argument}`),
  });
  const report = options.from !== "" ? showReport(options.from) : measureRows(
    selectRows(options._),
    { ours: ourCommand(options.depmod), pairs: parsePairs(options.pairs) },
  );
  for (const line of report.leftOut) console.log(`\nLeft out: ${line}`);
  if (options.json !== "") Deno.writeTextFileSync(options.json, JSON.stringify(report, null, 1));
  if (options.chart !== "") Deno.writeTextFileSync(options.chart, renderChart(report));
}

try {
  main();
} catch (error) {
  console.error(`scripts/bench: ${messageOf(error)}`);
  Deno.exit(1);
}
