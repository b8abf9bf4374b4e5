/**
 * The pipeline: discover, extract, resolve, render, publish.
 *
 * @module
 */
import { stringText } from "./bytes/strings.ts";
import { decodeLatin1 } from "./bytes/text.ts";
import { planGrants } from "./cli/plan.ts";
import { isGranted, requireGrants } from "./confined_worker.ts";
import { findBase } from "./discover/absolute.ts";
import { type Bounds, checkPlace, findBounds, realPlace } from "./discover/bounds.ts";
import { readBuildFile, readSymbolFile } from "./discover/build_files.ts";
import { discover, type Discovery, loadConfig, type Search } from "./discover/discover.ts";
import { isUpToDate } from "./discover/fresh.ts";
import { FatalError } from "./errors.ts";
import { locate, mergeFaults, mergeSymbols } from "./facts/merge.ts";
import type { Fault, Grants, Message, Model, Plan, Report } from "./model.ts";
import { orderFiles, renderModel } from "./output/files.ts";
import { Writer } from "./publish/writer.ts";
import { ReaderPool } from "./readers/pool.ts";
import { type KernelSymbol, parseSymvers, parseSystemMap } from "./resolve/kernel_symbols.ts";
import { resolve } from "./resolve/resolve.ts";

/** Where a run speaks. */
export interface Outlet {
  /** Takes messages, as they arise. */
  readonly report: Report;
  /** Takes what belongs on stdout. */
  readonly write: (bytes: Uint8Array) => void;
  /**
   * Called before the first byte of a module is read. From here on this thread itself needs no
   * permission to read or write: a program of its own gives them up now.
   */
  readonly handOver?: () => void;
}

/**
 * Does what the plan says.
 *
 * @returns whether all was well; else a message says what was not
 * @throws FatalError (as a rejection) when the run cannot go on; nothing has been written then
 */
export async function run(plan: Plan, outlet: Outlet): Promise<boolean> {
  const faults = new Set<string>();
  const report = (message: Message) => {
    if (faults.has(message.text)) return; // the walk and whoever reads a file meet the same link
    if (message.fails) faults.add(message.text);
    outlet.report(message);
  };
  checkTree(plan);
  if (plan.quick && (plan.show || isFresh(plan, report))) return faults.size === 0;

  const kernel = loadKernelSymbols(plan, report);
  const config = loadConfig(plan, report);
  const grants = planGrants(plan, config.externals);
  if (!plan.show) checkOutput(plan, grants);
  const bounds = findBounds(grants.links);
  const readable = findGranted("read", [plan.directory, ...grants.readers]);
  using readers = new ReaderPool(readable, plan.readers);
  const discovering = startDiscovery(readers, makeSearch(plan, { config, bounds }));
  using writer = plan.show ? undefined : new Writer(findGranted("write", grants.writer));
  const builtin = readBuiltin(plan, bounds);
  const { modules, costs } = takeDiscovery(await discovering, report);
  await readers.prepare(costs);
  await writer?.ready();
  outlet.handOver?.();

  const { maxModuleSize, reportUnknown: detailed } = plan;
  const parts = await readers.extract({ modules, costs }, { maxModuleSize, detailed });
  const places = locate(parts, costs.length);
  for (const fault of mergeFaults(parts, places)) {
    report(describeFault(fault, stringText(modules.paths, fault.module), plan));
  }

  const options = { ...plan, textOnly: plan.show };
  const facts = parts.map(({ facts }) => facts);
  const stringFiles = readers.render({ parts: facts, places, names: modules.names }, options);
  const symbols = mergeSymbols(facts, { places, detailed });
  const { resolved, messages } = resolve(symbols, { ...plan, ...kernel, modules });
  messages.forEach(report);
  if (resolved === undefined) return false;

  const modelFiles = renderModel({ modules, ...resolved, ...builtin }, options);
  const files = orderFiles([...modelFiles, ...await stringFiles]);
  for (const { messages } of files) messages.forEach(report);
  if (writer === undefined) files.forEach(({ bytes }) => outlet.write(bytes));
  else await writer.publish({ directory: plan.outputDirectory, files });
  return faults.size === 0;
}

function isFresh(plan: Plan, report: Report): boolean {
  return isUpToDate(plan, { bounds: findBounds(planGrants(plan, []).links), report });
}

/** Makes sure that the tree may be read, and is where it seems to be. */
function checkTree({ directory, around, files, allowRead }: Plan): void {
  requireGrants({ read: files.length > 0 ? files : [directory], write: [] });
  const remedy = (place: string) => `--allow-read=${place} would permit to read it`;
  checkPlace(directory, { around, bounds: findBounds(allowRead), remedy });
}

/** Makes sure that the output may be written, and goes where it seems to go. */
function checkOutput({ outputDirectory, outputAround }: Plan, { writer }: Grants): void {
  requireGrants({ read: writer, write: writer });
  const remedy = () => "use --outdir to write elsewhere";
  checkPlace(outputDirectory, { around: outputAround, bounds: [], remedy });
}

function makeSearch(
  { directory, files }: Plan,
  { config, bounds }: Pick<Search, "config" | "bounds">,
): Search {
  return { directory, files, config, base: findBase(config.externals), bounds };
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

/** What a worker is given: these paths, by their names and where they lead, if this thread may. */
function findGranted(name: "read" | "write", paths: readonly string[]): string[] {
  const places = new Set([...paths, ...paths.map(realPlace)]);
  return [...places].filter((path) => isGranted(name, path));
}

/** The kernel's symbols, and whether unknown ones can be reported against them. */
function loadKernelSymbols(
  { kernelSymbols, prefix, reportUnknown }: Plan,
  report: Report,
): { kernel: readonly KernelSymbol[]; reportUnknown: boolean } {
  if (kernelSymbols === undefined) {
    if (reportUnknown) report({ level: "warning", text: "-e needs -E or -F" });
    return { kernel: [], reportUnknown: false };
  }
  const { path, format } = kernelSymbols;
  const text = decodeLatin1(readSymbolFile(path));
  const parse = format === "System.map" ? parseSystemMap : parseSymvers;
  const { symbols, isEmpty, messages } = parse(text, { path, prefix });
  messages.forEach(report);
  if (!isEmpty || !reportUnknown) return { kernel: symbols, reportUnknown };
  const problem = `${path} lists no symbol of the kernel: cannot tell which are unknown`;
  report({ level: "error", text: problem, fails: true });
  return { kernel: symbols, reportUnknown: false };
}

function describeFault(
  { kind, reason }: Fault,
  path: string,
  { strict }: Plan,
): Message {
  switch (kind) {
    case "unreadable":
    case "too large":
    case "refused":
      return {
        level: "error",
        text: `failed to load symbols from ${path}: ${reason}`,
        fails: kind !== "unreadable" || strict,
      };
    case "dropped":
      return { level: "error", text: `${path}: dropped ${reason}`, fails: true };
  }
}

/** The files that tell what is built into the kernel; only binary indexes are made from them. */
function readBuiltin(
  { directory, show }: Plan,
  bounds: Bounds,
): Pick<Model, "builtin" | "builtinModinfo"> {
  if (show) return { builtin: new Uint8Array(), builtinModinfo: new Uint8Array() };
  return {
    builtin: readBuildFile(directory, { name: "modules.builtin", bounds }),
    builtinModinfo: readBuildFile(directory, { name: "modules.builtin.modinfo", bounds }),
  };
}
