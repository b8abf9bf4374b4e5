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
import { discoverModules, loadConfig } from "./discover/discover.ts";
import { isUpToDate } from "./discover/fresh.ts";
import { toJob } from "./extract/cost.ts";
import { type Job, ReaderPool } from "./extract/pool.ts";
import type { Fault, Grants, Message, Model, ModuleFile, Plan, Report } from "./model.ts";
import { renderFiles } from "./output/files.ts";
import { Writer } from "./publish/writer.ts";
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
    if (faults.has(message.text)) return; // the walk and the reader of a file meet the same link
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
  using readers = new ReaderPool(findGranted("read", [plan.directory, ...grants.readers]));
  readers.grow(1);
  const modules = discoverModules(plan, config, { bounds, report });
  const builtin = readBuiltin(plan, bounds);
  const jobs = modules.map(({ path }) => toJob(path));
  readers.grow(countReaders(jobs, plan));
  using writer = plan.show ? undefined : new Writer(findGranted("write", grants.writer));
  await Promise.all([readers.ready(), writer?.ready()]);
  outlet.handOver?.();

  const { maxModuleSize, reportUnknown } = plan;
  const facts = await readers.extract(jobs, { maxModuleSize, detailed: reportUnknown });
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

/** What a worker is given: these paths, by their names and where they lead, if this thread may. */
function findGranted(name: "read" | "write", paths: readonly string[]): string[] {
  const places = new Set([...paths, ...paths.map(realPlace)]);
  return [...places].filter((path) => isGranted(name, path));
}

/**
 * Milliseconds of reading for which another reader is worth its start and the compilation of the
 * same code once more. For 4,000 plain modules, a little less than this, two readers on two cores
 * took as long as one, and a quarter more CPU time.
 */
const READER_COST = 250;

function countReaders(jobs: readonly Job[], { readers: { fewest, most } }: Plan): number {
  const cost = jobs.reduce((sum, job) => sum + job.cost, 0);
  const worth = Math.max(fewest, Math.min(most, Math.floor(cost / READER_COST)));
  return Math.min(worth, jobs.length);
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
