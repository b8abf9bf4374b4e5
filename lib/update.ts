/**
 * One tree, from the search for its modules to its index files. The main thread finds modules while
 * it may still read; it produces files after it has given its permissions up.
 *
 * @module
 */
import { stringText } from "./bytes/strings.ts";
import { decodeUtf8 } from "./bytes/text.ts";
import { checksumOutputs } from "./cache/inputs.ts";
import { newestSecond, sizesOf } from "./cache/keys.ts";
import type { Bounds } from "./discover/bounds.ts";
import { discover, type Discovery, isWhole } from "./discover/discover.ts";
import { readBuiltin } from "./discover/inputs.ts";
import { acceptDiscovery } from "./discover/loss.ts";
import { addTargets, findGranted } from "./grants.ts";
import {
  type BuiltinFiles,
  INTERRUPTED,
  type Message,
  type ModuleFiles,
  type OutputFile,
  type Plan,
  type Progress,
  type Report,
} from "./model.ts";
import type { Sources } from "./prepare.ts";
import { describeFault } from "./read/faults.ts";
import {
  type KeyedPart,
  locate,
  type Locations,
  mergeFaults,
  mergeKeys,
  mergeSizes,
  mergeSymbols,
} from "./read/merge.ts";
import {
  encodeCache,
  type Findings,
  findLastRun,
  findMessages,
  type LastRun,
  listWanted,
  type Memory,
  recall,
  recalledPart,
  startMemory,
  type Survey,
  type Unchanged,
} from "./remember.ts";
import type { ModuleDetails, Observer, Reporter } from "./report/observer.ts";
import { orderFiles, renderModel } from "./render/files.ts";
import type { EntryMessage } from "./render/input.ts";
import { resolve } from "./resolve/resolve.ts";
import type { ReaderPool, ReadLimits } from "./threads/reader_pool.ts";
import type { Writer } from "./threads/writer_handle.ts";
import { checkFully, type Verdict } from "./verdict.ts";
import { prepareWorkspace } from "./wasm/workspace.ts";

/** What is known of a tree before its modules are read. */
export interface Found extends Sources {
  readonly modules: Discovery["modules"];
  readonly costs: Discovery["costs"];
  readonly builtin: BuiltinFiles;
  readonly memory: Memory | undefined;
  /** The numbers of the modules that have to be read. */
  readonly wanted: readonly number[];
  /** What the last run came to, if this one would do the same. */
  readonly repeated: Repeated | undefined;
  /** Files that had the same module name, if they are to be reported. */
  readonly contests: Discovery["contests"];
  /** What readers have to be granted besides, since links lead there. */
  readonly beyond: readonly string[];
}

/** A run that need not be done again. */
export interface Repeated {
  /** What it said after the modules were found. */
  readonly messages: readonly Message[];
  /** The index files that it wrote. */
  readonly files: readonly OutputFile[];
  /** By module: bytes in its file. */
  readonly sizes: Float64Array;
}

/** Where the messages and the output of a run go. */
export interface Outlet {
  /** Takes messages, as they arise. */
  readonly report: Report;
  /** Takes what belongs on stdout. */
  readonly write: (bytes: Uint8Array) => void;
  /**
   * Called before this thread gets to know anything that a module says. From then on it needs no
   * permission to read or write itself: a program that does nothing else gives them up now.
   */
  readonly handOver?: () => void;
  /** Called when modules begin to be read; `look` tells, as often as it is called, how far that is. */
  readonly reading?: (look: () => Progress) => void;
  /**
   * Called before the files of a tree are written. Whoever ends the process after that calls `stop`
   * first: when its promise settles, no temporary file is left.
   */
  readonly publishing?: (stop: () => Promise<void>) => void;
  /** Watches the run, where a report or a summary is wanted. */
  readonly reporter?: Reporter | undefined;
}

/** What carries out a plan. */
export interface Means {
  readonly plan: Plan;
  readonly report: Report;
  /** Watches the work, where a report or a summary is wanted. */
  readonly observer?: Observer | undefined;
  readonly readers: ReaderPool;
}

/** A search that a reader has been asked for. */
export interface Searching {
  /** When it was asked, in milliseconds since 1970: a reader may take keys as soon as it has searched. */
  readonly start: number;
  readonly discovery: Promise<Discovery>;
}

/**
 * Lets a reader discover the modules of a tree, while this thread goes on. Files that have been named
 * may lie where no reader may look around: this thread takes them later.
 *
 * @param limits how the modules will be read, if the reader is to begin at once, without being asked
 */
export function startSearch(
  { search }: Sources,
  readers: ReaderPool,
  limits?: ReadLimits,
): Searching | undefined {
  if (search.files.length > 0) return undefined;
  const start = Date.now();
  const bounds: Bounds = { granted: search.bounds.granted, reach: [] };
  const discovery = readers.discover({ ...search, bounds }, limits);
  discovery.catch(() => {}); // whoever waits for it gets the error
  return { start, discovery };
}

/** What has been begun. */
interface Begun {
  readonly survey: Survey | undefined;
  readonly searching: Searching | undefined;
}

/**
 * Finds the modules, unless a survey has found them, and what the cache says about them.
 *
 * @throws FatalError (as a rejection) when the run cannot go on
 */
export async function find(
  sources: Sources,
  { survey, searching, ...means }: Means & Begun,
): Promise<Found> {
  const { discovery, builtin, memory, repeated, beyond } = survey === undefined
    ? await findAnew(sources, { ...means, searching })
    : await findAgain(survey, means);
  const { modules, costs, contests } = discovery;
  const wanted = repeated === undefined ? listWanted(costs.length, memory) : [];
  if (repeated === undefined) means.readers.expect(costs);
  means.observer?.found({ count: costs.length, wanted: wanted.length, contests });
  return { ...sources, modules, costs, builtin, memory, wanted, contests, repeated, beyond };
}

/** Estimated milliseconds for each module that has to be read. */
export function listCosts({ wanted, costs }: Found): number[] {
  return wanted.map((module) => costs[module]!);
}

/** What is known of a tree, and from where. */
interface Knowledge extends Pick<Found, "builtin" | "memory" | "repeated" | "beyond"> {
  readonly discovery: Discovery;
}

/** What a survey has found, and the cache says, unless all that it could say is that nothing changed. */
async function findAgain(survey: Survey, means: Means): Promise<Knowledge> {
  const { unchanged, builtin } = survey;
  const memory = unchanged?.isSilent
    ? undefined
    : await recall(survey, { ...means, needsFacts: unchanged === undefined });
  const { discovery, keys } = await survey.select();
  const repeated = unchanged && findRepeated(unchanged, { memory, keys });
  return { discovery, builtin, memory, repeated, beyond: [] };
}

/** The run that wrote the cache, if this one would do the same. */
function findRepeated(
  { isSilent, files }: Unchanged,
  { memory, keys }: { memory: Memory | undefined; keys: Float64Array },
): Repeated | undefined {
  const messages = isSilent ? [] : memory && findMessages(memory);
  return messages && { messages, files, sizes: sizesOf(keys) };
}

/** Finds the modules of a tree that was not surveyed. */
async function findAnew(
  sources: Sources,
  { plan, report, searching }: Means & Pick<Begun, "searching">,
): Promise<Knowledge> {
  const { start = Date.now(), discovery: discovering } = searching ?? {};
  const builtin = readBuiltin(plan, sources.search.bounds); // while a reader searches
  const { discovery, beyond } = followLinks(sources, await discovering);
  acceptDiscovery(discovery, { plan, report });
  const memory = await startMemory(sources, { plan, discovery, builtin, start });
  return { discovery, builtin, memory, repeated: undefined, beyond };
}

/**
 * What was discovered. Where links lead beyond what readers may read, this thread discovers once
 * more, and the readers have to be granted more.
 */
function followLinks(
  { search, grants }: Sources,
  found: Discovery | undefined,
): { discovery: Discovery; beyond: readonly string[] } {
  if (found !== undefined && isWhole(found)) return { discovery: found, beyond: [] };
  const discovery = discover(search);
  const { targets } = discovery;
  if (targets.length === 0) return { discovery, beyond: [] };
  return { discovery, beyond: findGranted("read", addTargets(grants, targets).readers) };
}

/** All that a run makes. */
export interface Product {
  readonly found: Found;
  readonly files: readonly OutputFile[];
  /** What goes into the cache. */
  readonly findings: Omit<Findings, "outputs" | "messages">;
  /** By module: bytes in its file, or NaN; undefined if nobody wants to know. */
  readonly sizes: Float64Array | undefined;
}

/**
 * Lets readers read those modules of which the cache knows nothing.
 *
 * @param handedOver settles when this thread may get to know what they say
 */
export async function read(
  { modules, costs, memory, wanted, repeated }: Found,
  { plan, observer, readers, handedOver }: Means & { handedOver: Promise<unknown> },
): Promise<KeyedPart[]> {
  if (repeated !== undefined) return [];
  observer?.begin("read");
  const limits = limitReading({ plan, observer }, memory !== undefined);
  return await readers.read({ modules, costs, wanted, handedOver }, limits);
}

/** What is read of modules. With a cache, it takes note of their keys, and these tell the sizes. */
export function limitReading(
  { plan, observer }: Pick<Means, "plan" | "observer">,
  withKeys: boolean,
): ReadLimits {
  const { maxModuleSize, reportUnknown: detailed } = plan;
  const withSizes = !withKeys && observer?.wantsModules === true;
  return { maxModuleSize, detailed, withKeys, withSizes };
}

/** Modules that are being read. */
interface Reading {
  /** What they say. */
  readonly reading: Promise<KeyedPart[]>;
  /** Called when all of it is there: the readers have nothing to read until the next tree. */
  readonly onRead: () => void;
}

/**
 * Makes the files of what was read, or takes those of the last run, if they would be the same. If the
 * modules do not fit together, messages say why, and there is nothing to write.
 *
 * @throws FatalError (as a rejection) when the run cannot go on
 */
export async function produce(
  found: Found,
  { reading, onRead, ...means }: Means & Reading,
): Promise<Product | undefined> {
  const { modules, costs, memory } = found;
  prepareWorkspace(); // while modules are read
  const read = await reading;
  const parts = memory === undefined ? read : [...recalledPart(memory), ...read];
  const locations = locate(parts, costs.length);
  const last = await findLast(found, { ...means, read });
  if (last === undefined) return await make(found, { ...means, parts, locations, onRead });
  onRead();
  const { symbols, strings, faults, messages, files } = last;
  messages.forEach(means.report);
  const keyed = { paths: modules.paths, numbers: mergeKeys(parts, locations) };
  const findings = { symbols, strings, files: keyed, faults };
  return { found, files, findings, sizes: undefined };
}

/** The last run, if this one writes the same files, and nobody wants to know more of them. */
async function findLast(
  { modules, memory }: Found,
  { plan, observer, read }: Means & { read: readonly KeyedPart[] },
): Promise<LastRun | undefined> {
  if (memory === undefined || !plan.writes || observer !== undefined) return undefined;
  return await findLastRun(memory, { modules, read });
}

/** All that is known of modules. */
interface Material extends Pick<Reading, "onRead"> {
  readonly parts: readonly KeyedPart[];
  readonly locations: Locations;
}

/** Resolves and renders what is known. */
async function make(
  found: Found,
  { plan, report, observer, readers, parts, locations, onRead }: Means & Material,
): Promise<Product | undefined> {
  const { modules, builtin, kernel, memory } = found;
  const faults = mergeFaults(parts, locations);
  for (const fault of faults) report(describeFault(fault, { modules, strict: plan.strict }));

  observer?.begin("resolve");
  const options = { ...plan, textOnly: plan.show, encode: memory !== undefined };
  const facts = parts.map(({ facts }) => facts);
  const strings = { parts: facts, locations, names: modules.names, builtin };
  const rendering = readers.render(strings, options);
  onRead(); // after that: a reader does first what it is asked first
  try {
    const keyed = { paths: modules.paths, numbers: mergeKeys(parts, locations) };
    const symbols = mergeSymbols(facts, { locations, detailed: plan.reportUnknown });
    const { resolved, messages } = resolve(symbols, { ...plan, ...kernel, modules });
    messages.forEach(report);
    if (resolved === undefined) return undefined;
    observer?.begin("render");
    const modelFiles = renderModel({ modules, ...resolved }, options);
    const { files: stringFiles, strings: encoded } = await rendering;
    const rendered = orderFiles([...modelFiles, ...stringFiles]);
    for (const { messages } of rendered) {
      for (const message of messages) report(nameModule(message, modules));
    }
    observer?.rendered(rendered);
    const sizes = observer?.wantsModules ? mergeSizes(parts, locations) : undefined;
    return {
      found,
      files: rendered,
      findings: { symbols, strings: encoded, files: keyed, faults },
      sizes,
    };
  } finally {
    await Promise.allSettled([rendering]); // the reader may be needed again
  }
}

/** The message with the path of its module, if it is about one. */
function nameModule({ owner, ...message }: EntryMessage, { indexPaths }: ModuleFiles): Message {
  return owner === undefined ? message : { ...message, module: stringText(indexPaths, owner) };
}

/** How a plan was carried out. */
export type Ending = "written" | "nothing written" | Verdict;

/** What takes files. */
interface Delivery extends Means {
  readonly writer: Writer | undefined;
  readonly outlet: Pick<Outlet, "write" | "publishing">;
  /** What was said while the files were made. */
  readonly said: readonly Message[];
}

/**
 * Writes the index files, or compares them (--check=full).
 *
 * @throws FatalError (as a rejection) when that fails; nothing has been written then
 */
export async function deliver(product: Product, delivery: Delivery): Promise<Ending> {
  const { plan, observer, writer, outlet } = delivery;
  observer?.begin(plan.check === undefined ? "publish" : "check");
  if (writer === undefined) describe(product, delivery)?.();
  if (plan.check !== undefined) return await checkFully(product.files, delivery);
  if (writer === undefined) product.files.forEach(({ bytes }) => outlet.write(bytes));
  else await publish(product, { ...delivery, writer });
  return "written";
}

/**
 * Prepares to tell what a report needs, if there is one: the memory of the files is not needed any
 * more when the function is called that it gives.
 */
function describe(
  { found, files, sizes }: Product,
  { observer }: Pick<Means, "observer">,
): (() => void) | undefined {
  if (sizes === undefined) return undefined;
  const { modules, wanted } = found;
  const texts = decodeTexts(files);
  return () => observer?.describe({ modules, sizes, wanted, texts });
}

/** Tells what a report needs of a tree where nothing is to be done. */
export function describeRepeated(
  { modules, wanted }: Found,
  { files, sizes }: Repeated,
  { observer }: Pick<Means, "observer">,
): void {
  if (!observer?.wantsModules) return;
  observer.describe({ modules, sizes, wanted, texts: decodeTexts(files) });
}

/** The index files that are text, by their names. */
function decodeTexts(files: readonly OutputFile[]): ModuleDetails["texts"] {
  const texts = files.filter(({ name }) => !name.endsWith(".bin"));
  return new Map(texts.map(({ name, bytes }) => [name, decodeUtf8(bytes)]));
}

/** Replaces the files that have changed, and the cache, if there is one. */
async function publish(
  product: Product,
  delivery: Delivery & { writer: Writer },
): Promise<void> {
  const { files, findings, found: { memory } } = product;
  const { plan: { outputDirectory, sync }, writer, outlet, report, observer, said } = delivery;
  outlet.publishing?.(() => writer.stop());
  const outputs = memory && checksumOutputs(files); // now, since the writer gets their memory
  const tell = describe(product, delivery); // and that
  const publishing = writer.publish(outputDirectory, { files, sync });
  const encoding = memory && // meanwhile
    encodeCache(memory, { ...findings, outputs: outputs!, messages: said });
  tell?.(); // meanwhile
  const { unchangedSince, replaced, messages } = await publishing;
  messages.forEach(report);
  observer?.replaced(replaced);
  if (unchangedSince !== undefined) await renew(unchangedSince, product, delivery);
  if (memory === undefined) return;
  const bytes = await encoding!;
  (await writer.keep(memory.place.path, { bytes, sync })).forEach(report);
}

/**
 * Sets the time of `modules.dep`, which has not been replaced, if it is older than a module, or tells
 * of a run that was killed: else -A would never find it up to date.
 */
async function renew(
  unchangedSince: Date,
  { found: { memory, search }, findings: { files } }: Product,
  { plan, readers, writer }: Means & { writer: Writer },
): Promise<void> {
  const newest = memory === undefined
    ? await readers.first.findNewest(search)
    : newestSecond(files.numbers);
  const time = unchangedSince.getTime();
  const isOlder = newest > time / 1000 && newest <= Date.now() / 1000; // no time helps with a later one
  if (isOlder || time === INTERRUPTED) await writer.touch(plan.outputDirectory);
}
