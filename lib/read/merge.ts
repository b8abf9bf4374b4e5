/**
 * Merges what several readers found, in the order of the modules. Each module is in some part; if
 * it is in several, the last one counts.
 *
 * Symbols and strings are merged separately, so that two threads can do it.
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
import { KEY_NUMBERS } from "./file_key.ts";

/**
 * What one reader found, or what is known from an earlier run: module i of the facts is module
 * `modules[i]` of all, or none of them if that is negative.
 */
export interface Part {
  readonly facts: Facts;
  readonly modules: readonly number[];
  /** By module of the facts: bytes in its file, or NaN; only where they were asked for. */
  readonly sizes?: Float64Array | undefined;
}

/** The same, and the keys of the files, one after the other; empty unless they were asked for. */
export interface KeyedPart extends Part {
  readonly keys: Float64Array;
}

/** Where each module is, by its number. */
export interface Locations {
  /** The part that counts. */
  readonly partOf: Uint32Array;
  /** The module's position in that part. */
  readonly positionInPart: Uint32Array;
}

/** A part of modules that could not be read: they say nothing. */
export function refuseModules(
  refusals: readonly Pick<Fault, "module" | "reason">[],
): KeyedPart {
  const count = refusals.length;
  const facts = calculate((workspace) => {
    workspace.exports.startFacts(false);
    return { ...takeSymbolFacts(workspace, count), ...takeStringFacts(workspace, count) };
  });
  const faults = refusals.map(({ reason }, module) => ({
    module,
    kind: "refused" as const,
    reason,
  }));
  const keys = new Float64Array(count * KEY_NUMBERS).fill(NaN);
  return { facts: { ...facts, faults }, modules: refusals.map(({ module }) => module), keys };
}

/** Finds `count` modules in the parts. */
export function locate(parts: readonly Pick<Part, "modules">[], count: number): Locations {
  const partOf = new Uint32Array(count);
  const positionInPart = new Uint32Array(count);
  for (const [part, { modules }] of parts.entries()) {
    for (let position = 0; position < modules.length; position++) {
      const module = modules[position]!;
      if (module < 0) continue;
      partOf[module] = part;
      positionInPart[module] = position;
    }
  }
  return { partOf, positionInPart };
}

/** The faults of all modules, by their numbers. */
export function mergeFaults(parts: readonly Part[], { partOf }: Locations): Fault[] {
  const faults = parts.flatMap(({ facts, modules }, part) =>
    facts.faults.map((fault) => ({ ...fault, module: modules[fault.module]! }))
      .filter(({ module }) => partOf[module] === part)
  );
  return faults.sort((a, b) => a.module - b.module);
}

/** The keys of all modules' files, by their numbers; NaN where they were not asked for. */
export function mergeKeys(
  parts: readonly Pick<KeyedPart, "keys">[],
  { partOf, positionInPart }: Locations,
): Float64Array {
  const merged = new Float64Array(partOf.length * KEY_NUMBERS).fill(NaN);
  for (let module = 0; module < partOf.length; module++) {
    const { keys } = parts[partOf[module]!]!;
    const start = positionInPart[module]! * KEY_NUMBERS;
    merged.set(keys.subarray(start, start + KEY_NUMBERS), module * KEY_NUMBERS);
  }
  return merged;
}

/** By module: bytes in its file, or NaN, also where neither sizes nor keys were asked for. */
export function mergeSizes(
  parts: readonly Pick<KeyedPart, "keys" | "sizes">[],
  { partOf, positionInPart }: Locations,
): Float64Array {
  return Float64Array.from(partOf, (part, module) => {
    const { sizes, keys } = parts[part]!;
    const position = positionInPart[module]!;
    return sizes?.[position] ?? keys[position * KEY_NUMBERS] ?? NaN;
  });
}

/**
 * The symbols of all modules, by their numbers.
 *
 * @param options.locations where in the parts the modules are
 * @param options.detailed whether the parts have CRCs and weak references
 */
export function mergeSymbols(
  parts: readonly SymbolFacts[],
  { locations, detailed }: { locations: Locations; detailed: boolean },
): SymbolFacts {
  return calculate((workspace) => {
    workspace.exports.startFacts(detailed);
    const addresses = parts.flatMap((part) => putSymbols(workspace, part));
    workspace.exports.mergeSymbols(...putLocations(workspace, addresses, locations));
    return takeSymbolFacts(workspace, locations.partOf.length);
  });
}

/** The strings of all modules, by their numbers. */
export function mergeStrings(parts: readonly StringFacts[], locations: Locations): StringFacts {
  return calculate((workspace) => {
    workspace.exports.startFacts(false);
    const addresses = parts.flatMap((part) =>
      listStringColumns(part).map((column) => workspace.put(column))
    );
    workspace.exports.mergeStrings(...putLocations(workspace, addresses, locations));
    return takeStringFacts(workspace, locations.partOf.length);
  });
}

/** Copies a part into the memory, and makes room for the new numbers of its names. */
function putSymbols(workspace: Workspace, part: SymbolFacts): number[] {
  const addresses = listSymbolColumns(part).map((column) => workspace.put(column));
  const count = part.names.offsets.length - 1;
  const numbers = workspace.put(new Int32Array(count).fill(-1)); // none yet
  workspace.exports.expectNames(count);
  return [...addresses, numbers];
}

/**
 * The arguments of a merge: addresses of the parts' columns and of the locations, and the number of
 * modules.
 */
function putLocations(
  workspace: Workspace,
  addresses: readonly number[],
  { partOf, positionInPart }: Locations,
): [number, number, number, number] {
  return [
    workspace.put(Uint32Array.from(addresses)),
    workspace.put(partOf),
    workspace.put(positionInPart),
    partOf.length,
  ];
}
