/**
 * The pipeline: discover, read, resolve, render, publish.
 *
 * @module
 */
import { stringText } from "./bytes/strings.ts";
import { checksumOutputs } from "./cache/inputs.ts";
import { findBase } from "./discover/absolute.ts";
import { type Bounds, findRealPaths } from "./discover/bounds.ts";
import { discover, type Discovery, type Search } from "./discover/discover.ts";
import { isUpToDate } from "./discover/fresh.ts";
import { loadConfig, loadKernelSymbols, readBuiltin } from "./discover/inputs.ts";
import { refuseLoss } from "./discover/loss.ts";
import { FatalError } from "./errors.ts";
import {
  addRealPlaces,
  addTargets,
  checkOutput,
  checkTree,
  findBounds,
  findGranted,
  type Grants,
  planGrants,
} from "./grants.ts";
import type { Message, OutputFile, Plan, Report } from "./model.ts";
import { type DirectoryLock, lockDirectory } from "./publish/lock.ts";
import { hasTemporaryFiles, removeTemporaryFiles } from "./publish/temporary.ts";
import { describeFault } from "./read/faults.ts";
import { locate, mergeFaults, mergeSymbols } from "./read/merge.ts";
import { orderFiles, OUTPUT_NAMES, renderModel } from "./render/files.ts";
import {
  encodeCache,
  type Findings,
  findResult,
  listWanted,
  lookIntoCache,
  type Memory,
  recall,
} from "./remember.ts";
import { resolve } from "./resolve/resolve.ts";
import { ReaderPool } from "./threads/reader_pool.ts";
import { Writer } from "./threads/writer_handle.ts";

/** Where the messages and the output of a run go. */
export interface Outlet {
  /** Takes messages, as they arise. */
  readonly report: Report;
  /** Takes what belongs on stdout. */
  readonly write: (bytes: Uint8Array) => void;
  /**
   * Called before the first byte of a module is read. From then on this thread itself needs no
   * permission to read or write: a program that does nothing else gives them up now.
   */
  readonly handOver?: () => void;
  /**
   * Called before the first file is written. Whoever ends the process after that calls `stop`
   * first: when its promise settles, no temporary file is left.
   */
  readonly publishing?: (stop: () => Promise<void>) => void;
}

/** What came of a run. If it is not `complete`, messages have said why. */
export type Outcome =
  /** All that the tree holds is in the index files. */
  | "complete"
  /** The files are whole, but something was left out of them. */
  | "incomplete"
  /** The files are as they were. */
  | "nothing written";

/**
 * Does what the plan says.
 *
 * @throws FatalError (as a rejection) when the run cannot go on; nothing has been written then
 */
export async function run(plan: Plan, outlet: Outlet): Promise<Outcome> {
  const failures = new Set<string>();
  const report = (message: Message) => {
    if (failures.has(message.text)) return; // several stages may meet the same link
    if (message.fails) failures.add(message.text);
    outlet.report(message);
  };
  checkTree(plan);
  if (plan.quick && (plan.show || isFresh(plan, report))) return "complete";
  checkOutput(plan);
  using lock = plan.show ? undefined : await lockOutput(plan, report);
  if (plan.quick && lock?.waited && isFresh(plan, report)) return "complete";
  if (!await update(plan, { ...outlet, report })) return "nothing written";
  return failures.size === 0 ? "complete" : "incomplete";
}

/** Brings the index files up to date. Gives false if nothing can be written: messages say why. */
async function update(plan: Plan, outlet: Outlet): Promise<boolean> {
  const { report } = outlet;
  const kernel = loadKernelSymbols(plan, report);
  const config = loadConfig(plan, report);
  const grants = addRealPlaces(planGrants(plan, config.externals));
  const bounds = findBounds(grants, plan);

  // Discover.
  using readers = new ReaderPool(findGranted("read", grants.readers), plan.readers);
  const { directory, files } = plan;
  const search = { directory, files, config, base: findBase(config.externals), bounds };
  const discovering = discoverModules(readers, search, grants);
  const startWriter = () => new Writer(findGranted("write", grants.writer));
  using early = plan.show || plan.cachePath !== undefined ? undefined : startWriter();
  const builtin = readBuiltin(plan, bounds);
  const { modules, costs } = takeDiscovery(await discovering, { plan, report });

  // Look into the cache: perhaps all is as it was.
  const circumstances = { modules, config, ...kernel, ...builtin };
  const memory = await lookIntoCache(plan, { readers, circumstances, report });
  const result = memory && !plan.show ? await findResult(memory, plan) : undefined;
  if (result !== undefined) {
    outlet.handOver?.();
    result.messages.forEach(report);
    return true;
  }

  // Read.
  const wanted = listWanted(costs.length, memory);
  using late = plan.show || early !== undefined ? undefined : startWriter();
  const writer = early ?? late;
  await readers.prepare(wanted.map((module) => costs[module]!));
  await writer?.ready();
  outlet.handOver?.();
  const { maxModuleSize, reportUnknown: detailed, strict } = plan;
  const recalled = memory && await recall(memory, { readers, report });
  const unknown = recalled === undefined ? listWanted(costs.length, undefined) : wanted;
  const read = await readers.read({ modules, costs, wanted: unknown }, { maxModuleSize, detailed });
  const parts = recalled === undefined ? read : [recalled, ...read];
  const locations = locate(parts, costs.length);
  const faults = mergeFaults(parts, locations);
  const messages = faults.map((fault) =>
    describeFault(fault, { path: stringText(modules.paths, fault.module), strict })
  );
  messages.forEach(report);

  // Resolve, while a reader renders the files that are made of the modules' own strings.
  const options = { ...plan, textOnly: plan.show, encode: memory !== undefined };
  const facts = parts.map(({ facts }) => facts);
  const rendering = readers.render({ parts: facts, locations, names: modules.names }, options);
  const symbols = mergeSymbols(facts, { locations, detailed });
  const resolution = resolve(symbols, { ...plan, ...kernel, modules });
  resolution.messages.forEach(report);
  if (resolution.resolved === undefined) return false;

  // Render.
  const modelFiles = renderModel({ modules, ...resolution.resolved, ...builtin }, options);
  const { files: stringFiles, strings } = await rendering;
  const rendered = orderFiles([...modelFiles, ...stringFiles]);
  const remarks = rendered.flatMap(({ messages }) => messages);
  remarks.forEach(report);

  // Publish.
  if (writer === undefined) {
    rendered.forEach(({ bytes }) => outlet.write(bytes));
    return true;
  }
  outlet.publishing?.(() => writer.stop());
  const said = [...messages, ...resolution.messages, ...remarks];
  const findings = { symbols, strings, faults, messages: said };
  await publish(rendered, { plan, search, readers, writer, report, memory, findings });
  return true;
}

/** Whether -A has nothing to do. */
function isFresh(plan: Plan, report: Report): boolean {
  if (plan.cachePath !== undefined) return false; // the cache knows better
  if (hasTemporaryFiles(plan.outputDirectory)) return false; // a run was interrupted
  const { directory, outputDirectory } = plan;
  const config = loadConfig(plan, () => {});
  const bounds = findBounds(planGrants(plan, config.externals), plan);
  const search = { directory, files: [], config, base: findBase(config.externals), bounds };
  return isUpToDate(search, { outputDirectory, names: OUTPUT_NAMES, report });
}

/**
 * Discovers the modules in a reader. Where links lead beyond what that may read, this thread does
 * it once more, and the readers are replaced by one that may read there too. Files that have been
 * named may lie where no reader may look around: this thread takes them.
 */
async function discoverModules(
  readers: ReaderPool,
  search: Search,
  grants: Grants,
): Promise<Discovery> {
  if (search.files.length > 0) return discover(search);
  const bounds: Bounds = { granted: search.bounds.granted, reach: [] };
  const discovery = await readers.discover({ ...search, bounds });
  if (!discovery.messages.some(({ fails }) => fails)) return discovery;
  const again = discover(search);
  if (again.targets.length > 0) {
    readers.restart(findGranted("read", addTargets(grants, again.targets).readers));
  }
  return again;
}

function takeDiscovery(
  discovery: Discovery,
  { plan, report }: { plan: Plan; report: Report },
): Discovery {
  discovery.messages.forEach(report);
  if (discovery.failure !== undefined) throw new FatalError(discovery.failure);
  if (!plan.show) refuseLoss(plan, discovery);
  return discovery;
}

/**
 * Locks the output directory, which may have to be made, and removes what killed runs have left in
 * it. Nothing is made for a tree that is not there: the search for modules will tell.
 */
async function lockOutput(
  { directory, files, outputDirectory, lockWait }: Plan,
  report: Report,
): Promise<DirectoryLock | undefined> {
  if (files.length === 0 && findRealPaths([directory]).length === 0) return undefined;
  const lock = await lockDirectory(outputDirectory, { wait: lockWait, report });
  if (lock.isExclusive) removeTemporaryFiles(outputDirectory);
  return lock;
}

/** What is needed to publish. */
interface Publication {
  readonly plan: Plan;
  readonly search: Search;
  readonly readers: ReaderPool;
  readonly writer: Writer;
  readonly report: Report;
  readonly memory: Memory | undefined;
  /** What goes into the cache. */
  readonly findings: Omit<Findings, "outputs">;
}

/** Replaces the files that have changed, and the cache, if there is one. */
async function publish(files: readonly OutputFile[], publication: Publication): Promise<void> {
  const { plan, writer, report, memory, findings } = publication;
  const { outputDirectory, sync } = plan;
  const encoding = memory && checksumOutputs(files) // takes their bytes, which the writer is given
    .then((outputs) => encodeCache(memory, { ...findings, outputs }));
  const { unchangedSince, messages } = await writer.publish(outputDirectory, { files, sync });
  messages.forEach(report);
  if (unchangedSince !== undefined) await renew(unchangedSince, publication);
  if (memory === undefined) return;
  const bytes = await encoding!;
  (await writer.keep(memory.place.path, { bytes, sync })).forEach(report);
}

/**
 * Sets the time of `modules.dep`, which has not been replaced, if it is older than a module: else
 * -A would never find it up to date.
 */
async function renew(
  unchangedSince: number,
  { plan, search, readers, writer }: Publication,
): Promise<void> {
  const newest = await readers.findNewest(search);
  if (newest > unchangedSince && newest < Infinity) await writer.touch(plan.outputDirectory);
}
