/**
 * What a run takes from the cache, and what it leaves there for the next one.
 *
 * Where there is a cache, the main thread first surveys the tree: it finds the modules, and takes
 * their keys. If nothing has changed since the cache was written, nothing else is to be done.
 *
 * @module
 */
import manifest from "../deno.json" with { type: "json" };
import {
  areSameStrings,
  copyStrings,
  countStrings,
  decodeStrings,
  encodeStrings,
} from "./bytes/strings.ts";
import {
  type CachePlace,
  describeProblem,
  findOwners,
  isBadCache,
  readStamp,
  type Recollection,
  type Stamp,
} from "./cache/cache.ts";
import { encodeStringFacts, encodeSymbols } from "./cache/facts.ts";
import {
  checksumInputs,
  checksumOutputs,
  fingerprintOf,
  mayKeep,
  readOutputs,
  type Told,
  writtenSecond,
} from "./cache/inputs.ts";
import {
  type CachedFiles,
  encodeKeys,
  isAnyNewer,
  matchKeys,
  newestSecond,
  selectKeys,
  sizeOf,
  takeKeys,
  trustKeys,
} from "./cache/keys.ts";
import { encodeRecord, type Result, type Settings } from "./cache/record.ts";
import { encodeSections, NO_FINGERPRINT } from "./cache/sections.ts";
import { estimateCost } from "./discover/cost.ts";
import { type Discovery, walkTree } from "./discover/discover.ts";
import { readBuiltin } from "./discover/inputs.ts";
import { acceptDiscovery } from "./discover/loss.ts";
import { openedPath } from "./discover/select.ts";
import { isNotFound } from "./errors.ts";
import type {
  BuiltinFiles,
  Facts,
  Fault,
  Message,
  ModuleFiles,
  OutputFile,
  Plan,
  Report,
  Strings,
  SymbolFacts,
} from "./model.ts";
import type { Sources } from "./prepare.ts";
import type { KeyedPart } from "./read/merge.ts";
import { saySame } from "./read/same.ts";
import { hasTemporaryFiles } from "./publish/temporary.ts";
import { OUTPUT_NAMES } from "./render/files.ts";
import type { Observer } from "./report/observer.ts";
import type { ReaderPool } from "./threads/reader_pool.ts";

/** What a run remembers, or is to remember. */
export interface Memory {
  readonly place: CachePlace;
  /** When the first key was taken, in milliseconds since 1970, or before. */
  readonly start: number;
  /** The checksum of all that the run depends on but the modules' contents. */
  readonly inputs: string;
  /** What is kept of the search for the modules. */
  readonly search: Pick<Discovery, "selectedAt" | "messages">;
  /** What the cache says; undefined if there is none that can be used. */
  readonly recollection: Recollection | undefined;
  /** By module: its position in the cache, or -1 if it has to be read. */
  readonly positions: Int32Array;
  /** The index files before the run; undefined if nobody has looked at them, or one is missing. */
  readonly outputs: Promise<Outputs | undefined> | undefined;
}

/** The index files, and their checksums by their names. */
export interface Outputs {
  readonly files: readonly OutputFile[];
  readonly checksums: Result["outputs"];
}

/** What is found out about a tree before it is known what has to be read. */
export interface Survey extends Pick<Memory, "place" | "start" | "outputs"> {
  readonly builtin: BuiltinFiles;
  /** Real paths that links lead to, as in a discovery. */
  readonly targets: readonly string[];
  /** Undefined if anything has changed since the cache was written, or may have. */
  readonly unchanged: Unchanged | undefined;
  /**
   * Selects the modules of the files found, the first time that it is called: a run which is to read
   * the cache does that while a reader reads it.
   *
   * @throws FatalError (as a rejection) when the run cannot go on
   */
  readonly select: () => Promise<Selection>;
}

/** The modules of a tree that was surveyed. */
export interface Selection extends Pick<Memory, "inputs"> {
  readonly discovery: Discovery;
  /** The keys of the modules. */
  readonly keys: Float64Array;
}

/** A tree of which nothing has changed. */
export interface Unchanged {
  /** Whether the run that wrote the cache had nothing to say after the modules were found. */
  readonly isSilent: boolean;
  /** The index files, as they are. */
  readonly files: readonly OutputFile[];
}

/**
 * Surveys a tree, if there is a cache of it. Why it cannot be used, if it is there, is one line.
 *
 * @param options.observer who, if anybody, is to be told what the modules are, even where nothing has
 * changed
 * @returns `"nothing to do"` if nothing has changed, and there is nothing to say
 * @throws FatalError when the run cannot go on
 */
export async function survey(
  sources: Sources,
  { plan, report, observer }: { plan: Plan; report: Report; observer: Observer | undefined },
): Promise<Survey | "nothing to do" | undefined> {
  const { search } = sources;
  const start = Date.now();
  const place = findCache(plan);
  const stamp = place && findStamp(place, report);
  if (place === undefined || stamp === undefined) return undefined;
  const isCutShort = hasTemporaryFiles(plan.outputDirectory);
  const mayDoNothing = !isCutShort && (plan.writes || plan.check === "quick");
  const outputs = mayDoNothing ? loadOutputs(plan) : undefined;
  const walk = walkTree(search, { measure: () => 0 }); // meanwhile
  const builtin = readBuiltin(plan, search.bounds);
  const paths = walk.files.map(({ path }) => openedPath(path, search));
  const describe = (paths: readonly string[]) => {
    const { order } = walk;
    return describeInputs(plan, { sources, paths: encodeStrings(paths), order, builtin });
  };
  const compare = (modules: SelectedModules, mayHaveTold: readonly Told[]) => {
    return findUnchanged(plan, { ...modules, stamp, outputs, mayHaveTold });
  };

  const all: SelectedModules = { inputs: await describe(paths), keys: takeKeys(paths) };
  // A file whose status changed after the cache was written has most likely changed, or is not used. It
  // is not worth while to find out: a run does all its work then, which is right in any case.
  const hasNewer = plan.writes && isAnyNewer(all.keys, stamp.written);
  // Mostly, all files that were found are used, and all is as it was. Then it need not be known which
  // ones are used, and in which order.
  const mayBeSilent = walk.isSilent && observer === undefined && !hasNewer;
  if (mayBeSilent && await compare(all, ["nothing"])) return "nothing to do";

  const select = once(async () => {
    const found = walk.arrange();
    acceptDiscovery(found, { plan, report });
    const keys = keysOf(found, { paths, keys: all.keys });
    const discovery = { ...found, costs: estimateCosts(found, keys) };
    const isAll = areAllUsed(found, paths);
    const inputs = isAll ? all.inputs : await describe(listSelected(found));
    return { discovery, inputs, keys };
  });
  const known = { place, start, builtin, targets: walk.targets, outputs, select };
  if (hasNewer) return { ...known, unchanged: undefined };
  const { discovery, inputs, keys } = await select();
  const used = { inputs, keys: selectKeys(keys, inSelectedOrder(discovery)) };
  return { ...known, unchanged: await compare(used, ["nothing", "of the search", "more"]) };
}

/** Does some work when it is asked for the first time. */
function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => value ??= work();
}

/** What is known of the modules of a tree, in the order in which they were selected. */
interface SelectedModules {
  /** The checksum of all that the run depends on but their contents. */
  readonly inputs: string;
  readonly keys: Float64Array;
}

/**
 * Whether all files that were found are modules of the discovery: those selected are some of the
 * files found, in their order.
 */
function areAllUsed({ selectedAt }: Discovery, paths: readonly string[]): boolean {
  return selectedAt.length === paths.length;
}

/** The keys of the modules, most of which have been taken. */
function keysOf(
  found: Discovery,
  taken: { paths: readonly string[]; keys: Float64Array },
): Float64Array {
  if (areAllUsed(found, taken.paths)) return selectKeys(taken.keys, found.selectedAt);
  const wanted = decodeStrings(found.modules.paths);
  const positions = new Map(taken.paths.map((path, position) => [path, position]));
  const numbers = wanted.map((path) => positions.get(path));
  return numbers.every((number) => number !== undefined)
    ? selectKeys(taken.keys, numbers)
    : takeKeys(wanted);
}

/** The paths of the modules, in the order in which these were selected. */
function listSelected(found: Discovery): string[] {
  const paths = decodeStrings(found.modules.paths);
  return inSelectedOrder(found).map((number) => paths[number]!);
}

/** The numbers of the modules, in the order in which these were selected. */
function inSelectedOrder({ selectedAt }: Pick<Discovery, "selectedAt">): number[] {
  const numbers = Array<number>(selectedAt.length);
  for (const [module, position] of selectedAt.entries()) numbers[position] = module;
  return numbers;
}

function findCache(plan: Plan): CachePlace | undefined {
  const { cachePath: path } = plan;
  if (path === undefined) return undefined;
  return { path, owners: findOwners(path), settings: settingsOf(plan) };
}

function settingsOf({ reportUnknown: detailed, maxModuleSize }: Plan): Settings {
  return { program: manifest.version, detailed, maxModuleSize };
}

function findStamp(place: CachePlace, report: Report): Stamp | undefined {
  try {
    return readStamp(place);
  } catch (error) {
    if (!isBadCache(error)) throw error;
    if (!isNotFound(error)) report(describeUnused(place, describeProblem(error)));
    return undefined;
  }
}

function estimateCosts({ modules }: Discovery, keys: Float64Array): Float64Array<ArrayBuffer> {
  const paths = decodeStrings(modules.paths);
  return Float64Array.from(paths, (path, i) => estimateCost(path, () => sizeOf(keys, i) || 0));
}

function describeInputs(
  plan: Plan,
  { sources: { config, kernel }, paths, order, builtin }: Pick<Discovery, "order"> & {
    sources: Sources;
    /** Of the modules, in the order in which these were selected. */
    paths: Strings;
    builtin: BuiltinFiles;
  },
): Promise<string> {
  const { directory, kernelSymbols, checkVersions, prefix, warnDuplicates } = plan;
  const { showDependencies, strict } = plan;
  const options = { directory, kernelSymbols, checkVersions, prefix, warnDuplicates };
  const others = [settingsOf(plan), options, showDependencies, strict, config, kernel];
  return checksumInputs({ paths, files: [order, builtin.builtin, builtin.builtinModinfo], others });
}

/** The index files and their checksums, read meanwhile; undefined if one of them is missing. */
async function loadOutputs({ outputDirectory }: Plan): Promise<Outputs | undefined> {
  const files = await readOutputs(outputDirectory, OUTPUT_NAMES);
  return files && { files, checksums: checksumOutputs(files) };
}

/**
 * Whether everything that the run depends on, and all files that the last one wrote, are as they
 * were, and no module is newer than they are.
 *
 * @param options.mayHaveTold what the last run may have told
 */
async function findUnchanged(
  { outputDirectory }: Plan,
  { stamp, inputs, keys, outputs, mayHaveTold }: SelectedModules & {
    stamp: Stamp;
    outputs: Survey["outputs"];
    mayHaveTold: readonly Told[];
  },
): Promise<Unchanged | undefined> {
  if (newestSecond(keys) > writtenSecond(outputDirectory)) return undefined;
  const written = await outputs;
  if (written === undefined) return undefined;
  const { files, checksums } = written;
  for (const told of mayHaveTold) {
    const own = await fingerprintOf({ inputs, outputs: checksums }, { keys, told });
    if (own.every((byte, i) => byte === stamp.fingerprint[i])) {
      return { isSilent: told !== "more", files };
    }
  }
  return undefined;
}

/**
 * What the cache says about a tree that was surveyed.
 *
 * @param options.needsFacts whether to read what modules say
 */
export async function recall(
  { place, start, outputs, select }: Survey,
  { readers, needsFacts, report }: { readers: ReaderPool; needsFacts: boolean; report: Report },
): Promise<Memory> {
  const recalling = readers.first.recall(place, needsFacts);
  recalling.catch(() => {}); // waited for below
  const { discovery, inputs, keys: numbers } = await select(); // meanwhile
  const { modules, selectedAt, messages } = discovery;
  const search = { selectedAt, messages };
  const answer = await recalling;
  if (typeof answer === "string") {
    report(describeUnused(place, answer));
    return { place, start, inputs, search, ...nothingKnown(modules) };
  }
  const positions = matchKeys({ paths: modules.paths, numbers }, answer.files);
  return { place, start, inputs, search, recollection: answer, positions, outputs };
}

/** What a run remembers whose tree was not surveyed: nothing yet. */
export async function startMemory(
  sources: Sources,
  { plan, discovery, builtin, start }: {
    plan: Plan;
    discovery: Discovery;
    builtin: BuiltinFiles;
    start: number;
  },
): Promise<Memory | undefined> {
  const place = findCache(plan);
  if (place === undefined) return undefined;
  const { modules, order, selectedAt, messages } = discovery;
  const paths = copyStrings(modules.paths, inSelectedOrder(discovery));
  const inputs = await describeInputs(plan, { sources, paths, order, builtin });
  return { place, start, inputs, search: { selectedAt, messages }, ...nothingKnown(modules) };
}

function nothingKnown(
  { paths }: ModuleFiles,
): Pick<Memory, "recollection" | "positions" | "outputs"> {
  const positions = new Int32Array(countStrings(paths)).fill(-1);
  return { recollection: undefined, positions, outputs: undefined };
}

/** What the run that wrote the cache said, if it was made from the same as this one. */
export function findMessages({ recollection, inputs }: Memory): readonly Message[] | undefined {
  const result = recollection?.record.result;
  return result?.inputs === inputs ? result.messages : undefined;
}

/** The numbers of the modules that have to be read. */
export function listWanted(count: number, memory: Memory | undefined): number[] {
  const all = Array.from({ length: count }, (_, module) => module);
  if (memory?.recollection?.facts === undefined) return all;
  return all.filter((module) => memory.positions[module]! < 0);
}

/** What the cache says about the modules that have not changed. */
export function recalledPart({ recollection, positions }: Memory): KeyedPart[] {
  if (recollection?.facts === undefined) return [];
  const { facts, files } = recollection;
  const modules = Array<number>(files.trusted.length).fill(-1);
  for (const [module, position] of positions.entries()) {
    if (position >= 0) modules[position] = module;
  }
  return [{ facts, modules, keys: files.numbers }];
}

/** What the last run made and said, and found out. */
export interface LastRun extends Pick<Findings, "symbols" | "strings" | "faults" | "messages"> {
  /** The index files, as they are. */
  readonly files: readonly OutputFile[];
}

/**
 * The last run, if this one would make and say the same: the modules that were read anew say what they
 * said then, everything else that it depends on is as it was, and so are the index files.
 */
export async function findLastRun(
  { recollection, inputs, outputs }: Memory,
  { modules: { paths }, read }: { modules: ModuleFiles; read: readonly KeyedPart[] },
): Promise<LastRun | undefined> {
  if (recollection?.facts === undefined) return undefined;
  const { facts, files: cached, record: { result, faults } } = recollection;
  if (result?.inputs !== inputs || !areSameStrings(paths, cached.paths)) return undefined;
  const numbers = new Set(read.flatMap(({ modules }) => modules));
  if (faults.some(({ module }) => numbers.has(module))) return undefined;
  // One that was not trusted may have had a fault that is not kept, though a message tells of it.
  if ([...numbers].some((module) => cached.trusted[module] !== 1)) return undefined;
  if (!read.every((part) => saysWhatIsKnown(part, facts))) return undefined;
  const written = await outputs;
  if (written === undefined || !haveChecksums(written, result.outputs)) return undefined;
  const strings = encodeStringFacts(facts);
  return { files: written.files, symbols: facts, strings, faults, messages: result.messages };
}

/** Whether modules that were read anew say what is known of them. */
function saysWhatIsKnown({ facts, modules }: KeyedPart, known: Facts): boolean {
  return facts.faults.length === 0 &&
    modules.every((module, i) => saySame({ facts, module: i }, { facts: known, module }));
}

function haveChecksums({ checksums }: Outputs, wanted: Result["outputs"]): boolean {
  return Object.entries(checksums).every(([name, checksum]) => wanted[name] === checksum);
}

/** What a run has found out. */
export interface Findings {
  readonly symbols: SymbolFacts;
  /** The strings of all modules, as bytes of the cache. */
  readonly strings: Uint8Array<ArrayBuffer> | undefined;
  readonly files: Pick<CachedFiles, "paths" | "numbers">;
  readonly faults: readonly Fault[];
  /** What it has said after the modules were found. */
  readonly messages: readonly Message[];
  /** Checksums of the files that it writes, by their names. */
  readonly outputs: Result["outputs"];
}

/** The bytes of a cache. */
export async function encodeCache(
  { place, start, inputs, search }: Memory,
  { symbols, strings, files, faults, messages, outputs }: Findings,
): Promise<Uint8Array<ArrayBuffer>> {
  const trusted = trustKeys(files.numbers, start);
  for (const fault of faults) if (!isLasting(fault)) trusted[fault.module] = 0;
  const result = mayKeep(messages) ? { inputs, outputs, messages } : undefined;
  const record = { settings: place.settings, faults: faults.filter(isLasting), result };
  const told = findTold(search.messages, messages);
  const keys = selectKeys(files.numbers, inSelectedOrder(search));
  const fingerprint = result === undefined || trusted.includes(0)
    ? NO_FINGERPRINT
    : await fingerprintOf(result, { keys, told });
  return encodeSections({
    record: encodeRecord(record),
    keys: encodeKeys({ ...files, trusted }),
    symbols: encodeSymbols(symbols),
    strings: strings!, // a run with a cache has asked for them
  }, fingerprint);
}

/** What a run has told, by its messages until the modules were found, and after that. */
function findTold(early: readonly Message[], late: readonly Message[]): Told {
  if (late.length > 0) return "more";
  return early.length > 0 ? "of the search" : "nothing";
}

/** Whether the same file has the same fault the next time. */
function isLasting({ kind, passing }: Fault): boolean {
  return kind !== "refused" && passing !== true;
}

function describeUnused({ path }: CachePlace, problem: string): Message {
  const text = `the cache ${path} is not used: ${problem}`;
  return { level: "info", code: "cache-unused", text };
}
