/**
 * What a report tells of the modules, gathered from what a run knows at its end. Without a report,
 * nothing of this is called.
 *
 * @module
 */
import { sizeOf } from "./cache/keys.ts";
import type { Model, ModuleFiles, Plan } from "./model.ts";
import {
  type KeyedPart,
  listStrings,
  locate,
  type Locations,
  mergeStrings,
  mergeSymbols,
  type StringLists,
} from "./read/merge.ts";
import type { Memory } from "./remember.ts";
import type { ModuleDetails } from "./report/observer.ts";
import { resolve } from "./resolve/resolve.ts";
import type { KernelInput } from "./discover/inputs.ts";

/** What is known of the modules of a tree. */
export interface Knowledge {
  readonly modules: ModuleFiles;
  readonly parts: readonly KeyedPart[];
  readonly locations: Locations;
  readonly resolved: Pick<Model, "dependencies" | "symbols">;
  readonly lists: StringLists;
  /** The cache, if there is one. */
  readonly memory: Memory | undefined;
}

/** What a report tells of the modules. */
export function gatherDetails(
  { modules, parts, locations, resolved, lists, memory }: Knowledge,
): ModuleDetails {
  return {
    modules,
    dependencies: resolved.dependencies,
    owners: resolved.symbols.owners,
    lists,
    sizes: mergeSizes(parts, locations),
    positions: memory?.recollection?.facts && memory.positions,
  };
}

/** The sizes of all modules, by their numbers. */
function mergeSizes(
  parts: readonly KeyedPart[],
  { partOf, positionInPart }: Locations,
): Float64Array {
  return Float64Array.from(partOf, (part, module) => {
    const { sizes, keys } = parts[part]!;
    const position = positionInPart[module]!;
    return sizes?.[position] ?? sizeOf(keys, position) ?? NaN;
  });
}

/** The same of modules that need not be looked at again, since everything is as it was. */
export function recallDetails(
  parts: readonly KeyedPart[],
  { modules, kernel, plan, memory }: {
    modules: ModuleFiles;
    kernel: KernelInput;
    plan: Plan;
    memory: Memory | undefined;
  },
): ModuleDetails | undefined {
  const locations = locate(parts, modules.names.offsets.length - 1);
  const facts = parts.map(({ facts }) => facts);
  const symbols = mergeSymbols(facts, { locations, detailed: plan.reportUnknown });
  const options = { ...plan, ...kernel, reportUnknown: false, showDependencies: false, modules };
  const { resolved } = resolve(symbols, options);
  if (resolved === undefined) return undefined;
  const lists = listStrings(mergeStrings(facts, locations));
  return gatherDetails({ modules, parts, locations, resolved, lists, memory });
}
