/**
 * The pipeline: discover, read, resolve, render, publish.
 *
 * @module
 */
import { stringText } from "./bytes/strings.ts";
import { findBase } from "./discover/absolute.ts";
import { findBounds } from "./discover/bounds.ts";
import { discover, type Discovery, type Search } from "./discover/discover.ts";
import { isUpToDate } from "./discover/fresh.ts";
import { loadConfig, loadKernelSymbols, readBuiltin } from "./discover/inputs.ts";
import { FatalError } from "./errors.ts";
import { addRealPlaces, checkOutput, checkTree, findGranted, planGrants } from "./grants.ts";
import type { Message, Plan, Report } from "./model.ts";
import { describeFault } from "./read/faults.ts";
import { locate, mergeFaults, mergeSymbols } from "./read/merge.ts";
import { orderFiles, renderModel } from "./render/files.ts";
import { resolve } from "./resolve/resolve.ts";
import { ReaderPool } from "./threads/reader_pool.ts";
import { Writer } from "./threads/writer_handle.ts";

/** Who hears what a run has to say. */
export interface Outlet {
  /** Takes messages, as they arise. */
  readonly report: Report;
  /** Takes what belongs on stdout. */
  readonly write: (bytes: Uint8Array) => void;
  /**
   * Called before the first byte of a module is read. From then on this thread itself needs no
   * permission to read or write: a program of its own gives them up now.
   */
  readonly handOver?: () => void;
}

/**
 * Does what the plan says.
 *
 * @returns whether all was well; if not, a message has said what was wrong
 * @throws FatalError (as a rejection) when the run cannot go on; nothing has been written then
 */
export async function run(plan: Plan, outlet: Outlet): Promise<boolean> {
  const failures = new Set<string>();
  const report = (message: Message) => {
    if (failures.has(message.text)) return; // several stages may meet the same link
    if (message.fails) failures.add(message.text);
    outlet.report(message);
  };
  checkTree(plan);
  if (plan.quick && (plan.show || isFresh(plan, report))) return failures.size === 0;

  const kernel = loadKernelSymbols(plan, report);
  const config = loadConfig(plan, report);
  checkOutput(plan);
  const grants = addRealPlaces(planGrants(plan, config.externals));
  const bounds = findBounds(grants.links);

  // Discover.
  using readers = new ReaderPool(findGranted("read", grants.readers), plan.readers);
  const { directory, files } = plan;
  const search = { directory, files, config, base: findBase(config.externals), bounds };
  const discovering = startDiscovery(readers, search);
  using writer = plan.show ? undefined : new Writer(findGranted("write", grants.writer));
  const builtin = readBuiltin(plan, bounds);
  const { modules, costs } = takeDiscovery(await discovering, report);
  await readers.prepare(costs);
  await writer?.ready();
  outlet.handOver?.();

  // Read.
  const { maxModuleSize, reportUnknown: detailed, strict } = plan;
  const parts = await readers.read({ modules, costs }, { maxModuleSize, detailed });
  const locations = locate(parts, costs.length);
  for (const fault of mergeFaults(parts, locations)) {
    report(describeFault(fault, { path: stringText(modules.paths, fault.module), strict }));
  }

  // Resolve, while a reader renders the files that are made of the modules' own strings.
  const options = { ...plan, textOnly: plan.show };
  const facts = parts.map(({ facts }) => facts);
  const stringFiles = readers.render({ parts: facts, locations, names: modules.names }, options);
  const symbols = mergeSymbols(facts, { locations, detailed });
  const { resolved, messages } = resolve(symbols, { ...plan, ...kernel, modules });
  messages.forEach(report);
  if (resolved === undefined) return false;

  // Render.
  const modelFiles = renderModel({ modules, ...resolved, ...builtin }, options);
  const rendered = orderFiles([...modelFiles, ...await stringFiles]);
  for (const { messages } of rendered) messages.forEach(report);

  // Publish.
  if (writer === undefined) rendered.forEach(({ bytes }) => outlet.write(bytes));
  else await writer.publish(plan.outputDirectory, rendered);
  return failures.size === 0;
}

function isFresh(plan: Plan, report: Report): boolean {
  return isUpToDate(plan, { bounds: findBounds(planGrants(plan, []).links), report });
}

/** Modules that have been named may lie where no reader may look around: this thread takes them. */
function startDiscovery(readers: ReaderPool, search: Search): Discovery | Promise<Discovery> {
  return search.files.length > 0 ? discover(search) : readers.discover(search);
}

function takeDiscovery(discovery: Discovery, report: Report): Discovery {
  discovery.messages.forEach(report);
  if (discovery.failure !== undefined) throw new FatalError(discovery.failure);
  return discovery;
}
