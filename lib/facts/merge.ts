/**
 * Puts together what several readers found, in the order of the modules. Each module is in some
 * part; of one that is in several, the last counts.
 *
 * Symbols and strings are put together apart, so that two threads can do it.
 *
 * @module
 */
import type { Facts, Fault, StringFacts, SymbolFacts } from "../model.ts";
import { calculate, type Workspace } from "../wasm/workspace.ts";
import {
  listStringColumns,
  listSymbolColumns,
  takeStringFacts,
  takeSymbolFacts,
} from "./columns.ts";

/** What one reader found: module i of the facts is module `modules[i]` of all. */
export interface Part {
  readonly facts: Facts;
  readonly modules: readonly number[];
}

/** Where the modules are: by number, the part that counts, and the place in that. */
export interface Places {
  readonly partOf: Uint32Array;
  readonly placeInPart: Uint32Array;
}

/** Finds `count` modules in the parts. */
export function locate(parts: readonly Part[], count: number): Places {
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

/** The faults of all modules, by their numbers. */
export function mergeFaults(parts: readonly Part[], { partOf }: Places): Fault[] {
  const faults = parts.flatMap(({ facts, modules }, part) =>
    facts.faults.map((fault) => ({ ...fault, module: modules[fault.module]! }))
      .filter(({ module }) => partOf[module] === part)
  );
  return faults.sort((a, b) => a.module - b.module);
}

/**
 * The symbols of all modules, by their numbers.
 *
 * @param options.places where in the parts the modules are
 * @param options.detailed whether the parts have CRCs and weak references
 */
export function mergeSymbols(
  parts: readonly SymbolFacts[],
  { places, detailed }: { places: Places; detailed: boolean },
): SymbolFacts {
  return calculate((workspace) => {
    workspace.exports.startFacts(detailed);
    const addresses = parts.flatMap((part) => putSymbols(workspace, part));
    workspace.exports.mergeSymbols(...putPlaces(workspace, addresses, places));
    return takeSymbolFacts(workspace);
  });
}

/** The strings of all modules, by their numbers. */
export function mergeStrings(parts: readonly StringFacts[], places: Places): StringFacts {
  return calculate((workspace) => {
    workspace.exports.startFacts(false);
    const addresses = parts.flatMap((part) =>
      listStringColumns(part).map((column) => workspace.put(column))
    );
    workspace.exports.mergeStrings(...putPlaces(workspace, addresses, places));
    return takeStringFacts(workspace);
  });
}

/** Copies a part into the memory, and numbers its names anew. */
function putSymbols(workspace: Workspace, part: SymbolFacts): number[] {
  const addresses = listSymbolColumns(part).map((column) => workspace.put(column));
  const count = part.names.offsets.length - 1;
  const numbers = workspace.put(new Uint32Array(count));
  workspace.exports.internAll(addresses[0]!, addresses[1]!, count, numbers);
  return [...addresses, numbers];
}

/** What merging takes: addresses of the parts' columns and of the places, and how many these are. */
function putPlaces(
  workspace: Workspace,
  addresses: readonly number[],
  { partOf, placeInPart }: Places,
): [number, number, number, number] {
  return [
    workspace.put(Uint32Array.from(addresses)),
    workspace.put(partOf),
    workspace.put(placeInPart),
    partOf.length,
  ];
}
