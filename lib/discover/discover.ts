/**
 * Finds the modules, in the order of the lists.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { dirname } from "@std/path";
import { decodeLatin1 } from "../bytes/text.ts";
import { FatalError, systemReason } from "../errors.ts";
import type { ModuleFile, Report } from "../model.ts";
import { toAbsolute } from "./absolute.ts";
import { type Bounds, checkWithin, findBounds, OutOfBoundsError } from "./bounds.ts";
import { readBuildFile } from "./build_files.ts";
import { type Config, parseConfig } from "./config.ts";
import { readConfigFiles } from "./config_files.ts";
import type { OrderFile } from "./order.ts";
import { refuseName, selectModules, toModuleFile } from "./select.ts";
import type { Finding } from "./tree.ts";

/** Where modules are looked for. */
export interface DiscoverOptions {
  /** The tree: `<basedir>/<moduledir>/<version>`. */
  readonly directory: string;
  /** The kernel version, which configuration lines may name. */
  readonly version: string;
  /** Configuration files or directories (-C); none for the usual ones. */
  readonly configPaths: readonly string[];
  /** Module files to take instead of walking the tree; absolute. */
  readonly files: readonly string[];
}

/** How far the search may go, and who hears of it. */
export interface Outlook {
  /** Where symbolic links may lead. */
  readonly bounds: Bounds;
  readonly report: Report;
}

/**
 * Reads the configuration; with file operands there is none.
 *
 * @throws FatalError when a path of `configPaths` does not exist
 */
export function loadConfig(
  { version, configPaths, files }: DiscoverOptions,
  report: Report,
): Config {
  const configFiles = files.length > 0 ? [] : readConfigFiles(configPaths, report);
  const { config, messages } = parseConfig(configFiles, version);
  messages.forEach(report);
  return config;
}

/** What was discovered. */
export interface Discovery {
  readonly modules: ModuleFile[];
  /** `modules.order`, undefined when there is none: what orderModules goes by. */
  readonly orderFile: OrderFile | undefined;
}

/**
 * The modules, in the order in which they were found.
 *
 * @param finding what a search of the tree found; none if there are file operands
 * @throws FatalError when the tree cannot be read, or a file operand cannot be taken
 */
export function discoverModules(
  options: DiscoverOptions,
  { config, finding }: { config: Config; finding: Finding | undefined },
  outlook: Outlook,
): Discovery {
  const { directory } = options;
  const modules = finding === undefined
    ? takeOperands(options, outlook)
    : takeFound(directory, finding, { config, report: outlook.report });
  return { modules, orderFile: readOrder(directory, outlook) };
}

function readOrder(directory: string, { bounds, report }: Outlook): OrderFile | undefined {
  const order = readBuildFile(directory, { name: "modules.order", bounds });
  if (order instanceof Uint8Array) {
    return { path: `${directory}/modules.order`, text: decodeLatin1(order) };
  }
  report(order);
  return undefined;
}

function takeFound(
  directory: string,
  { files, messages, failure }: Finding,
  { config, report }: { config: Config; report: Report },
): ModuleFile[] {
  messages.forEach(report);
  if (failure !== undefined) throw new FatalError(`could not search modules: ${failure}`);
  if (files.length === 0) {
    const text = `no module found in ${directory}: the index files will be empty`;
    report({ level: "warning", text });
  }
  const candidates = files.map(({ path, again }) => ({
    file: toModuleFile(toAbsolute(path), directory),
    path,
    again,
  }));
  const selected = selectModules(candidates, config);
  selected.messages.forEach(report);
  return selected.modules;
}

/** The module files named on the command line, whatever their names end in. */
function takeOperands(
  { directory, files }: DiscoverOptions,
  { bounds, report }: Outlook,
): ModuleFile[] {
  const modules = new Map<string, ModuleFile>();
  for (const path of files) {
    if (!path.startsWith("/")) throw new FatalError(`${path}: not absolute path.`);
    const module = toModuleFile(path, directory);
    try {
      checkWithin(path, [...bounds, ...findBounds([dirname(path)])]);
      const { isFile, isDirectory } = Deno.statSync(path);
      if (!isFile && !isDirectory) throw new Error("Not a regular file");
    } catch (error) {
      const isRefused = error instanceof OutOfBoundsError;
      if (isRefused) throw new FatalError(error.message);
      throw new FatalError(`could not create module ${path}: ${systemReason(error)}`);
    }
    const refusal = refuseName(module);
    const held = modules.get(module.name);
    if (refusal !== undefined) report(refusal);
    else if (held === undefined) modules.set(module.name, module);
    else refuseOperand(module, held, report);
  }
  return [...modules.values()];
}

function refuseOperand({ name, path }: ModuleFile, held: ModuleFile, report: Report): never {
  const again = path === held.path;
  const text = again
    ? `hash_add_unique ${name}: File exists`
    : `kmod_module '${name}' already exists with different path: ` +
      `new-path='${path}' old-path='${held.path}'`;
  report({ level: "error", text });
  throw new FatalError(`could not ${again ? "add" : "create"} module ${path}: File exists`);
}
