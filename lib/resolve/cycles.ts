/**
 * Finds cycles in the graph of modules, in linear time and without recursion: a hostile tree may be
 * one ring of sixty thousand modules.
 *
 * @module
 */
import type { ModuleLists } from "./graph.ts";

/**
 * The groups of modules that depend on each other in a circle (strongly connected components of
 * more than one module, or of one that depends on itself). The modules of a group ascend, and so do
 * the first modules of the groups.
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
 * A shortest cycle through the first module of a group of `findCycles`: its modules, the first one
 * at both ends.
 */
export function traceCycle({ starts, modules }: ModuleLists, group: readonly number[]): number[] {
  const first = group[0]!;
  const members = new Set(group);
  const cameFrom = new Map<number, number>();
  const queue = [first];
  for (const module of queue) {
    for (const dependency of modules.subarray(starts[module], starts[module + 1])) {
      if (!members.has(dependency) || cameFrom.has(dependency)) continue;
      if (dependency === module && group.length > 1) continue; // another cycle says more
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
