/**
 * What a run takes from the cache, and what it leaves there for the next one.
 *
 * @module
 */
import manifest from "../deno.json" with { type: "json" };
import { decodeStrings } from "./bytes/strings.ts";
import { type CachePlace, findOwners, type Lookup } from "./cache/cache.ts";
import { compactNames, encodeSymbols } from "./cache/facts.ts";
import { checksumInputs, mayKeep, writtenSecond } from "./cache/inputs.ts";
import { encodeKeys, type FileKeys, matchKeys, newestSecond, takeKeys } from "./cache/keys.ts";
import { encodeRecord, type Result } from "./cache/record.ts";
import { encodeSections } from "./cache/sections.ts";
import type { Config } from "./discover/config.ts";
import type { KernelInput } from "./discover/inputs.ts";
import type { Fault, Message, Model, ModuleFiles, Plan, Report, SymbolFacts } from "./model.ts";
import type { Part } from "./read/merge.ts";
import { OUTPUT_NAMES } from "./render/files.ts";
import type { ReaderPool } from "./threads/reader_pool.ts";

/** A cache, and what it says about the modules that were found. */
export interface Memory {
  readonly place: CachePlace;
  readonly lookup: Lookup;
  /** The keys of the modules as they are now. */
  readonly keys: FileKeys;
  /** By module: its position in the cache, or -1 if it has to be read. */
  readonly positions: Int32Array;
  /** The checksum of all that the run depends on but the contents of the modules. */
  readonly inputs: string;
}

/** What a run depends on but the contents of the modules. */
interface Circumstances extends KernelInput, Pick<Model, "builtin" | "builtinModinfo"> {
  readonly modules: ModuleFiles;
  readonly config: Config;
}

/** A cache that a reader looks into. */
export interface Look {
  readonly place: CachePlace;
  readonly lookingUp: Promise<Lookup>;
}

/** Lets a reader look into the cache of a plan, if it has one. */
export function lookIntoCache(plan: Plan, readers: ReaderPool): Look | undefined {
  const place = findCache(plan);
  if (place === undefined) return undefined;
  const lookingUp = readers.first.lookUp(place);
  lookingUp.catch(() => {}); // waited for by `remember`
  return { place, lookingUp };
}

function findCache(plan: Plan): CachePlace | undefined {
  const { cachePath, reportUnknown: detailed, maxModuleSize, outputDirectory } = plan;
  if (cachePath === undefined) return undefined;
  return {
    path: cachePath,
    owners: findOwners(cachePath),
    settings: { program: manifest.version, detailed, maxModuleSize },
    directory: outputDirectory,
    names: OUTPUT_NAMES,
  };
}

/**
 * Works out what the cache says about the modules that were found. Whatever is wrong with it is one
 * line.
 */
export async function remember(
  { place, lookingUp }: Look,
  { plan, circumstances, report }: {
    plan: Plan;
    circumstances: Circumstances;
    report: Report;
  },
): Promise<Memory> {
  const keys = takeKeys(decodeStrings(circumstances.modules.paths));
  const inputs = await describeInputs(plan, circumstances);
  const lookup = await lookingUp;
  if (lookup.problem !== undefined) report(describeUnused(place, lookup.problem));
  return { place, lookup, keys, positions: matchKeys(keys, lookup.keys), inputs };
}

function describeInputs(
  plan: Plan,
  { modules, builtin, builtinModinfo, config, kernel, reportUnknown }: Circumstances,
): Promise<string> {
  const { directory, kernelSymbols, checkVersions, prefix, warnDuplicates } = plan;
  const { showDependencies, strict } = plan;
  const options = { directory, kernelSymbols, checkVersions, prefix, warnDuplicates };
  const others = [options, showDependencies, strict, config, kernel, reportUnknown];
  return checksumInputs({ modules, files: [builtin, builtinModinfo], others });
}

/**
 * What came of the last run, if this one would do the same: everything that it depends on, and all
 * files that it wrote, are as they were, and no module is newer than they are.
 */
export function findResult(
  { lookup, keys, positions, inputs }: Memory,
  { outputDirectory }: Plan,
): Result | undefined {
  const { record, outputs } = lookup;
  const result = record?.result;
  if (result?.inputs !== inputs || positions.includes(-1)) return undefined;
  if (newestSecond(keys) > writtenSecond(outputDirectory)) return undefined;
  const isSame = OUTPUT_NAMES.every((name) => outputs?.[name] === result.outputs[name]);
  return outputs !== undefined && isSame ? result : undefined;
}

/** The numbers of the modules that have to be read. */
export function listWanted(count: number, memory: Memory | undefined): number[] {
  const all = Array.from({ length: count }, (_, module) => module);
  return memory === undefined ? all : all.filter((module) => memory.positions[module]! < 0);
}

/** What the cache says about the modules that have not changed; nothing if it cannot be used. */
export async function recall(
  { place, lookup: { keys, identity }, positions }: Memory,
  { readers, report }: { readers: ReaderPool; report: Report },
): Promise<Part | undefined> {
  const cached = keys.trusted.length;
  if (positions.every((position) => position < 0)) return undefined;
  const facts = await readers.first.recall(place, { modules: cached, identity });
  if (typeof facts === "string") {
    report(describeUnused(place, facts));
    return undefined;
  }
  const modules = Array<number>(cached).fill(-1);
  for (const [module, position] of positions.entries()) {
    if (position >= 0) modules[position] = module;
  }
  return { facts, modules };
}

/** What a run has found out. */
export interface Findings {
  readonly symbols: SymbolFacts;
  /** The strings of all modules, as bytes of the cache. */
  readonly strings: Uint8Array<ArrayBuffer> | undefined;
  readonly faults: readonly Fault[];
  /** What it has said after the modules were found. */
  readonly messages: readonly Message[];
  /** Checksums of the files that it writes, by their names. */
  readonly outputs: Result["outputs"];
}

/** The bytes of a cache. */
export async function encodeCache(
  { place, keys, inputs }: Memory,
  { symbols, strings, faults, messages, outputs }: Findings,
): Promise<Uint8Array<ArrayBuffer>> {
  const trusted = keys.trusted.slice();
  for (const fault of faults) if (!isLasting(fault)) trusted[fault.module] = 0;
  const record = {
    settings: place.settings,
    faults: faults.filter(isLasting),
    result: mayKeep(messages) ? { inputs, outputs, messages } : undefined,
  };
  return await encodeSections({
    record: encodeRecord(record),
    keys: encodeKeys({ ...keys, trusted }),
    symbols: encodeSymbols(compactNames(symbols)),
    strings: strings!, // a run with a cache has asked for them
  });
}

/** Whether the same file has the same fault the next time. */
function isLasting({ kind, passing }: Fault): boolean {
  return kind !== "refused" && passing !== true;
}

function describeUnused({ path }: CachePlace, problem: string): Message {
  return { level: "info", text: `the cache ${path} is not used: ${problem}` };
}
