/**
 * Cycles in the graph of modules: which are told, and in which order. The expected lines are those
 * that the reference printed for modules with these dependencies, in this order in modules.order;
 * where the reference comes to no end, it is only checked that the answer is true, and bounded.
 *
 * @module
 */
import { type CycleReport, findCycles } from "../../lib/resolve/cycles.ts";
import { type ModuleLists, sortTopologically } from "../../lib/resolve/graph.ts";
import { assertEquals } from "../support/assert.ts";

/** A graph from the dependencies of each module. */
function graphOf(dependencies: readonly (readonly number[])[]): ModuleLists {
  const starts = new Uint32Array(dependencies.length + 1);
  dependencies.forEach((list, module) => starts[module + 1] = starts[module]! + list.length);
  return { starts, modules: Uint32Array.from(dependencies.flat()) };
}

function find(graph: ModuleLists): CycleReport[] {
  return findCycles(graph, sortTopologically(graph));
}

function countInGroups(reports: readonly CycleReport[]): number {
  return reports.reduce((sum, { groupSize }) => sum + groupSize, 0);
}

/** What is told of modules such as `a: b c` (a needs b and c), with cycles such as `a b a`. */
function tell(modules: string): { cycles: string[]; count: number; hasMore: boolean } {
  const lines = modules.split(", ").map((line) => line.split(/:? /));
  const names = lines.map(([name]) => name!.replace(":", ""));
  const reports = find(graphOf(lines.map(([, ...needs]) => needs.map((n) => names.indexOf(n)))));
  return {
    cycles: reports.flatMap(({ cycles }) => cycles.map((cycle) => nameAll(cycle, names))),
    count: countInGroups(reports),
    hasMore: reports.some(({ hasMore }) => hasMore),
  };
}

function nameAll(modules: readonly number[], names: readonly string[]): string {
  return modules.map((module) => names[module]).join(" ");
}

interface Example {
  readonly about: string;
  readonly modules: string;
  readonly cycles: readonly string[];
  readonly count: number;
}

/** What the reference told. */
const EXAMPLES: readonly Example[] = [
  { about: "a module that needs itself", modules: "a: a", cycles: ["a a"], count: 1 },
  { about: "one that needs another one too", modules: "a: a b, b:", cycles: ["a a"], count: 1 },
  { about: "two that need themselves", modules: "s: s, t: t", cycles: ["s s", "t t"], count: 2 },
  { about: "a pair with a user", modules: "u: a, a: b, b: a", cycles: ["a b a"], count: 2 },
  {
    about: "a ring from its first module in the list",
    modules: "m: n, b: c, a: b, n: m, c: a",
    cycles: ["m n m", "c a b c"],
    count: 5,
  },
  {
    about: "the way by the last dependency first",
    modules: "a: b d, b: a c, c: a, d:",
    cycles: ["a b c a", "a b a"],
    count: 3,
  },
  {
    about: "all ways through the first module",
    modules: "a: b c d, b: a, c: a, d: a b",
    cycles: ["a d b a", "a d a", "a c a", "a b a"],
    count: 4,
  },
  {
    about: "a module behind a pair, if it has dependencies, as a cycle",
    modules: "a: b, b: a x, x: y, y:",
    cycles: ["a b a", "x"],
    count: 2,
  },
  {
    about: "each module behind a pair but the last",
    modules: "b: a, a: b x, x: y, y: z, z:",
    cycles: ["b a b", "x", "y"],
    count: 2,
  },
  {
    about: "no module behind a pair that comes before the pair",
    modules: "x: y, y:, a: b, b: a x",
    cycles: ["a b a"],
    count: 2,
  },
  {
    about: "no module behind a pair that has no dependencies",
    modules: "a: b, b: a x, x:",
    cycles: ["a b a"],
    count: 2,
  },
  {
    about: "next the group behind the module that was removed last",
    modules: "z: z c, n: q, c:, q: n",
    cycles: ["z z", "q n q"],
    count: 3,
  },
  {
    about: "groups and modules behind them in turn",
    modules: "p: q t, q: p r, r: p s, s:, t: u, u: s, m: n, n: m",
    cycles: ["p q r p", "p q p", "t", "u", "m n m"],
    count: 5,
  },
  {
    about: "the modules of the reference's own test",
    modules: "d: e, e: d, g:, i: j, k: h, j: h k, h: i, f:, c: a f g, b: c f g, a: b f g",
    cycles: ["d e d", "i j k h i", "i j h i", "c a b c"],
    count: 9,
  },
];

for (const { about, modules, cycles, count } of EXAMPLES) {
  Deno.test(`findCycles() tells ${about}`, () => {
    assertEquals(tell(modules), { cycles, count, hasMore: false });
  });
}

Deno.test("findCycles() tells nothing of modules without cycles", () => {
  assertEquals(find(graphOf([])), []);
  assertEquals(find(graphOf([[1, 2], [2], []])), []);
});

Deno.test("findCycles() tells what cycles a walk closes where the reference does not end", () => {
  const { cycles, count, hasMore } = tell("a: b, b: c d, c: a, d: b d");
  assertEquals(cycles.toSorted(), ["a b c a", "b d b", "d d"]);
  assertEquals([count, hasMore], [4, false]);
});

Deno.test("findCycles() says when it leaves out a cycle", () => {
  const { cycles, count, hasMore } = tell("a: b c, b: a c, c: a b");
  assertEquals(new Set(cycles).size, cycles.length);
  assertEquals([count, hasMore], [3, true]);
});

Deno.test("findCycles() tells of a group behind another one", () => {
  const { cycles, count, hasMore } = tell("a: b, b: a x, x: y, y: x");
  assertEquals(cycles, ["a b a", "x y x"]);
  assertEquals([count, hasMore], [4, false]);
});

/** Milliseconds; an idle machine takes a tenth of that. */
const LONGEST_TIME = 2000;

/** Finds the cycles of a graph, and fails if that takes long each of three times. */
function findSoon(dependencies: readonly (readonly number[])[]): CycleReport[] {
  const graph = graphOf(dependencies);
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = performance.now();
    const reports = find(graph);
    if (performance.now() - start < LONGEST_TIME) return reports;
  }
  throw new Error(`takes more than ${LONGEST_TIME} ms`);
}

function list<T>(length: number, item: (index: number) => T): T[] {
  return Array.from({ length }, (_, i) => item(i));
}

Deno.test("findCycles() tells a ring of 60,000 modules soon", () => {
  const [report, ...others] = findSoon(list(60_000, (i) => [(i + 1) % 60_000]));
  assertEquals(report!.cycles, [[...list(60_000, (i) => i), 0]]);
  assertEquals([report!.groupSize, report!.hasMore, others], [60_000, false, []]);
});

Deno.test("findCycles() tells a hundred cycles of 200 modules that all need each other", () => {
  const all = list(200, (i) => i);
  const [report, ...others] = findSoon(all.map((i) => all.filter((other) => other !== i)));
  assertEquals(new Set(report!.cycles.map((cycle) => cycle.join(" "))).size, 100);
  assertEquals([report!.groupSize, report!.hasMore, others], [200, true, []]);
});

Deno.test("findCycles() tells 10,000 pairs soon, in list order", () => {
  const reports = findSoon(list(20_000, (i) => [i ^ 1]));
  assertEquals(
    reports.map(({ cycles }) => cycles),
    list(10_000, (i) => [[2 * i, 2 * i + 1, 2 * i]]),
  );
  assertEquals(countInGroups(reports), 20_000);
});

Deno.test("findCycles() tells a hundred of very many cycles through one module, soon", () => {
  // Two ways at each of 20,000 steps: 3 i needs 3 i + 1 and 3 i + 2, and both need 3 i + 3.
  const step = (i: number) => i % 3 === 0 ? [i + 1, i + 2] : [3 * Math.ceil(i / 3)];
  const [report] = findSoon(list(60_000, (i) => step(i).map((need) => need % 60_000)));
  assertEquals(report!.cycles.length, 100);
  assertEquals([report!.groupSize, report!.hasMore], [60_000, true]);
});

Deno.test("findCycles() goes through very many ways behind a pair once", () => {
  const step = (i: number) => i % 3 === 0 ? [i + 1, i + 2] : [3 * Math.ceil(i / 3)];
  const behind = list(30_000, (i) => step(i).map((need) => need + 2));
  const reports = findSoon([[1], [0, 2], ...behind, []]);
  assertEquals(reports[0]!.cycles, [[0, 1, 0]]);
  assertEquals(reports.length, 1 + 30_000);
  assertEquals(countInGroups(reports), 2);
});

Deno.test("findCycles() tells a ring of 60,000 modules that need one more, soon", () => {
  const [report] = findSoon(list(60_000, (i) => [(i + 1) % 60_000, (i + 30_000) % 60_000]));
  assertEquals(report!.cycles.length, 100);
  assertEquals([report!.groupSize, report!.hasMore], [60_000, true]);
});
