/**
 * The pipeline: discover, extract, resolve, render, publish.
 *
 * @module
 */
import { decodeLatin1 } from "./bytes/text.ts";
import { planGrants } from "./cli/plan.ts";
import { isGranted, requireGrants } from "./confined_worker.ts";
import { type Bounds, checkPlace, findBounds, realPlace } from "./discover/bounds.ts";
import { readBuildFile, readSymbolFile } from "./discover/build_files.ts";
import { discoverModules, type Discovery, loadConfig } from "./discover/discover.ts";
import { isUpToDate } from "./discover/fresh.ts";
import { orderModules } from "./discover/order.ts";
import type { Finding, Search } from "./discover/tree.ts";
import { mergeFacts } from "./facts/merge.ts";
import type { Fault, Grants, Message, Model, ModuleFile, Plan, Report } from "./model.ts";
import { renderFiles } from "./output/files.ts";
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
  const searched = startSearch(readers, plan, { ...config, bounds });
  using writer = plan.show ? undefined : new Writer(findGranted("write", grants.writer));
  const builtin = readBuiltin(plan, bounds);
  const finding = await searched;
  const discovery = discoverModules(plan, { config, finding }, { bounds, report });
  const jobs = await readers.prepare(discovery.modules.map(({ path }) => path));
  await writer?.ready();
  outlet.handOver?.();

  const { maxModuleSize, reportUnknown: detailed } = plan;
  const extracted = readers.extract(jobs, { maxModuleSize, detailed });
  const { order, modules } = putInOrder(discovery, report); // while they are read
  const facts = mergeFacts(await extracted, { order, detailed });
  for (const fault of facts.faults) report(describeFault(fault, modules[fault.module]!, plan));

  const { resolved, messages } = resolve(facts, { ...plan, ...kernel, modules });
  messages.forEach(report);
  if (resolved === undefined) return false;

  const model = { modules, facts, ...resolved, ...builtin };
  const rendered = renderFiles(model, { ...plan, textOnly: plan.show });
  rendered.messages.forEach(report);
  if (writer === undefined) rendered.files.forEach(({ bytes }) => outlet.write(bytes));
  else await writer.publish({ directory: plan.outputDirectory, files: rendered.files });
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

/** Lets a reader search the tree, unless the modules have been named. */
function startSearch(
  readers: ReaderPool,
  { directory, files }: Plan,
  { externals, excludes, bounds }: Omit<Search, "directory">,
): Promise<Finding> | undefined {
  if (files.length > 0) return undefined;
  return readers.search({ directory, externals, excludes, bounds });
}

/** The modules in the order of the lists, and that order. */
function putInOrder(
  { modules, orderFile }: Discovery,
  report: Report,
): { order: Uint32Array; modules: ModuleFile[] } {
  const { order, messages } = orderModules(modules, orderFile);
  messages.forEach(report);
  return { order, modules: Array.from(order, (module) => modules[module]!) };
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
  { path }: ModuleFile,
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
