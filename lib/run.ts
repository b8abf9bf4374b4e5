/**
 * The pipeline: discover, extract, resolve, render, publish.
 *
 * @module
 */
import { decodeLatin1 } from "./bytes/text.ts";
import { toAbsolute } from "./discover/absolute.ts";
import { readBuildFile, readSymbolFile } from "./discover/build_files.ts";
import type { Config } from "./discover/config.ts";
import { discoverModules, loadConfig } from "./discover/discover.ts";
import { isUpToDate } from "./discover/fresh.ts";
import { isNotGranted } from "./errors.ts";
import { Extractor } from "./extract/extract.ts";
import { ReaderPool } from "./extract/pool.ts";
import type { Facts, Fault, Message, Model, ModuleFile, Plan, Report } from "./model.ts";
import { renderFiles } from "./output/files.ts";
import { publishFiles } from "./publish/publish.ts";
import { type KernelSymbol, parseSymvers, parseSystemMap } from "./resolve/kernel_symbols.ts";
import { resolve } from "./resolve/resolve.ts";

/** Where a run speaks. */
export interface Outlet {
  /** Takes messages, as they arise. */
  readonly report: Report;
  /** Takes what belongs on stdout. */
  readonly write: (bytes: Uint8Array) => void;
}

/**
 * Does what the plan says.
 *
 * @returns whether all was well; else a message says what was not
 * @throws FatalError (as a rejection) when the run cannot go on; nothing has been written then
 */
export async function run(plan: Plan, outlet: Outlet): Promise<boolean> {
  let failed = false;
  const report = (message: Message) => {
    if (message.fails) failed = true;
    outlet.report(message);
  };
  if (plan.quick && (plan.show || isUpToDate(plan, report))) return !failed;

  const kernel = loadKernelSymbols(plan, report);
  const config = loadConfig(plan, report);
  const modules = discoverModules(plan, config, report);
  const facts = await extract(modules, plan, config);
  for (const fault of facts.faults) report(describeFault(fault, modules[fault.module]!, plan));

  const { resolved, messages } = resolve(facts, { ...plan, ...kernel, modules });
  messages.forEach(report);
  if (resolved === undefined) return false;

  const model = { modules, facts, ...resolved, ...readBuiltin(plan) };
  const rendered = renderFiles(model, { ...plan, textOnly: plan.show });
  rendered.messages.forEach(report);
  if (plan.show) rendered.files.forEach(({ bytes }) => outlet.write(bytes));
  else publishFiles(plan.outputDirectory, rendered.files);
  return !failed;
}

/**
 * Milliseconds of reading from which on it pays to start readers. Measured with 4,000 modules on
 * two cores: one thread took 0.9 times the reference's time for plain modules and 2.2 for .ko.xz,
 * two readers 1.3 and 1.2.
 */
const POOL_COST = 500;

/** Modules for which a reader is worth its start, however they are packed. */
const FEWEST = 32;

/** Reads the modules, in this thread or, if that would take long, in several. */
async function extract(
  modules: readonly ModuleFile[],
  plan: Plan,
  config: Config,
): Promise<Facts> {
  const paths = modules.map(({ path }) => path);
  if (plan.jobs < 2 || estimateCost(paths) < POOL_COST) {
    return await new Extractor(plan).extract(paths);
  }
  const external = config.externals.map(toAbsolute);
  const count = Math.min(plan.jobs, Math.ceil(paths.length / FEWEST));
  using pool = startPool(count, [plan.directory, ...external, ...plan.files]);
  return await (pool?.extract(paths, plan) ?? new Extractor(plan).extract(paths));
}

/** Undefined where this thread itself may not read what readers need: it will have to do alone. */
function startPool(count: number, readable: readonly string[]): ReaderPool | undefined {
  try {
    return new ReaderPool(count, readable);
  } catch (error) {
    if (isNotGranted(error)) return undefined;
    throw error;
  }
}

/** Milliseconds that one thread takes to read modules, by what their names end in. */
function estimateCost(paths: readonly string[]): number {
  let cost = 0;
  for (const path of paths) {
    if (path.endsWith(".ko")) cost += 0.05;
    else cost += path.endsWith(".xz") ? 1.7 : 0.2;
  }
  return cost;
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
    case "refused":
      return {
        level: "error",
        text: `failed to load symbols from ${path}: ${reason}`,
        fails: kind === "refused" || strict,
      };
    case "dropped":
      return { level: "error", text: `${path}: dropped ${reason}`, fails: true };
  }
}

/** The files that tell what is built into the kernel; only binary indexes are made from them. */
function readBuiltin({ directory, show }: Plan): Pick<Model, "builtin" | "builtinModinfo"> {
  if (show) return { builtin: new Uint8Array(), builtinModinfo: new Uint8Array() };
  return {
    builtin: readBuildFile(directory, "modules.builtin"),
    builtinModinfo: readBuildFile(directory, "modules.builtin.modinfo"),
  };
}
