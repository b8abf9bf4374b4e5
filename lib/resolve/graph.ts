/**
 * The graph of modules that depend on each other: edges, topological order, transitive
 * dependencies; see wasm/assembly/graph.ts.
 *
 * @module
 */
import { IndexSizeError } from "../errors.ts";
import type { SymbolFacts } from "../model.ts";
import {
  GRAPH_MODULES,
  GRAPH_ORDER,
  GRAPH_POSITIONS,
  GRAPH_STARTS,
} from "../wasm/assembly/codes.ts";
import { calculate, type Workspace } from "../wasm/workspace.ts";

/** Lists of modules: that of module i is `modules[starts[i] .. starts[i + 1])`. */
export interface ModuleLists {
  readonly starts: Uint32Array;
  readonly modules: Uint32Array;
}

/** An order of a graph in which every module comes before those it depends on. */
export interface TopologicalOrder {
  /** Modules, users first. Those in a cycle, and all that they depend on, are left out. */
  readonly order: Uint32Array;
  /** By module: its index in `order`. */
  readonly positions: Uint32Array;
}

/** Whether every module has a position, that is, there is no cycle. */
export function isComplete({ order, positions }: TopologicalOrder): boolean {
  return order.length === positions.length;
}

/**
 * The modules that each module needs a symbol of, in the order in which they are met.
 *
 * @param owners by name: the module that defines it, or a negative number
 */
export function linkModules(
  { needStarts, needNames }: Pick<SymbolFacts, "needStarts" | "needNames">,
  owners: Int32Array,
): ModuleLists {
  return calculate((workspace) => {
    workspace.exports.linkModules(
      workspace.put(needStarts),
      workspace.put(needNames),
      needStarts.length - 1,
      workspace.put(owners),
    );
    return takeLists(workspace);
  });
}

/**
 * Orders the modules. Those that nobody uses form a stack, in their order. Until it is empty, the
 * last is taken off and numbered, and each of its dependencies whose users are all numbered is
 * pushed.
 */
export function sortTopologically(graph: ModuleLists): TopologicalOrder {
  return calculate((workspace) => {
    workspace.exports.sortTopologically(...putLists(workspace, graph));
    return {
      order: workspace.columnNumbers(GRAPH_ORDER),
      positions: workspace.columnNumbers(GRAPH_POSITIONS),
    };
  });
}

/**
 * All that each module depends on, directly or not, by ascending position in the order.
 *
 * @throws FatalError when that is more than an index can hold
 */
export function collectDependencies(
  graph: ModuleLists,
  { order, positions }: TopologicalOrder,
): ModuleLists {
  try {
    return calculate((workspace) => {
      const lists = putLists(workspace, graph);
      const positionsAt = workspace.put(positions);
      workspace.exports.collectDependencies(...lists, workspace.put(order), positionsAt);
      return takeLists(workspace);
    });
  } catch (error) {
    throw error instanceof IndexSizeError ? new IndexSizeError("modules.dep.bin") : error;
  }
}

function putLists(
  workspace: Workspace,
  { starts, modules }: ModuleLists,
): [starts: number, modules: number, count: number] {
  return [workspace.put(starts), workspace.put(modules), starts.length - 1];
}

function takeLists(workspace: Workspace): ModuleLists {
  return {
    starts: workspace.columnNumbers(GRAPH_STARTS),
    modules: workspace.columnNumbers(GRAPH_MODULES),
  };
}
