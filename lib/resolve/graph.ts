/**
 * The graph of modules that depend on each other: topological order, transitive dependencies,
 * cycles. All in time linear in the graph and the answer, and without recursion: a hostile tree
 * may be one chain of sixty thousand modules.
 *
 * @module
 */
import { Column } from "../bytes/column.ts";
import { FatalError } from "../errors.ts";

/** An entry takes five bytes at least (" a.ko"), and an index has 2^28. */
const MOST_DEPENDENCIES = 2 ** 28 / 5;

/** Lists of modules: that of module i is `modules[starts[i] .. starts[i + 1])`. */
export interface ModuleLists {
  readonly starts: Uint32Array;
  readonly modules: Uint32Array;
}

/** `graph` as an order in which every module stands before those it depends on. */
export interface TopologicalOrder {
  /** Modules, users first. Those in or behind a cycle are left out. */
  readonly order: Uint32Array;
  /** By module: its place in `order`. */
  readonly places: Uint32Array;
}

/** Whether every module has found its place, that is, there is no cycle. */
export function isComplete({ order, places }: TopologicalOrder): boolean {
  return order.length === places.length;
}

/**
 * Orders the modules: those that nobody uses form a stack, in list order; the last is taken,
 * placed, and each of its dependencies whose users are all placed is pushed.
 */
export function sortTopologically({ starts, modules }: ModuleLists): TopologicalOrder {
  const count = starts.length - 1;
  const users = new Uint32Array(count);
  for (const dependency of modules) users[dependency]!++;
  const stack: number[] = [];
  for (let module = 0; module < count; module++) if (users[module] === 0) stack.push(module);

  const order = new Uint32Array(count);
  const places = new Uint32Array(count);
  let placed = 0;
  for (let module = stack.pop(); module !== undefined; module = stack.pop()) {
    places[module] = placed;
    order[placed++] = module;
    for (let i = starts[module]!; i < starts[module + 1]!; i++) {
      const dependency = modules[i]!;
      if (--users[dependency]! === 0) stack.push(dependency);
    }
  }
  return { order: order.subarray(0, placed), places };
}

/**
 * All that each module depends on, directly or not, by ascending place in the order.
 *
 * @throws FatalError when that is more than an index can hold
 */
export function collectDependencies(
  { starts, modules }: ModuleLists,
  { order, places }: TopologicalOrder,
): ModuleLists {
  const count = starts.length - 1;
  const resultStarts = new Uint32Array(count + 1);
  const result = new Column();
  const seenBy = new Uint32Array(count);
  const found = new Uint32Array(count);
  for (let module = 0; module < count; module++) {
    // `found` is at once the list of what was found and the queue of what is to be followed.
    let length = 0;
    for (let next = -1; next < length; next++) {
      const from = next < 0 ? module : order[found[next]!]!;
      for (let i = starts[from]!; i < starts[from + 1]!; i++) {
        const dependency = modules[i]!;
        if (seenBy[dependency] === module + 1) continue;
        seenBy[dependency] = module + 1;
        found[length++] = places[dependency]!;
      }
    }
    if (result.length + length > MOST_DEPENDENCIES) {
      throw new FatalError("more dependencies than an index can hold");
    }
    if (length > 1) found.subarray(0, length).sort();
    for (let i = 0; i < length; i++) result.push(order[found[i]!]!);
    resultStarts[module + 1] = result.length;
  }
  return { starts: resultStarts, modules: result.finish() };
}

/**
 * The groups of modules that depend on each other in a circle (strongly connected components of
 * more than one module, or of one that depends on itself), each by ascending module, by their
 * first module.
 *
 * Source: Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972).
 */
export function findCycles({ starts, modules }: ModuleLists): number[][] {
  const count = starts.length - 1;
  const index = new Uint32Array(count); // order of discovery from 1; 0 is undiscovered
  const low = new Uint32Array(count);
  const onStack = new Uint8Array(count);
  const next = starts.slice(0, count); // by module: the next edge to follow
  const stack: number[] = [];
  const path: number[] = [];
  const groups: number[][] = [];
  let discovered = 0;

  function discover(module: number): void {
    index[module] = low[module] = ++discovered;
    onStack[module] = 1;
    stack.push(module);
    path.push(module);
  }

  function close(module: number): void {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[module]!);
    if (low[module] !== index[module]) return;
    const group = stack.splice(stack.lastIndexOf(module));
    for (const member of group) onStack[member] = 0;
    if (group.length > 1 || dependsOn({ starts, modules }, module, module)) {
      groups.push(group.sort((a, b) => a - b));
    }
  }

  for (let root = 0; root < count; root++) {
    if (index[root] === 0) discover(root);
    for (let module = path.at(-1); module !== undefined; module = path.at(-1)) {
      if (next[module] === starts[module + 1]) {
        close(module);
        continue;
      }
      const dependency = modules[next[module]!++]!;
      if (index[dependency] === 0) discover(dependency);
      else if (onStack[dependency] === 1) {
        low[module] = Math.min(low[module]!, index[dependency]!);
      }
    }
  }
  return groups.sort((a, b) => a[0]! - b[0]!);
}

function dependsOn({ starts, modules }: ModuleLists, module: number, on: number): boolean {
  return modules.subarray(starts[module], starts[module + 1]).includes(on);
}

/**
 * A shortest way from the first module of a group, as `findCycles` gives it, back to itself:
 * modules, the first one at both ends.
 */
export function traceCycle({ starts, modules }: ModuleLists, group: readonly number[]): number[] {
  const first = group[0]!;
  const members = new Set(group);
  const cameFrom = new Map<number, number>();
  const queue = [first];
  for (const module of queue) {
    for (const dependency of modules.subarray(starts[module], starts[module + 1])) {
      if (!members.has(dependency) || cameFrom.has(dependency)) continue;
      if (dependency === module && group.length > 1) continue; // the rest of the group tells more
      cameFrom.set(dependency, module);
      if (dependency === first) {
        const cycle = [first];
        for (let at = module; at !== first; at = cameFrom.get(at)!) cycle.push(at);
        return [...cycle, first].reverse();
      }
      queue.push(dependency);
    }
  }
  return [];
}
