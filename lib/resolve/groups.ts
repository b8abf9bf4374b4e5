/**
 * Groups in the graph of modules, in time linear in it, and without recursion: a hostile tree may
 * be one ring of sixty thousand modules.
 *
 * @module
 */
import type { ModuleLists } from "./graph.ts";

/**
 * The groups of a graph: modules that all depend on each other, directly or not, or one module that
 * depends on itself. In other words, the strongly connected components that have a cycle.
 */
export interface Groups {
  /** By module: the number of its group, or NO_GROUP. */
  readonly groupOf: Int32Array;
  /** By group: how many modules it has. */
  readonly sizes: readonly number[];
}

/** Stands for the group of a module that is in no cycle. */
export const NO_GROUP = -1;

/**
 * Finds the groups.
 *
 * Source: Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972).
 */
export function findGroups({ starts, modules }: ModuleLists): Groups {
  const count = starts.length - 1;
  const index = new Uint32Array(count); // order of discovery from 1; 0 is undiscovered
  const low = new Uint32Array(count);
  const onStack = new Uint8Array(count);
  const next = starts.slice(0, count); // by module: the next edge to follow
  const stack: number[] = [];
  const path: number[] = [];
  const groupOf = new Int32Array(count).fill(NO_GROUP);
  const sizes: number[] = [];
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
    const component = stack.splice(stack.lastIndexOf(module));
    for (const member of component) onStack[member] = 0;
    if (component.length === 1 && !dependsOnItself({ starts, modules }, module)) return;
    for (const member of component) groupOf[member] = sizes.length;
    sizes.push(component.length);
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
  return { groupOf, sizes };
}

function dependsOnItself({ starts, modules }: ModuleLists, module: number): boolean {
  return modules.subarray(starts[module], starts[module + 1]).includes(module);
}
