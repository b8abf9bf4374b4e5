/**
 * Finds the modules, in the order of the lists.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { dirname } from "@std/path";
import { decodeLatin1 } from "../bytes/text.ts";
import { FatalError, isNotGranted, systemReason } from "../errors.ts";
import type { ModuleFile, Report } from "../model.ts";
import { toAbsolute } from "./absolute.ts";
import { type Bounds, checkWithin, findBounds, OutOfBoundsError } from "./bounds.ts";
import { readBuildFile } from "./build_files.ts";
import { type Config, parseConfig } from "./config.ts";
import { readConfigFiles } from "./config_files.ts";
import { orderModules } from "./order.ts";
import { refuseName, selectModules, toModuleFile } from "./select.ts";
import { type FoundFile, walkModules } from "./walk.ts";

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

/**
 * Finds the modules and brings them into the order of the lists.
 *
 * @throws FatalError when the tree cannot be read, or a file operand cannot be taken
 */
export function discoverModules(
  options: DiscoverOptions,
  config: Config,
  outlook: Outlook,
): ModuleFile[] {
  const { report } = outlook;
  const modules = options.files.length > 0
    ? takeOperands(options, outlook)
    : searchTree(options.directory, config, outlook);
  const order = readOrder(options.directory, outlook);
  const ordered = orderModules(modules, order);
  ordered.messages.forEach(report);
  return ordered.modules;
}

function readOrder(
  directory: string,
  { bounds, report }: Outlook,
): { path: string; text: string } | undefined {
  const order = readBuildFile(directory, { name: "modules.order", bounds });
  if (order instanceof Uint8Array) {
    return { path: `${directory}/modules.order`, text: decodeLatin1(order) };
  }
  report(order);
  return undefined;
}

function searchTree(directory: string, config: Config, outlook: Outlook): ModuleFile[] {
  const { report } = outlook;
  const found = walkTree(directory, config, outlook);
  if (found.length === 0) {
    const text = `no module found in ${directory}: the index files will be empty`;
    report({ level: "warning", text });
  }
  const { modules, messages } = selectModules(
    found.map(({ path, again }) => ({
      file: toModuleFile(toAbsolute(path), directory),
      path,
      again,
    })),
    config,
  );
  messages.forEach(report);
  return modules;
}

/** Module files in the tree, then in the external directories. */
function walkTree(
  directory: string,
  { externals, excludes }: Config,
  { bounds, report }: Outlook,
): FoundFile[] {
  const found: FoundFile[] = [];
  for (const root of [directory, ...externals]) {
    try {
      for (const file of walkModules(root, { excludes, bounds, report })) found.push(file);
    } catch (error) {
      const reason = systemReason(error);
      const text = `could not open directory ${root}: ${reason}`;
      report({ level: "error", text, fails: isNotGranted(error) });
      if (root === directory) throw new FatalError(`could not search modules: ${reason}`);
    }
  }
  return found;
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
