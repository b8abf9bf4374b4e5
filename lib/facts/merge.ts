/**
 * Puts together what several readers found, in the order of the modules.
 *
 * @module
 */
import type { Facts } from "../model.ts";
import { calculate, type Workspace } from "../wasm/workspace.ts";
import { listColumns, takeFacts } from "./columns.ts";

/** What one reader found: module i of the facts is module `modules[i]` of all. */
export interface Part {
  readonly facts: Facts;
  readonly modules: readonly number[];
}

/**
 * The facts of all modules, in order. Of a module that is in several parts, the last one counts.
 *
 * @param options.order the numbers of the modules, by the place that they are to have
 * @param options.detailed whether the parts have CRCs and weak references
 */
export function mergeFacts(
  parts: readonly Part[],
  { order, detailed }: { order: Uint32Array; detailed: boolean },
): Facts {
  const { partOf, places } = locate(parts, order);
  const columns = calculate((workspace) => {
    const { exports } = workspace;
    exports.startFacts(detailed);
    const addresses = parts.flatMap(({ facts }) => putPart(workspace, facts));
    exports.mergeModules(
      workspace.put(Uint32Array.from(addresses)),
      workspace.put(partOf),
      workspace.put(places),
      order.length,
    );
    return takeFacts(workspace);
  });
  return { ...columns, faults: mergeFaults(parts, order) };
}

/** Copies a part into the memory, and numbers its names anew. */
function putPart(workspace: Workspace, facts: Facts): number[] {
  const addresses = listColumns(facts).map((column) => workspace.put(column));
  const count = facts.names.offsets.length - 1;
  const numbers = workspace.put(new Uint32Array(count));
  workspace.exports.internAll(addresses[0]!, addresses[1]!, count, numbers);
  return [...addresses, numbers];
}

/** In which part each module is, and at which place in that, by its place in the order. */
function locate(
  parts: readonly Part[],
  order: Uint32Array,
): { partOf: Uint32Array; places: Uint32Array } {
  const placeInOrder = invert(order);
  const partOf = new Uint32Array(order.length);
  const places = new Uint32Array(order.length);
  for (const [part, { modules }] of parts.entries()) {
    for (let place = 0; place < modules.length; place++) {
      const at = placeInOrder[modules[place]!]!;
      partOf[at] = part;
      places[at] = place;
    }
  }
  return { partOf, places };
}

function mergeFaults(parts: readonly Part[], order: Uint32Array): Facts["faults"] {
  const { partOf } = locate(parts, order);
  const placeInOrder = invert(order);
  const faults = parts.flatMap(({ facts, modules }, part) =>
    facts.faults.map((fault) => ({ ...fault, module: placeInOrder[modules[fault.module]!]! }))
      .filter(({ module }) => partOf[module] === part)
  );
  return faults.sort((a, b) => a.module - b.module);
}

function invert(order: Uint32Array): Uint32Array {
  const inverse = new Uint32Array(order.length);
  for (let place = 0; place < order.length; place++) inverse[order[place]!] = place;
  return inverse;
}
