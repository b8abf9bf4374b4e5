/**
 * What a run takes from the cache, and what it leaves there for the next one.
 *
 * @module
 */
import manifest from "../deno.json" with { type: "json" };
import { type CachePlace, findOwners, type Lookup } from "./cache/cache.ts";
import { compactNames, encodeSymbols } from "./cache/facts.ts";
import { checksumFiles, checksumInputs, mayKeep, writtenSecond } from "./cache/inputs.ts";
import { encodeKeys, newestSecond } from "./cache/keys.ts";
import { encodeRecord, type Result } from "./cache/record.ts";
import { encodeSections } from "./cache/sections.ts";
import type { Config } from "./discover/config.ts";
import type { KernelInput } from "./discover/inputs.ts";
import type { Fault, Message, Model, ModuleFiles, Plan, Report, SymbolFacts } from "./model.ts";
import type { Part } from "./read/merge.ts";
import { OUTPUT_NAMES } from "./render/files.ts";
import type { ReaderPool } from "./threads/reader_pool.ts";

/** The cache of a run, and what it says about the modules that were found. */
export interface Memory {
  readonly place: CachePlace;
  readonly lookup: Lookup;
  /** The checksum of all that the run depends on but the contents of the modules. */
  readonly inputs: string;
  /** The checksums of the index files, by their names; undefined if they are not all there. */
  readonly outputs: Result["outputs"] | undefined;
}

/** What a run depends on but the contents of the modules. */
interface Circumstances extends KernelInput, Pick<Model, "builtin" | "builtinModinfo"> {
  readonly modules: ModuleFiles;
  readonly config: Config;
}

/** Looks into the cache, if the plan has one. Whatever is wrong with it is one line. */
export async function lookIntoCache(
  plan: Plan,
  { readers, circumstances, report }: {
    readers: ReaderPool;
    circumstances: Circumstances;
    report: Report;
  },
): Promise<Memory | undefined> {
  if (plan.cachePath === undefined) return undefined;
  const settings = {
    program: manifest.version,
    detailed: plan.reportUnknown,
    maxModuleSize: plan.maxModuleSize,
  };
  const place = { path: plan.cachePath, owners: findOwners(plan.cachePath), settings };
  const lookingUp = readers.first.lookUp(place, circumstances.modules.paths);
  const inputs = describeInputs(plan, circumstances); // meanwhile
  const outputs = checksumFiles(plan.outputDirectory, OUTPUT_NAMES);
  const lookup = await lookingUp;
  if (lookup.problem !== undefined) report(describeUnused(place, lookup.problem));
  return { place, lookup, inputs: await inputs, outputs: await outputs };
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
  { lookup, inputs, outputs }: Memory,
  { outputDirectory }: Plan,
): Result | undefined {
  const result = lookup.record?.result;
  if (result?.inputs !== inputs || lookup.positions.includes(-1)) return undefined;
  if (newestSecond(lookup.keys) > writtenSecond(outputDirectory)) return undefined;
  const isSame = OUTPUT_NAMES.every((name) => outputs?.[name] === result.outputs[name]);
  return outputs !== undefined && isSame ? result : undefined;
}

/** The numbers of the modules that have to be read. */
export function listWanted(count: number, memory: Memory | undefined): number[] {
  const all = Array.from({ length: count }, (_, module) => module);
  return memory === undefined ? all : all.filter((module) => memory.lookup.positions[module]! < 0);
}

/** What the cache says about the modules that have not changed; nothing if it cannot be used. */
export async function recall(
  { place, lookup }: Memory,
  { readers, report }: { readers: ReaderPool; report: Report },
): Promise<Part | undefined> {
  const { cached, positions } = lookup;
  if (positions.every((position) => position < 0)) return undefined;
  const facts = await readers.first.recall(place, lookup);
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
  { place, lookup, inputs }: Memory,
  { symbols, strings, faults, messages, outputs }: Findings,
): Promise<Uint8Array<ArrayBuffer>> {
  const trusted = lookup.keys.trusted.slice();
  for (const fault of faults) if (!isLasting(fault)) trusted[fault.module] = 0;
  const record = {
    settings: place.settings,
    faults: faults.filter(isLasting),
    result: mayKeep(messages) ? { inputs, outputs, messages } : undefined,
  };
  return await encodeSections({
    record: encodeRecord(record),
    keys: encodeKeys({ ...lookup.keys, trusted }),
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
