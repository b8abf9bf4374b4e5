/**
 * One tree, from the search for its modules to its index files. The main thread finds modules while
 * it may still read; it produces files after it has given its permissions up.
 *
 * @module
 */
import { stringText } from "./bytes/strings.ts";
import { checksumOutputs } from "./cache/inputs.ts";
import { newestSecond } from "./cache/keys.ts";
import type { Bounds } from "./discover/bounds.ts";
import { discover, type Discovery } from "./discover/discover.ts";
import { readBuiltin } from "./discover/inputs.ts";
import { acceptDiscovery } from "./discover/loss.ts";
import { addTargets, findGranted } from "./grants.ts";
import { INTERRUPTED, type Message, type OutputFile, type Plan, type Report } from "./model.ts";
import type { Sources } from "./prepare.ts";
import { describeFault } from "./read/faults.ts";
import { locate, mergeFaults, mergeKeys, mergeSymbols } from "./read/merge.ts";
import {
  type BuiltinFiles,
  encodeCache,
  type Findings,
  findMessages,
  listWanted,
  type Memory,
  recall,
  recalledPart,
  startMemory,
  type Survey,
} from "./remember.ts";
import { orderFiles, renderModel } from "./render/files.ts";
import { resolve } from "./resolve/resolve.ts";
import type { ReaderPool } from "./threads/reader_pool.ts";
import type { Writer } from "./threads/writer_handle.ts";
import { checkFully, type Verdict } from "./verdict.ts";

/** What is known of a tree before its modules are read. */
export interface Found extends Sources {
  readonly modules: Discovery["modules"];
  readonly costs: Discovery["costs"];
  readonly builtin: BuiltinFiles;
  readonly memory: Memory | undefined;
  /** The numbers of the modules that have to be read. */
  readonly wanted: readonly number[];
  /** What the last run said, if this one would do the same. */
  readonly repeated: readonly Message[] | undefined;
}

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
   * Called before the files of a tree are written. Whoever ends the process after that calls `stop`
   * first: when its promise settles, no temporary file is left.
   */
  readonly publishing?: (stop: () => Promise<void>) => void;
}

/** What carries out a plan. */
export interface Means {
  readonly plan: Plan;
  readonly report: Report;
  readonly readers: ReaderPool;
}

/**
 * Finds the modules, unless a survey has found them, and what the cache says about them.
 *
 * @throws FatalError (as a rejection) when the run cannot go on
 */
export async function find(
  sources: Sources,
  { survey, ...means }: Means & { survey: Survey | undefined },
): Promise<Found> {
  const { discovery, builtin, memory } = survey === undefined
    ? await findAnew(sources, means)
    : { ...survey, memory: await recall(survey, means) };
  const { modules, costs } = discovery;
  const repeated = survey && memory && findMessages(survey, memory);
  const wanted = listWanted(costs.length, memory);
  return { ...sources, modules, costs, builtin, memory, wanted, repeated };
}

/** Finds the modules of a tree that was not surveyed. */
async function findAnew(sources: Sources, { plan, report, readers }: Means) {
  const start = Date.now();
  const discovering = discoverModules(sources, readers);
  const builtin = readBuiltin(plan, sources.search.bounds); // meanwhile
  const discovery = await discovering;
  acceptDiscovery(discovery, { plan, report });
  const memory = await startMemory(sources, { plan, discovery, builtin, start });
  return { discovery, builtin, memory };
}

/** How a plan was carried out. */
export type Ending = "written" | "nothing written" | Verdict;

/**
 * Reads the modules, and writes the index files, or compares them (--check=full). If nothing can be
 * written, messages say why.
 *
 * @throws FatalError (as a rejection) when the run cannot go on; nothing has been written then
 */
export async function produce(
  found: Found,
  { plan, report, readers, writer, outlet }: Means & {
    writer: Writer | undefined;
    outlet: Pick<Outlet, "write" | "publishing">;
  },
): Promise<Ending> {
  const { modules, costs, builtin, kernel, memory, wanted, repeated } = found;
  if (repeated !== undefined) {
    repeated.forEach(report);
    return "written";
  }
  const said: Message[] = [];
  const tell = (message: Message) => {
    said.push(message);
    report(message);
  };

  // Read.
  const { maxModuleSize, reportUnknown: detailed } = plan;
  const limits = { maxModuleSize, detailed, withKeys: memory !== undefined };
  const read = await readers.read({ modules, costs, wanted }, limits);
  const parts = [...memory === undefined ? [] : recalledPart(memory), ...read];
  const locations = locate(parts, costs.length);
  const faults = mergeFaults(parts, locations);
  for (const fault of faults) {
    const path = stringText(modules.paths, fault.module);
    tell(describeFault(fault, { path, strict: plan.strict }));
  }

  // Resolve and render.
  const options = { ...plan, textOnly: plan.show, encode: memory !== undefined };
  const facts = parts.map(({ facts }) => facts);
  const rendering = readers.render({ parts: facts, locations, names: modules.names }, options);
  try {
    const symbols = mergeSymbols(facts, { locations, detailed: plan.reportUnknown });
    const { resolved, messages } = resolve(symbols, { ...plan, ...kernel, modules });
    messages.forEach(tell);
    if (resolved === undefined) return "nothing written";
    const modelFiles = renderModel({ modules, ...resolved, ...builtin }, options);
    const { files: stringFiles, strings } = await rendering;
    const rendered = orderFiles([...modelFiles, ...stringFiles]);
    for (const { messages } of rendered) messages.forEach(tell);

    // Publish.
    if (plan.check !== undefined) return await checkFully(rendered, { plan, readers, report });
    if (writer === undefined) rendered.forEach(({ bytes }) => outlet.write(bytes));
    else {
      outlet.publishing?.(() => writer.stop());
      const files = { paths: modules.paths, numbers: mergeKeys(parts, locations) };
      const findings = { symbols, strings, files, faults, messages: said };
      await publish(rendered, { plan, found, readers, writer, report, findings });
    }
    return "written";
  } finally {
    await Promise.allSettled([rendering]); // the reader may be needed again
  }
}

/**
 * Discovers the modules in a reader. Where links lead beyond what that may read, this thread does
 * it once more, and the readers are replaced by one that may read there too. Files that have been
 * named may lie where no reader may look around: this thread takes them.
 */
async function discoverModules(
  { search, grants }: Sources,
  readers: ReaderPool,
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

/** What is needed to publish. */
interface Publication extends Means {
  readonly found: Found;
  readonly writer: Writer;
  /** What goes into the cache. */
  readonly findings: Omit<Findings, "outputs">;
}

/** Replaces the files that have changed, and the cache, if there is one. */
async function publish(files: readonly OutputFile[], publication: Publication): Promise<void> {
  const { plan, writer, report, found: { memory }, findings } = publication;
  const { outputDirectory, sync } = plan;
  const outputs = memory && checksumOutputs(files); // now, since the writer gets their memory
  const publishing = writer.publish(outputDirectory, { files, sync });
  const encoding = memory && encodeCache(memory, { ...findings, outputs: outputs! }); // meanwhile
  const { unchangedSince, messages } = await publishing;
  messages.forEach(report);
  if (unchangedSince !== undefined) await renew(unchangedSince, publication);
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
  { plan, found: { memory, search }, findings: { files }, readers, writer }: Publication,
): Promise<void> {
  const newest = memory === undefined
    ? await readers.first.findNewest(search)
    : newestSecond(files.numbers);
  const time = unchangedSince.getTime();
  const isOlder = newest > time / 1000 && newest <= Date.now() / 1000; // no time helps with a later one
  if (isOlder || time === INTERRUPTED) await writer.touch(plan.outputDirectory);
}
