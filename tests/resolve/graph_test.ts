/**
 * The graph of modules: order and transitive dependencies. The expected orders follow by
 * hand from the rule: modules that nobody uses form a stack, in list order; the last is taken and
 * placed, and each of its dependencies whose users are all placed is pushed.
 *
 * @module
 */
import {
  collectDependencies,
  isComplete,
  linkModules,
  type ModuleLists,
  sortTopologically,
} from "../../lib/resolve/graph.ts";
import { assertEquals } from "../support/assert.ts";

/** A graph from the dependencies of each module. */
function graphOf(dependencies: readonly (readonly number[])[]): ModuleLists {
  const starts = new Uint32Array(dependencies.length + 1);
  dependencies.forEach((list, module) => starts[module + 1] = starts[module]! + list.length);
  return { starts, modules: Uint32Array.from(dependencies.flat()) };
}

/** The lists of each module. */
function listsOf({ starts, modules }: ModuleLists): number[][] {
  return Array.from(starts.subarray(1), (end, i) => [...modules.subarray(starts[i], end)]);
}

interface Acyclic {
  readonly about: string;
  readonly graph: readonly (readonly number[])[];
  readonly order: readonly number[];
  readonly all: readonly (readonly number[])[];
}

const ACYCLIC: readonly Acyclic[] = [
  { about: "nothing", graph: [], order: [], all: [] },
  { about: "modules on their own", graph: [[], [], []], order: [2, 1, 0], all: [[], [], []] },
  { about: "a chain", graph: [[1], [2], []], order: [0, 1, 2], all: [[1, 2], [2], []] },
  { about: "a chain upwards", graph: [[], [0], [1]], order: [2, 1, 0], all: [[], [0], [1, 0]] },
  // 0 is placed; 1 and 2 are pushed in the order met, so that 2 is taken next.
  {
    about: "two dependencies of one",
    graph: [[1, 2], [], []],
    order: [0, 2, 1],
    all: [[2, 1], [], []],
  },
  {
    about: "two dependencies met the other way round",
    graph: [[2, 1], [], []],
    order: [0, 1, 2],
    all: [[1, 2], [], []],
  },
  // 3 waits for its second user, which is 1.
  {
    about: "a diamond",
    graph: [[1, 2], [3], [3], []],
    order: [0, 2, 1, 3],
    all: [[2, 1, 3], [3], [3], []],
  },
  {
    about: "a diamond with a direct edge",
    graph: [[3, 1, 2], [3], [3], []],
    order: [0, 2, 1, 3],
    all: [[2, 1, 3], [3], [3], []],
  },
  // The stack is 0, 1: 1 comes first and pushes 3 above 0; then 0 frees 2.
  {
    about: "two users with something in common",
    graph: [[2], [2, 3], [], []],
    order: [1, 3, 0, 2],
    all: [[2], [3, 2], [], []],
  },
  // 4, then its 1; then 3 frees 0, and 2.
  {
    about: "users that stand behind what they use",
    graph: [[], [], [], [0, 2], [0, 1]],
    order: [4, 1, 3, 2, 0],
    all: [[], [], [], [2, 0], [1, 0]],
  },
  // 5 → 0, 3; then 3 → 1; 1 → 4 is kept back by 2; 0; 2 → 4.
  {
    about: "several levels",
    graph: [[], [4], [4], [1], [], [0, 3]],
    order: [5, 3, 1, 0, 2, 4],
    all: [[], [4], [4], [1, 4], [], [3, 1, 0, 4]],
  },
];

for (const { about, graph, order, all } of ACYCLIC) {
  Deno.test(`sortTopologically() orders ${about}`, () => {
    const sorted = sortTopologically(graphOf(graph));
    assertEquals([...sorted.order], order);
    assertEquals(isComplete(sorted), true);
    assertEquals(order.map((module) => sorted.positions[module]), order.map((_, place) => place));
  });

  Deno.test(`collectDependencies() goes all the way, by position: ${about}`, () => {
    const lists = graphOf(graph);
    assertEquals(listsOf(collectDependencies(lists, sortTopologically(lists))), all);
  });
}

interface Cyclic {
  readonly about: string;
  readonly graph: readonly (readonly number[])[];
  /** What can be ordered. */
  readonly order: readonly number[];
}

const CYCLIC: readonly Cyclic[] = [
  { about: "a module that needs itself", graph: [[0]], order: [] },
  { about: "a pair", graph: [[1], [0]], order: [] },
  { about: "a pair behind a user", graph: [[2], [0], [0]], order: [1] },
  { about: "a pair with a dependency of its own", graph: [[], [2, 0], [1]], order: [] },
  { about: "a ring of three", graph: [[2], [0], [1]], order: [] },
  { about: "two separate pairs", graph: [[3], [2], [1], [0]], order: [] },
  { about: "two pairs of which one uses the other", graph: [[1, 2], [0], [3], [2]], order: [] },
  { about: "a group with two ways around", graph: [[1], [2], [0, 3], [1]], order: [] },
  {
    about: "a group with a long and a short way around",
    graph: [[1, 3], [2], [3], [0]],
    order: [],
  },
  { about: "a user that needs itself, beside others", graph: [[], [1, 0], [0]], order: [2] },
];

for (const { about, graph, order } of CYCLIC) {
  Deno.test(`sortTopologically() leaves out ${about}`, () => {
    const sorted = sortTopologically(graphOf(graph));
    assertEquals([...sorted.order], order);
    assertEquals(isComplete(sorted), false);
  });
}

const LONG = 50_000;

/** Module i depends on i + 1; the last one on those given. */
function chain(length: number, ...last: number[]): ModuleLists {
  return graphOf(Array.from({ length }, (_, i) => i + 1 < length ? [i + 1] : last));
}

Deno.test("sortTopologically() orders a chain of 50,000 modules", () => {
  const { order } = sortTopologically(chain(LONG));
  assertEquals(order, new Uint32Array(LONG).map((_, i) => i));
});

Deno.test("sortTopologically() leaves out a ring of 50,000 modules", () => {
  assertEquals(isComplete(sortTopologically(chain(LONG, 0))), false);
});

Deno.test("sortTopologically() orders 50,000 modules that use one", () => {
  const { order } = sortTopologically(
    graphOf(Array.from({ length: LONG }, (_, i) => i > 0 ? [0] : [])),
  );
  assertEquals([order[0], order[LONG - 2], order[LONG - 1]], [LONG - 1, 1, 0]);
});

Deno.test("linkModules() lists each owner once, in the order in which its names are met", () => {
  const needStarts = Uint32Array.of(0, 5, 5, 8);
  const needNames = Uint32Array.of(3, 1, 0, 2, 3, 0, 4, 4);
  const owners = Int32Array.of(1, -1, 1, 0, 2); // name 1 is nobody's
  assertEquals(listsOf(linkModules({ needStarts, needNames }, owners)), [[0, 1], [], [1, 2]]);
});

Deno.test("collectDependencies() collects along a chain of 2,000 modules", () => {
  const length = 2000;
  const lists = chain(length);
  const { starts, modules } = collectDependencies(lists, sortTopologically(lists));
  assertEquals(starts[length], length * (length - 1) / 2);
  assertEquals(
    [...modules.subarray(0, length - 1)],
    Array.from({ length: length - 1 }, (_, i) => i + 1),
  );
});
