/**
 * Finds the modules, in the order of the lists. It can be done on any thread: what is asked and
 * what is answered are values.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { dirname } from "@std/path";
import { encodeStrings } from "../bytes/strings.ts";
import { decodeLatin1 } from "../bytes/text.ts";
import { FatalError, isNotGranted, systemReason } from "../errors.ts";
import type { Message, ModuleFiles, Report } from "../model.ts";
import { type Bounds, checkWithin, findBounds, OutOfBoundsError } from "./bounds.ts";
import { readBuildFile } from "./build_files.ts";
import type { Config } from "./config.ts";
import { readingCost } from "./cost.ts";
import { type OrderFile, orderModules } from "./order.ts";
import { type ModuleFile, refuseName, selectModules, toModuleFile } from "./select.ts";
import { walkModules } from "./walk.ts";

/** Where modules are looked for. */
export interface Search {
  /** The tree: `<basedir>/<moduledir>/<version>`. */
  readonly directory: string;
  /** Module files to take instead of searching the tree. */
  readonly files: readonly string[];
  readonly config: Config;
  /** Where relative paths of external directories begin. */
  readonly base: string;
  /** Where symbolic links may lead. */
  readonly bounds: Bounds;
}

/** What was discovered. */
export interface Discovery {
  /** In the order of the lists. */
  readonly modules: ModuleFiles;
  /** By module: milliseconds that it takes to read it, roughly. */
  readonly costs: Float64Array<ArrayBuffer>;
  readonly messages: readonly Message[];
  /** Why the run cannot go on: there are no modules then. */
  readonly failure: string | undefined;
}

/**
 * Finds the modules.
 *
 * @param onFile called with the cost of each file that a search finds, as soon as it does
 */
export function discover(
  search: Search,
  onFile: (cost: number) => void = () => {},
): Discovery {
  const messages: Message[] = [];
  const report = (message: Message) => void messages.push(message);
  try {
    const files = search.files.length > 0
      ? takeOperands(search, report)
      : findFiles(search, { report, onFile });
    return { ...toColumns(putInOrder(files, search, report)), messages, failure: undefined };
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    return { ...toColumns([]), messages, failure: error.message };
  }
}

function toColumns(files: readonly ModuleFile[]): Pick<Discovery, "modules" | "costs"> {
  const modules = {
    paths: encodeStrings(files.map(({ path }) => path)),
    names: encodeStrings(files.map(({ name }) => name)),
    indexPaths: encodeStrings(files.map(({ indexPath }) => indexPath)),
  };
  return { modules, costs: Float64Array.from(files, ({ cost }) => cost) };
}

function putInOrder(files: readonly ModuleFile[], search: Search, report: Report): ModuleFile[] {
  const { order, messages } = orderModules(files, readOrder(search, report));
  messages.forEach(report);
  return Array.from(order, (file) => files[file]!);
}

function readOrder({ directory, bounds }: Search, report: Report): OrderFile | undefined {
  const order = readBuildFile(directory, { name: "modules.order", bounds });
  if (order instanceof Uint8Array) {
    return { path: `${directory}/modules.order`, text: decodeLatin1(order) };
  }
  report(order);
  return undefined;
}

/** The module files of the tree and the external directories, one for each module name. */
function findFiles(
  search: Search,
  { report, onFile }: { report: Report; onFile: (cost: number) => void },
): ModuleFile[] {
  const files = walkAll(search, { report, onFile });
  if (files.length === 0) {
    const text = `no module found in ${search.directory}: the index files will be empty`;
    report({ level: "warning", text });
  }
  const { modules, messages } = selectModules(files, search.config);
  messages.forEach(report);
  return modules;
}

/** The module files in the tree, then those in the external directories. */
function walkAll(
  { directory, config, base, bounds }: Search,
  { report, onFile }: { report: Report; onFile: (cost: number) => void },
): ModuleFile[] {
  const files: ModuleFile[] = [];
  const measure = (path: string) => {
    const cost = readingCost(path);
    onFile(cost);
    return cost;
  };
  const options = { excludes: config.excludes, bounds, measure, report };
  for (const root of [directory, ...config.externals]) {
    try {
      for (const found of walkModules(root, options)) {
        files.push(toModuleFile(found, { directory, base }));
      }
    } catch (error) {
      const reason = systemReason(error);
      const text = `could not open directory ${root}: ${reason}`;
      report({ level: "error", text, fails: isNotGranted(error) });
      if (root === directory) throw new FatalError(`could not search modules: ${reason}`);
    }
  }
  return files;
}

/** The module files named on the command line, whatever their names end in. */
function takeOperands({ directory, files, bounds }: Search, report: Report): ModuleFile[] {
  const modules = new Map<string, ModuleFile>();
  for (const path of files) {
    if (!path.startsWith("/")) throw new FatalError(`${path}: not absolute path.`);
    checkOperand(path, bounds);
    const found = { path, again: false, cost: readingCost(path) };
    const module = toModuleFile(found, { directory, base: "" });
    const refusal = refuseName(module);
    const held = modules.get(module.name);
    if (refusal !== undefined) report(refusal);
    else if (held === undefined) modules.set(module.name, module);
    else refuseOperand(module, held, report);
  }
  return [...modules.values()];
}

function checkOperand(path: string, bounds: Bounds): void {
  try {
    checkWithin(path, [...bounds, ...findBounds([dirname(path)])]);
    const { isFile, isDirectory } = Deno.statSync(path);
    if (!isFile && !isDirectory) throw new Error("Not a regular file");
  } catch (error) {
    if (error instanceof OutOfBoundsError) throw new FatalError(error.message);
    throw new FatalError(`could not create module ${path}: ${systemReason(error)}`);
  }
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
