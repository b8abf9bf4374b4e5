/**
 * Finds the modules, in the order in which the index files list them. It can run on any thread: it
 * takes and returns plain values.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { dirname } from "@std/path";
import { sequence } from "../bytes/column.ts";
import { encodeStrings } from "../bytes/strings.ts";
import { decodeLatin1 } from "../bytes/text.ts";
import {
  describeFailure,
  type Failure,
  FatalError,
  isNotGranted,
  systemReason,
} from "../errors.ts";
import type { Message, ModuleFiles, Report } from "../model.ts";
import { type Bounds, findRealPaths, OutOfBoundsError, resolveLink } from "./bounds.ts";
import { readBuildFile } from "./build_files.ts";
import type { Config } from "./config.ts";
import { readingCost } from "./cost.ts";
import { orderModules } from "./order.ts";
import {
  type Contest,
  type FoundFile,
  type ModuleFile,
  refuseName,
  selectModules,
  toModuleFile,
} from "./select.ts";
import { type Refusal, walkModules } from "./walk.ts";

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
  /** Whether to tell which files had the same module name. */
  readonly isReported?: boolean;
}

/** What was discovered. */
export interface Discovery {
  /** In the order in which the index files list them. */
  readonly modules: ModuleFiles;
  /** By module: its position in the order in which the modules were selected. */
  readonly selectedAt: Uint32Array;
  /** `modules.order`, or the message that there is none; undefined if it was not looked for. */
  readonly order: Uint8Array | Message | undefined;
  /** By module: estimated milliseconds to read it. */
  readonly costs: Float64Array<ArrayBuffer>;
  /** Real paths outside of `bounds.granted` that links lead to: readers have to be granted them. */
  readonly targets: readonly string[];
  /** What is in the tree and may not be read; the messages are among the others. */
  readonly refusals: readonly Refusal[];
  readonly messages: readonly Message[];
  /** Files that had the same module name, if they were asked for. */
  readonly contests: readonly Contest[];
  /** Why the run cannot go on, if it cannot; then there are no modules. */
  readonly failure: Failure | undefined;
}

/** Whether all that was found may be used: nothing was refused. */
export function isWhole({ messages }: Pick<Discovery, "messages">): boolean {
  return !messages.some(({ fails }) => fails);
}

/** What a search collects. */
interface Collection {
  readonly messages: Message[];
  readonly refusals: Refusal[];
  readonly targets: Set<string>;
  readonly contests: Contest[];
  readonly report: Report;
  readonly refuse: (refusal: Refusal) => void;
  readonly events: SearchEvents;
}

/** What a search calls while it goes on; nothing for named files. */
export interface SearchEvents {
  readonly measure?: Measure;
  /** Called for each entry of a directory before the search looks at it. */
  readonly onEntry?: () => void;
}

/** Gives the estimated milliseconds to read a file; called as soon as the file is found. */
export type Measure = (path: string) => number;

/** Finds the modules. */
export function discover(search: Search, events: SearchEvents = {}): Discovery {
  return walkTree(search, events).arrange();
}

/** Finds the modules, in no particular order, which takes less time. */
export function discoverUnordered(search: Search): Discovery {
  const collection = startCollection({});
  const arranged = catchFatal(() => {
    const files = takeModules(findFiles(search, collection), search, collection);
    return { files, selectedAt: sequence(files.length) };
  });
  return conclude(arranged, { collection, order: undefined });
}

/** A search that has found the module files, and selected none yet. */
export interface Walk {
  /** The files of the tree and the external directories; none if files have been named. */
  readonly files: readonly FoundFile[];
  /** `modules.order`, or the message that there is none. */
  readonly order: Uint8Array | Message;
  /** Whether there is nothing to say so far. */
  readonly isSilent: boolean;
  /** As in a discovery. */
  readonly targets: readonly string[];
  /** Selects the modules, and brings them into their order. */
  readonly arrange: () => Discovery;
}

/** Begins a search. */
export function walkTree(search: Search, events: SearchEvents = {}): Walk {
  const { directory, bounds } = search;
  const collection = startCollection(events);
  const found = catchFatal(() => findFiles(search, collection));
  const order = readBuildFile(directory, { name: "modules.order", bounds });
  return {
    files: found instanceof FatalError ? [] : found,
    order,
    isSilent: collection.messages.length === 0 && order instanceof Uint8Array,
    targets: [...collection.targets],
    arrange() {
      const arranged = found instanceof FatalError ? found : catchFatal(() => {
        const files = takeModules(found, search, collection);
        return putInOrder(files, { directory, order, report: collection.report });
      });
      return conclude(arranged, { collection, order });
    },
  };
}

/** Modules in some order, and by module, its position in the order in which they were selected. */
interface Arrangement extends Pick<Discovery, "selectedAt"> {
  readonly files: readonly ModuleFile[];
}

/** What `work` gives, or the error by which the run cannot go on. */
function catchFatal<Value>(work: () => Value): Value | FatalError {
  try {
    return work();
  } catch (error) {
    if (error instanceof FatalError) return error;
    throw error;
  }
}

/** What was discovered, also where that ended with an error. */
function conclude(
  arranged: Arrangement | FatalError,
  { collection, order }: { collection: Collection } & Pick<Discovery, "order">,
): Discovery {
  const { messages, refusals, targets, contests } = collection;
  const found = { order, targets: [...targets], refusals, messages, contests };
  if (arranged instanceof FatalError) {
    return { ...toColumns(NOTHING), ...found, failure: describeFailure(arranged) };
  }
  return { ...toColumns(arranged), ...found, failure: undefined };
}

const NOTHING: Arrangement = { files: [], selectedAt: new Uint32Array() };

/** What is in the tree and the external directories, before any module is selected. */
export interface TreeContents extends Pick<Discovery, "messages" | "refusals"> {
  readonly files: readonly FoundFile[];
}

/**
 * Finds the module files of the tree and the external directories.
 *
 * @throws FatalError when the tree cannot be searched
 */
export function searchTree(search: Search, measure: Measure): TreeContents {
  const collection = startCollection({ measure });
  const files = walkAll(search, collection);
  return { files, messages: collection.messages, refusals: collection.refusals };
}

function startCollection(events: SearchEvents): Collection {
  const messages: Message[] = [];
  const refusals: Refusal[] = [];
  const report = (message: Message) => void messages.push(message);
  const refuse = (refusal: Refusal) => {
    refusals.push(refusal);
    const { code, text } = refusal;
    report({ level: "error", code, text, fails: true });
  };
  return { messages, refusals, targets: new Set(), contests: [], report, refuse, events };
}

function toColumns(
  { files, selectedAt }: Arrangement,
): Pick<Discovery, "modules" | "selectedAt" | "costs"> {
  const modules = {
    paths: encodeStrings(files.map(({ path }) => path)),
    names: encodeStrings(files.map(({ name }) => name)),
    indexPaths: encodeStrings(files.map(({ indexPath }) => indexPath)),
  };
  return { modules, selectedAt, costs: Float64Array.from(files, ({ cost }) => cost) };
}

/** Brings modules into the order in which the index files list them. */
function putInOrder(
  files: readonly ModuleFile[],
  { directory, order, report }: Pick<Search, "directory"> & Pick<Walk, "order"> & {
    report: Report;
  },
): Arrangement {
  if (!(order instanceof Uint8Array)) report(order);
  const list = order instanceof Uint8Array
    ? { path: `${directory}/modules.order`, text: decodeLatin1(order) }
    : undefined;
  const { order: selectedAt, messages } = orderModules(files, list);
  messages.forEach(report);
  return { files: Array.from(selectedAt, (file) => files[file]!), selectedAt };
}

/** The module files of the tree and the external directories; none if files have been named. */
function findFiles(search: Search, collection: Collection): readonly FoundFile[] {
  return search.files.length > 0 ? [] : walkAll(search, collection);
}

/** The modules that were named or, of the files found, one for each module name. */
function takeModules(
  found: readonly FoundFile[],
  search: Search,
  collection: Collection,
): readonly ModuleFile[] {
  if (search.files.length > 0) return takeOperands(search, collection);
  if (found.length === 0) {
    const text = `no module found in ${search.directory}: the index files will be empty`;
    collection.report({ level: "warning", code: "no-modules", text });
  }
  const files = found.map((file) => toModuleFile(file, search));
  const { modules, messages, contests } = selectModules(files, search.config);
  messages.forEach(collection.report);
  if (search.isReported) { for (const contest of contests) collection.contests.push(contest); }
  return modules;
}

/** The module files in the tree, then those in the external directories. */
function walkAll(
  { directory, config, bounds }: Search,
  { report, refuse, targets, events }: Collection,
): FoundFile[] {
  const all: FoundFile[] = [];
  const { excludes } = config;
  const options = { excludes, bounds, measure: readingCost, ...events, report, refuse };
  for (const root of [directory, ...config.externals]) {
    try {
      const found = walkModules(root, options);
      for (const file of found.files) all.push(file);
      for (const target of found.targets) targets.add(target);
    } catch (error) {
      const reason = systemReason(error);
      const text = `could not open directory ${root}: ${reason}`;
      if (isNotGranted(error)) refuse({ path: root, code: "not-granted", text, remedy: undefined });
      else report({ level: "error", code: "tree", text });
      if (root === directory) throw new FatalError(`could not search modules: ${reason}`, "tree");
    }
  }
  return all;
}

/** The module files named on the command line, whatever their names end in. */
function takeOperands(
  { directory, files, bounds }: Search,
  { report }: Collection,
): ModuleFile[] {
  const modules = new Map<string, ModuleFile>();
  for (const path of files) {
    if (!path.startsWith("/")) throw new FatalError(`${path}: not absolute path.`, "operand");
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
    resolveLink(path, { ...bounds, reach: [...bounds.reach, ...findRealPaths([dirname(path)])] });
    const { isFile, isDirectory } = Deno.statSync(path);
    if (!isFile && !isDirectory) throw new Error("Not a regular file");
  } catch (error) {
    if (error instanceof OutOfBoundsError) throw new FatalError(error.message, "link-refused");
    throw new FatalError(`could not create module ${path}: ${systemReason(error)}`, "operand");
  }
}

function refuseOperand({ name, path }: ModuleFile, held: ModuleFile, report: Report): never {
  const again = path === held.path;
  const text = again
    ? `hash_add_unique ${name}: File exists`
    : `kmod_module '${name}' already exists with different path: ` +
      `new-path='${path}' old-path='${held.path}'`;
  report({ level: "error", code: "operand", text });
  const action = again ? "add" : "create";
  throw new FatalError(`could not ${action} module ${path}: File exists`, "operand");
}
