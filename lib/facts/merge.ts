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
 * The facts of all modules, by their numbers. Each is in some part; of one that is in several, the
 * last counts.
 *
 * @param options.count how many modules there are
 * @param options.detailed whether the parts have CRCs and weak references
 */
export function mergeFacts(
  parts: readonly Part[],
  { count, detailed }: { count: number; detailed: boolean },
): Facts {
  const places = locate(parts, count);
  const columns = calculate((workspace) => {
    const { exports } = workspace;
    exports.startFacts(detailed);
    const addresses = parts.flatMap(({ facts }) => putPart(workspace, facts));
    exports.mergeModules(
      workspace.put(Uint32Array.from(addresses)),
      workspace.put(places.partOf),
      workspace.put(places.placeInPart),
      count,
    );
    return takeFacts(workspace);
  });
  return { ...columns, faults: mergeFaults(parts, places) };
}

/** Copies a part into the memory, and numbers its names anew. */
function putPart(workspace: Workspace, facts: Facts): number[] {
  const addresses = listColumns(facts).map((column) => workspace.put(column));
  const count = facts.names.offsets.length - 1;
  const numbers = workspace.put(new Uint32Array(count));
  workspace.exports.internAll(addresses[0]!, addresses[1]!, count, numbers);
  return [...addresses, numbers];
}

/** Where the modules are: by number, the part that counts, and the place in that. */
interface Places {
  readonly partOf: Uint32Array;
  readonly placeInPart: Uint32Array;
}

function locate(parts: readonly Part[], count: number): Places {
  const partOf = new Uint32Array(count);
  const placeInPart = new Uint32Array(count);
  for (const [part, { modules }] of parts.entries()) {
    for (let place = 0; place < modules.length; place++) {
      const module = modules[place]!;
      partOf[module] = part;
      placeInPart[module] = place;
    }
  }
  return { partOf, placeInPart };
}

function mergeFaults(parts: readonly Part[], { partOf }: Places): Facts["faults"] {
  const faults = parts.flatMap(({ facts, modules }, part) =>
    facts.faults.map((fault) => ({ ...fault, module: modules[fault.module]! }))
      .filter(({ module }) => partOf[module] === part)
  );
  return faults.sort((a, b) => a.module - b.module);
}
