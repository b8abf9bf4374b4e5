/**
 * Compares what the reference and ours tell of dependency cycles, on small random graphs.
 *
 *     scripts/compare-cycles [COUNT [SEED]]
 *
 * The reference is run on files; of ours, the order of the modules and `resolve` are called in this
 * process, and the whole program is run on one graph of two hundred. On many of the graphs, the
 * reference walks in circles until a check of its own, the memory or the time stops it. Such a
 * graph passes if what ours tells is true.
 */
import { orderModules } from "../lib/discover/order.ts";
import { resolve } from "../lib/resolve/resolve.ts";
import { assertEquals } from "../tests/support/assert.ts";
import { factsOf, moduleFileOf, moduleFilesOf } from "../tests/support/facts.ts";
import { programCommand, runCommand } from "../tests/support/program.ts";
import { type Random, shuffle, startExample } from "../tests/support/random.ts";
import {
  buildTree,
  decodeBytes,
  type TreeSpec,
  VERSION,
  writeTree,
} from "../tests/support/tree.ts";

const REFERENCE = new URL("reference", import.meta.url).pathname;

/** Graphs of which one is given to the whole program. */
const PROGRAM_EVERY = 200;
/** Cycles that ours tells of one group. */
const MOST_CYCLES = 100;
/** Processes at a time. */
const PROCESSES = 2;
/**
 * Runs a command for two seconds at most, in 16 MB, and cuts off its output: the status comes after
 * it, unless it is too long.
 */
const LIMITED = `ulimit -c 0; ulimit -v 16000
{ timeout 2 "$@" 2>&1; echo "status $?"; } 2>/dev/null | head -c 50000`;

/** Modules by name: the modules that each needs, in this order. */
type Graph = ReadonlyMap<string, readonly string[]>;

/** A graph, and the modules that modules.order lists; undefined when there is no such file. */
interface Example {
  readonly graph: Graph;
  readonly listed: readonly string[] | undefined;
}

/** What is told of the cycles in a graph. */
interface Outcome {
  readonly status: number;
  readonly lines: readonly string[];
}

/** Whether module `to` is to be a dependency of module `from`, by their numbers. */
type Draw = (from: number, to: number) => boolean;

/** Any edges, few or many. */
function drawUniform(random: Random): Draw {
  const percent = 5 + random(40);
  return () => random(100) < percent;
}

/**
 * Blocks of modules, some of them groups in which one module is on all cycles, with dependencies
 * that lead from one block to later ones. On most of these graphs, the reference comes to an end.
 */
function drawBlocks(random: Random): Draw {
  const size = 1 + random(9);
  const within = 20 + random(80);
  const between = random(30);
  const backs = Array.from({ length: 9 }, () => random(2) === 0 ? 0 : 20 + random(80));
  const stray = random(16) === 0 ? random(10) : 0;
  return (from, to) => {
    const [block, other] = [Math.floor(from / size), Math.floor(to / size)];
    if (block === other && to === block * size) return random(100) < backs[block]!;
    if (from >= to) return random(100) < stray;
    if (block === other) return random(100) < within;
    return random(100) < (backs[other] === 0 ? between : between / 20);
  };
}

/** A graph with a cycle, in one of the ways to tell the order of the modules. */
function makeExample(random: Random): Example {
  let graph = makeGraph(random);
  while (findCyclic(graph).length === 0) graph = makeGraph(random);
  const names = shuffle([...graph.keys()], random);
  const listed = [names, names, names.slice(random(names.length)), undefined][random(4)];
  return { graph, listed };
}

/** The same one whenever and in whatever turn it is asked for. */
function exampleOf(number: number, seed: number): Example {
  return makeExample(startExample(seed, number));
}

function makeGraph(random: Random): Graph {
  const letters = shuffle([..."abcdefghijklmnopqrstuvwxyz"], random);
  const names = letters.slice(0, 3 + random(7));
  const draw = random(12) === 0 ? drawUniform(random) : drawBlocks(random);
  return new Map(names.map((name, from) => {
    return [name, shuffle(names.filter((_, to) => draw(from, to)), random)];
  }));
}

/** A module exports two symbols; one that needs it needs the second one, and often the first. */
function describeModule(name: string, needs: readonly string[]) {
  const second = needs.flatMap((need) => [`${need}_go`, `${need}_stop`]);
  const twice = name < "n" ? second : needs.map((need) => `${need}_stop`);
  return { exports: [`${name}_go`, `${name}_stop`], needs: twice };
}

function treeOf({ graph, listed }: Example): TreeSpec {
  const modules = [...graph].map(([name, needs]) => [`${name}.ko`, describeModule(name, needs)]);
  return {
    modules: Object.fromEntries(modules),
    order: listed?.map((name) => `${name}.ko`) ?? null,
  };
}

/** What ours tells, worked out in this process. */
function resolveHere({ graph, listed }: Example): Outcome {
  const names = [...graph.keys()].sort();
  const text = listed?.map((name) => `${name}.ko\n`).join("");
  const file = text === undefined ? undefined : { path: "modules.order", text };
  const { order } = orderModules(names.map((name) => moduleFileOf(`${name}.ko`)), file);
  const ordered = Array.from(order, (module) => names[module]!);
  const facts = factsOf(ordered.map((name) => describeModule(name, graph.get(name)!)));
  const { resolved, messages } = resolve(facts, {
    modules: moduleFilesOf(ordered.map((name) => `${name}.ko`)),
    kernel: [],
    prefix: undefined,
    reportUnknown: false,
    checkVersions: false,
    showDependencies: false,
    strict: false,
  });
  const lines = messages.map(({ level, text }) => `depmod: ${level.toUpperCase()}: ${text}`);
  return { status: resolved === undefined ? 1 : 0, lines };
}

/**
 * What the reference tells, undefined if it did not come to an end: without memory, it often leaves
 * without a word.
 */
async function runReference(
  reference: readonly string[],
  directory: string,
): Promise<Outcome | undefined> {
  const args = ["-c", LIMITED, "sh", ...reference, "-b", directory, VERSION];
  const command = new Deno.Command("sh", { args, env: { LC_ALL: "C" }, stdin: "null" });
  const { stdout } = await command.output();
  const lines = decodeBytes(stdout).split("\n").slice(0, -1);
  const status = /^status (.*)$/.exec(lines.pop() ?? "")?.[1];
  const isWhole = status === "0" || status === "1" && lines.at(-1)?.includes("ERROR: Found ");
  return isWhole ? { status: Number(status), lines } : undefined;
}

function runOurs(directory: string): Outcome {
  const words = [...programCommand(), "-b", directory, VERSION];
  const { status, stderr } = runCommand(words, { cwd: directory });
  return { status, lines: stderr.split("\n").slice(0, -1) };
}

/** Only what is told of cycles: there may be a warning that there is no modules.order. */
function aboutCycles({ status, lines }: Outcome): Outcome {
  return { status, lines: lines.filter((line) => line.startsWith("depmod: ERROR: ")) };
}

/** The beginning of what is told of each group: the cycles that are told from one module. */
function shorten({ status, lines }: Outcome): Outcome {
  const told = new Map<string, number>();
  const kept = lines.filter((line) => {
    if (line.includes("Not all cycles")) return false;
    const first = /Cycle detected: (\S+) ->/.exec(line)?.[1] ?? line;
    told.set(first, (told.get(first) ?? 0) + 1);
    return told.get(first)! <= MOST_CYCLES;
  });
  return { status, lines: kept };
}

/** Checks an outcome to which there is no other one: each cycle is one, and all are counted. */
function checkAlone({ graph }: Example, { status, lines }: Outcome): void {
  const cycles = lines.flatMap((line) => /Cycle detected: (.*)$/.exec(line)?.[1] ?? []);
  for (const cycle of cycles) {
    const path = cycle.split(" -> ");
    if (path.length === 1) continue;
    assertEquals(path.at(-1), path[0], cycle);
    assertEquals(new Set(path).size, path.length - 1, cycle);
    path.slice(1).forEach((name, i) => assertEquals(graph.get(path[i]!)?.includes(name), true));
  }
  const count = findCyclic(graph).length;
  assertEquals(lines.at(-1), `depmod: ERROR: Found ${count} modules in dependency cycles!`);
  assertEquals(status, 1);
}

/** The modules that depend on themselves, directly or not. */
function findCyclic(graph: Graph): string[] {
  return [...graph.keys()].filter((name) => reach(graph, name).has(name));
}

/** All that a module depends on, directly or not. */
function reach(graph: Graph, name: string): Set<string> {
  const reached = new Set(graph.get(name));
  for (const module of reached) graph.get(module)!.forEach((need) => reached.add(need));
  return reached;
}

/** Counts of graphs. */
interface Counts {
  passed: number;
  failed: number;
  endless: number;
  shortened: number;
  programs: number;
}

/** Compares both on the graph of a number, in a directory that does not exist. */
async function compare(
  number: number,
  { seed, directory, reference, counts }: {
    seed: number;
    directory: string;
    reference: readonly string[];
    counts: Counts;
  },
): Promise<void> {
  const example = exampleOf(number, seed);
  writeTree(directory, buildTree(treeOf(example)));
  const expected = await runReference(reference, directory);
  const here = resolveHere(example);
  if (expected === undefined) {
    counts.endless++;
    checkAlone(example, here);
  } else {
    assertEquals(shorten(here), shorten(aboutCycles(expected)));
    if (shorten(here).lines.length < here.lines.length) counts.shortened++;
  }
  if (number % PROGRAM_EVERY === 0) {
    counts.programs++;
    const ours = runOurs(directory);
    assertEquals(aboutCycles(ours), here);
    if (expected !== undefined) assertEquals(shorten(ours), shorten(expected));
  }
}

function describe({ graph, listed }: Example): string {
  const modules = [...graph].map(([name, needs]) => `${name}: ${needs.join(" ")}`).join("; ");
  return `${modules}; modules.order: ${listed?.join(" ") ?? "none"}`;
}

async function compareAll(count: number, seed: number): Promise<Counts> {
  const top = Deno.makeTempDirSync({ prefix: "depmod-cycles-" });
  const { stdout } = new Deno.Command(REFERENCE, { args: ["--print", "depmod"] }).outputSync();
  const reference = decodeBytes(stdout).trimEnd().split("\n");
  const counts = { passed: 0, failed: 0, endless: 0, shortened: 0, programs: 0 };
  let next = 0;
  async function work(): Promise<void> {
    while (next < count) {
      const number = next++;
      const directory = `${top}/${number}`;
      try {
        await compare(number, { seed, directory, reference, counts });
        counts.passed++;
      } catch (error) {
        counts.failed++;
        console.log(`FAILED ${number}: ${describe(exampleOf(number, seed))}\n${error}`);
      }
      Deno.removeSync(directory, { recursive: true });
    }
  }
  await Promise.all(Array.from({ length: PROCESSES }, work));
  Deno.removeSync(top);
  return counts;
}

const [count = 1000, seed = 1] = Deno.args.map(Number);
const { passed, failed, endless, shortened, programs } = await compareAll(count, seed);
console.log(`of ${count} graphs, the reference did not come to an end on ${endless}`);
console.log(`it told more than ${MOST_CYCLES} cycles of one group on ${shortened}`);
console.log(`the whole program was run on ${programs}`);
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
