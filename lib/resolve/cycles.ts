/**
 * Cycles in the graph of modules: which of them are told, and in which order. That is as the
 * reference has it wherever the reference comes to an end; where it does not, the answer is bounded
 * all the same. There is no recursion.
 *
 * The candidates are the modules that are in a cycle or needed by one. They stand in a ring, in list
 * order, and the reference takes one after the other out of it. From each one it walks along the
 * dependencies, the last one of a module first, and walks again what it has walked before:
 *
 *     a needs b, d         from a, by d:      nothing
 *     b needs a, c         from a, by b, c:   a -> b -> c -> a
 *     c needs a            from a, by b:      a -> b -> a
 *     d
 *
 * A cycle that comes back to where the walk began is told. Its modules leave the ring, and so does
 * each module without dependencies that the walk meets; whenever one leaves, the candidate after it
 * is the next one to be taken. A candidate that an earlier walk came through, and that is still in
 * the ring, is told as if it were a cycle of its own, though a cycle only needs it.
 *
 * Such walks end if every group (see groups.ts) that they meet has a module that is on all of its
 * cycles, and is walked from that one. From the first module of another group, nothing is walked
 * again here, and every cycle is told that the walk closes, wherever it began.
 *
 * @module
 */
import type { ModuleLists, TopologicalOrder } from "./graph.ts";
import { findGroups, type Groups, NO_GROUP } from "./groups.ts";

/** Cycles that are told of one group. */
const MOST_CYCLES = 100;

/** What there is to tell of one group, or of one module that a group only needs. */
export interface CycleReport {
  /** Lists of modules, the first one at both ends; a module that a group only needs stands alone. */
  readonly cycles: readonly (readonly number[])[];
  /** How many modules the group has; 0 for a module that a group only needs. */
  readonly groupSize: number;
  /** Whether the group has cycles that are not in `cycles`. */
  readonly hasMore: boolean;
}

/**
 * What there is to tell of the cycles of a graph, in order. That takes time linear in the graph,
 * for each of the cycles, of which a group gives up to a hundred.
 *
 * @param order how much of the graph could be sorted
 */
export function findCycles(graph: ModuleLists, order: TopologicalOrder): CycleReport[] {
  const groups = findGroups(graph);
  const isTold = new Uint8Array(groups.sizes.length);
  const inGroups = startWalk(graph, groups.groupOf);
  const everywhere = startWalk(graph, new Int32Array(groups.groupOf.length));
  const candidates = new Ring(listCandidates(order));
  const reports: CycleReport[] = [];
  for (let module = candidates.take(); module !== undefined; module = candidates.take()) {
    const group = groups.groupOf[module]!;
    if (group === NO_GROUP && isFinished(everywhere, module)) {
      reports.push({ cycles: [[module]], groupSize: 0, hasMore: false });
      continue;
    }
    if (group !== NO_GROUP && isTold[group] === 0) {
      isTold[group] = 1;
      reports.push({ ...listCycles(inGroups, module), groupSize: groups.sizes[group]! });
    }
    removeMet(candidates, { first: module, walk: everywhere, groups });
  }
  return reports;
}

/** By module: whether it is in a cycle or needed by one. */
function listCandidates({ order, positions }: TopologicalOrder): Uint8Array {
  const isCandidate = new Uint8Array(positions.length).fill(1);
  for (const module of order) isCandidate[module] = 0;
  return isCandidate;
}

/** Numbers in a ring, by ascending number at first, of which one is the next to be taken. */
class Ring {
  readonly #after: Int32Array;
  readonly #before: Int32Array;
  #next = NOT_IN_RING;

  /** @param isIn by number: 1 if it is in the ring */
  constructor(isIn: Uint8Array) {
    this.#after = new Int32Array(isIn.length).fill(NOT_IN_RING);
    this.#before = this.#after.slice();
    let last = isIn.lastIndexOf(1);
    this.#next = isIn.indexOf(1);
    for (let number = this.#next; number >= 0; number = isIn.indexOf(1, number + 1)) {
      this.#after[last] = number;
      this.#before[number] = last;
      last = number;
    }
  }

  has(number: number): boolean {
    return this.#after[number] !== NOT_IN_RING;
  }

  /** Removes the next number and gives it; undefined when there is none. */
  take(): number | undefined {
    const number = this.#next;
    if (number === NOT_IN_RING) return undefined;
    this.remove(number);
    return number;
  }

  /** Removes a number, if it is there: the one after it is the next. */
  remove(number: number): void {
    if (!this.has(number)) return;
    const [before, after] = [this.#before[number]!, this.#after[number]!];
    this.#after[before] = after;
    this.#before[after] = before;
    this.#after[number] = NOT_IN_RING;
    this.#next = after === number ? NOT_IN_RING : after;
  }
}

const NOT_IN_RING = -1;

/**
 * Removes from the ring what leaves it by the walk from a candidate. What an earlier walk came
 * through is not walked again: that would remove nothing.
 */
function removeMet(
  candidates: Ring,
  { first, walk, groups: { groupOf } }: { first: number; walk: Walk; groups: Groups },
): void {
  for (const module of findEnds(walk, { first, again: false })) {
    const inCycle = groupOf[module] !== NO_GROUP && groupOf[module] === groupOf[first];
    if (inCycle) removeEnd(candidates, walk.path);
    else if (!hasDependencies(walk, module)) candidates.remove(module);
  }
}

/** Removes the modules of a path. Those before one that is removed already are so, too. */
function removeEnd(candidates: Ring, path: readonly number[]): void {
  let from = path.length;
  while (from > 0 && candidates.has(path[from - 1]!)) from--;
  for (const module of path.slice(from)) candidates.remove(module);
}

/** The cycles of the group of which this module is the first to be walked from. */
function listCycles(walk: Walk, first: number): Pick<CycleReport, "cycles" | "hasMore"> {
  const cycles: number[][] = [];
  let hasMore = false;
  const again = isOnAllCycles(walk, first);
  forgetWalks(walk);
  for (const module of findEnds(walk, { first, again })) {
    const position = walk.positions[module]!;
    if (position === OFF_PATH) hasMore = true;
    else if (cycles.length < MOST_CYCLES) cycles.push([...walk.path.slice(position), module]);
    else return { cycles, hasMore: true };
  }
  return { cycles, hasMore };
}

/** Whether nothing in the group of this module would be a cycle without it. */
function isOnAllCycles(walk: Walk, first: number): boolean {
  forgetWalks(walk);
  for (const module of findEnds(walk, { first, again: false })) {
    if (module !== first && walk.positions[module] !== OFF_PATH) return false;
  }
  return true;
}

/** Walks along the dependencies, and what they leave in the ring. */
interface Walk extends ModuleLists {
  /** By module: a number; a walk keeps to the modules that have that of its first one. */
  readonly groupOf: Int32Array;
  /** The way from the first module to where the walk is. */
  readonly path: number[];
  /** By module: its index in `path`, or OFF_PATH. */
  readonly positions: Int32Array;
  /** By module: the last age in which all of its dependencies were walked. */
  readonly finishedIn: Uint32Array;
  /** What was finished in an earlier age is forgotten. */
  age: number;
}

const OFF_PATH = -1;

function startWalk(graph: ModuleLists, groupOf: Int32Array): Walk {
  return {
    ...graph,
    groupOf,
    path: [],
    positions: new Int32Array(groupOf.length).fill(OFF_PATH),
    finishedIn: new Uint32Array(groupOf.length),
    age: 1,
  };
}

/** Lets everything be walked anew, also if the last walk was broken off. */
function forgetWalks(walk: Walk): void {
  while (walk.path.length > 0) leave(walk);
  walk.age++;
}

function isFinished({ finishedIn, age }: Walk, module: number): boolean {
  return finishedIn[module] === age;
}

function hasDependencies({ starts }: ModuleLists, module: number): boolean {
  return starts[module]! < starts[module + 1]!;
}

/**
 * Walks from a module, the last dependencies first, and gives each dependency at which it goes no
 * further: one on the path, which closes a cycle, one without dependencies, or one that is finished
 * and not to be walked again.
 */
function* findEnds(
  walk: Walk,
  { first, again }: { first: number; again: boolean },
): Generator<number> {
  const { starts, modules, groupOf, path, positions } = walk;
  const ends: number[] = []; // by index in the path: where the dependencies to be walked end
  enter(first);
  for (let module = path.at(-1); module !== undefined; module = path.at(-1)) {
    const edge = --ends[path.length - 1]!;
    if (edge < starts[module]!) {
      leave(walk);
      continue;
    }
    const dependency = modules[edge]!;
    if (groupOf[dependency] !== groupOf[first]) continue;
    if (canEnter(dependency)) enter(dependency);
    else yield dependency;
  }

  function canEnter(module: number): boolean {
    return positions[module] === OFF_PATH && hasDependencies(walk, module) &&
      (again || !isFinished(walk, module));
  }

  function enter(module: number): void {
    positions[module] = path.length;
    ends[path.length] = starts[module + 1]!;
    path.push(module);
  }
}

/** Goes back from the last module on the path. */
function leave({ path, positions, finishedIn, age }: Walk): void {
  const module = path.pop()!;
  positions[module] = OFF_PATH;
  finishedIn[module] = age;
}
