/**
 * The fuzzer's command line; see scripts/fuzz. The cases are tried by processes (search.ts), which
 * are watched here: one that says nothing for some time is ended, and the case that it was at is
 * what it broke at.
 *
 * @module
 */
// @ts-types="../std_cli.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { type Kind, kindOf, KINDS } from "./cases.ts";
import { readCrasher } from "./crashers.ts";
import type { Finding } from "./findings.ts";
import type { Input } from "./inputs.ts";
import { type Crasher, examineMeasured, GROUP, type Tally } from "./search.ts";
import { excerpt } from "../../lib/bytes/text.ts";
import { watch } from "./watch.ts";
import { examineRun } from "./whole_run.ts";

const TOP = new URL("../../", import.meta.url).pathname;
/** Milliseconds between two lines of progress. */
const PROGRESS = 10_000;

/** Characters of what is wrong that are shown. */
const LONGEST_DETAIL = 1000;

/** Where module files are fast to write. */
const MEMORY = "/dev/shm";

function fail(message: string): never {
  throw new Error(message);
}

function parseNumber(name: string, text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : fail(`--${name} takes a number, not '${text}'`);
}

function parseKinds(text: string): Kind[] {
  return text.split(",").map((word) => {
    return KINDS.find((kind) => kind === word) ?? fail(`there is no kind '${word}' of cases`);
  });
}

function withDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const dir = hasMemory() ? { dir: MEMORY } : {};
  const directory = Deno.makeTempDirSync({ prefix: "depmod-fuzz-", ...dir });
  return body(directory).finally(() => Deno.removeSync(directory, { recursive: true }));
}

function hasMemory(): boolean {
  try {
    return Deno.statSync(MEMORY).isDirectory;
  } catch {
    return false;
  }
}

/** What all processes together have done. */
class Totals {
  readonly #start = performance.now();
  readonly #cases: Record<Kind, number> = {
    modules: 0,
    texts: 0,
    streams: 0,
    "command-lines": 0,
  };
  #runs = 0;
  #peak = 0;
  /** What was found. */
  readonly crashers: Crasher[] = [];

  add({ cases, runs, peak }: Tally): void {
    for (const kind of KINDS) this.#cases[kind] += cases[kind];
    this.#runs += runs;
    this.#peak = Math.max(this.#peak, peak);
  }

  /** A line that tells of all. */
  describe(): string {
    const count = KINDS.reduce((sum, kind) => sum + this.#cases[kind], 0);
    const seconds = (performance.now() - this.#start) / 1000;
    const kinds = KINDS.map((kind) => `${kind} ${this.#cases[kind]}`).join(", ");
    return `${count} cases (${kinds}; whole runs ${this.#runs}) in ${Math.round(seconds)} s, ` +
      `${Math.round(count / seconds)} a second, peak memory ${Math.round(this.#peak / 2 ** 20)} ` +
      `MiB, ${this.crashers.length} crashers`;
  }
}

function describe({ sign, detail }: Finding): string {
  return `${sign}: ${excerpt(detail, LONGEST_DETAIL)}`;
}

/** Shows what was found, unless there are enough with the same sign. */
function showCrasher({ label, finding, path }: Crasher): void {
  if (path === undefined) return;
  console.log(`CRASHER ${label}: ${describe(finding)}`);
  console.log(
    `  written to ${path}; to keep it, move it to testdata/crashers, which the tests try`,
  );
  console.log("  again, and say in testdata/README.md how it was made");
}

/** The number after the last case, of which `count` are of these kinds. */
function findEnd(
  { seed, first, kinds }: { seed: number; first: number; kinds: readonly Kind[] },
  count: number,
): number {
  if (kinds.length === KINDS.length) return first + count;
  let number = first;
  for (let found = 0; found < count; number++) if (kinds.includes(kindOf(seed, number))) found++;
  return number;
}

type FuzzOptions = Readonly<
  Record<"seed" | "cases" | "first" | "only" | "jobs" | "crashers", string>
>;

async function fuzz(options: FuzzOptions): Promise<boolean> {
  const [seed, cases, first, jobs] = (["seed", "cases", "first", "jobs"] as const)
    .map((name) => parseNumber(name, options[name])) as [number, number, number, number];
  const kinds = parseKinds(options.only);
  const end = findEnd({ seed, first, kinds }, cases);
  const totals = new Totals();
  const timer = setInterval(() => console.log(totals.describe()), PROGRESS);
  const process = (index: number) =>
    withDirectory((directory) =>
      watch({
        ...{ seed, kinds, end, directory, crashers: options.crashers },
        ...{ first: first + index * GROUP, step: jobs },
      }, {
        onTried: (tally) => totals.add(tally),
        onFound: (crasher) => {
          totals.crashers.push(crasher);
          showCrasher(crasher);
        },
        onStall: (number) => console.log(`no progress at case ${number}, which is tried again`),
      })
    );
  await Promise.all(Array.from({ length: jobs }, (_, index) => process(index)));
  clearInterval(timer);
  console.log(totals.describe());
  return totals.crashers.length === 0;
}

/** Tries crashers again, each alone, on the stages and on the whole program. */
async function replay(paths: readonly string[]): Promise<boolean> {
  let failed = 0;
  for (const path of paths) {
    const finding = await withDirectory((directory) => tryAgain(readCrasher(path), directory));
    if (finding === undefined) console.log(`ok ${path}`);
    else {
      failed++;
      console.log(`CRASHER ${path}: ${describe(finding)}`);
    }
  }
  console.log(`${paths.length - failed} passed, ${failed} failed`);
  return failed === 0;
}

async function tryAgain(
  inputs: readonly Input[],
  directory: string,
): Promise<Finding | undefined> {
  const { finding } = await examineMeasured(inputs, { directory, begin: () => {} });
  if (finding !== undefined) return finding;
  for (const input of inputs) {
    const finding = await examineRun(input);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

function main(): Promise<boolean> {
  const [replaying, ...paths] = Deno.args;
  if (replaying === "--replay") return replay(paths);
  const options = parseArgs(Deno.args, {
    string: ["seed", "cases", "first", "only", "jobs", "crashers"],
    default: {
      seed: "1",
      cases: "10000",
      first: "0",
      only: KINDS.join(),
      jobs: `${navigator.hardwareConcurrency}`,
      crashers: `${TOP}.cache/crashers`,
    },
    unknown: (argument) => fail(`there is no option ${argument}`),
  });
  return fuzz(options);
}

try {
  Deno.exit(await main() ? 0 : 1);
} catch (error) {
  console.error(`scripts/fuzz: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
