/**
 * What each thread may do: worked out from the plan, checked, and shown.
 *
 * Deno checks the path that is named, not where a symbolic link in it leads; but from 2.6 on,
 * `FsFile.stat` and `FsFile.utime` check the real path of the open file. So each path of a plan is
 * granted twice: as it is named, and as its real path. For links inside the tree, see
 * discover/bounds.ts.
 *
 *     readers (1 to 2)
 *       read         /lib/modules
 *       read         /usr/lib/modules
 *
 * @module
 */
// @ts-types="./std_path.d.ts"
import { dirname, resolve } from "@std/path";
import { printable } from "./bytes/text.ts";
import { findBase, toAbsolute } from "./discover/absolute.ts";
import { type Bounds, checkPlace, findRealPaths, realPlace } from "./discover/bounds.ts";
import type { Config } from "./discover/config.ts";
import { CONFIG_DIRECTORIES } from "./discover/config_files.ts";
import { discover } from "./discover/discover.ts";
import { FatalError } from "./errors.ts";
import type { Plan } from "./model.ts";

/** What each thread may do: absolute paths, of directories with all below them or of files. */
export interface Grants {
  /**
   * What the main thread reads before it knows what modules say; nothing after that. Until then it may also write where the writer may: it makes the output directory, and removes what
   * killed runs have left there.
   */
  readonly main: readonly string[];
  /** What the readers may read. */
  readonly readers: readonly string[];
  /** The tree, and all that readers may read: where links may lead without a wider grant. */
  readonly links: readonly string[];
  /**
   * What the writer may read and write; with -n, --check and --explain only the directory of the report, if there
   * is one, else nothing: then no writer is started.
   */
  readonly writer: readonly string[];
}

/** What a thread may do: absolute paths, of directories with all below them or of files. */
export interface Permissions {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/**
 * What each thread may do, by the paths of the plan. The module directory may be read as a whole:
 * trees link to modules of other versions there.
 *
 * @param externals the external directories of the configuration
 */
export function planGrants(plan: Plan, externals: readonly string[]): Grants {
  const { configPaths, kernelSymbols, files, allowRead, cachePath } = plan;
  const report = hasReportFile(plan) ? [dirname(plan.report)] : [];
  const directories = [plan.moduleDirectory, ...externals.map(toAbsolute), ...allowRead];
  const cache = cachePath === undefined ? [] : [dirname(cachePath)];
  const isRead = plan.check !== undefined || cachePath !== undefined;
  const checked = isRead ? [plan.outputDirectory] : [];
  const named = files.filter((path) => path.startsWith("/")); // others end the run
  const readers = [...directories, ...named, ...cache, ...checked];
  const config = configPaths.length > 0 ? configPaths.map(toAbsolute) : CONFIG_DIRECTORIES;
  return {
    main: [
      ...readers,
      ...(usesOutput(plan) ? [plan.outputDirectory] : []),
      ...(files.length > 0 ? [] : config),
      ...(kernelSymbols === undefined || kernelSymbols.path === "-"
        ? []
        : [toAbsolute(kernelSymbols.path)]),
    ],
    readers,
    links: [plan.directory, ...directories],
    writer: [...(plan.writes ? [plan.outputDirectory, ...cache] : []), ...report],
  };
}

/** Whether a report is to be written to a file. */
export function hasReportFile(plan: Plan): plan is Plan & { readonly report: string } {
  return plan.report !== undefined && plan.report !== "-";
}

/** Where symbolic links of the tree may lead. A root that is hidden is taken by its name. */
export function findBounds({ links }: Grants, { root }: Plan): Bounds {
  const [reach = resolve(root)] = findRealPaths([root]);
  return { granted: findRealPaths(links), reach: [reach] };
}

/** The grants of a run, for which the tree is searched: links may lead out of it. */
export function findGrants(plan: Plan, config: Config): Grants {
  const grants = addRealPlaces(planGrants(plan, config.externals));
  const { directory, files } = plan;
  const base = findBase(config.externals);
  const search = { directory, files, config, base, bounds: findBounds(grants, plan) };
  const { targets } = discover(search);
  return addTargets({ ...grants, main: withRealPlaces(grants.main) }, targets);
}

/** The grants of a tree whose links lead to these real paths too. */
export function addTargets(grants: Grants, targets: readonly string[]): Grants {
  const { main, readers } = grants;
  return { ...grants, main: [...main, ...targets], readers: [...readers, ...targets] };
}

/** The grants with the real path of each path of readers and writer added, and no path twice. */
export function addRealPlaces(grants: Grants): Grants {
  const { readers, links, writer } = grants;
  return {
    ...grants,
    readers: withRealPlaces([...readers, ...links]),
    writer: withRealPlaces(writer),
  };
}

function withRealPlaces(paths: readonly string[]): string[] {
  return [...new Set([...paths, ...paths.map(realPlace)])];
}

/** Those of the paths that this thread may itself read or write: it can pass on no others. */
export function findGranted(name: "read" | "write", paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => isGranted(name, path));
}

/**
 * Makes sure that this thread may read and write these paths, with nothing denied below them.
 *
 * @throws FatalError that names the first path that it may not use, and what would grant it
 */
export function requireGrants({ read, write }: Permissions): void {
  for (const [name, paths] of [["read", read], ["write", write]] as const) {
    const missing = paths.find((path) => !isGranted(name, path));
    if (missing === undefined) continue;
    const text = `may not ${name} ${missing}: grant it with --allow-${name}=${missing} for deno, ` +
      `or --${name} ${missing} for scripts/compile`;
    throw new FatalError(text, "not-granted");
  }
}

/** Whether this thread may read or write a path, and all below it. */
function isGranted(name: "read" | "write", path: string): boolean {
  const { state, partial } = Deno.permissions.querySync({ name, path });
  return state === "granted" && !partial; // what is denied in part cannot be given to a worker
}

/**
 * Makes sure that the tree may be read, and that no link leads it out of the base directory.
 *
 * @throws FatalError
 */
export function checkTree({ directory, root, files, allowRead }: Plan): void {
  requireGrants({ read: files.length > 0 ? files : [directory], write: [] });
  const remedy = (real: string) => `--allow-read=${real} would permit to read it`;
  checkPlace(directory, { root, elsewhere: findRealPaths(allowRead), remedy });
}

/**
 * Makes sure that the output directory may be written, or read with --check, and that no link leads
 * it out of the root of the output.
 *
 * @throws FatalError
 */
export function checkOutput(plan: Plan): void {
  if (!usesOutput(plan)) return;
  const { outputDirectory, outputRoot, writes } = plan;
  requireGrants({ read: [outputDirectory], write: writes ? [outputDirectory] : [] });
  const remedy = () => "use --outdir to write elsewhere";
  checkPlace(outputDirectory, { root: outputRoot, elsewhere: [], remedy });
}

/** Whether a run writes or looks at the index files. */
function usesOutput({ writes, check }: Plan): boolean {
  return writes || check !== undefined;
}

/** What `--show-grants` shows: each thread, with a line for each path and what it may do there. */
export function renderGrants({ main, readers, writer }: Grants, plan: Plan): string {
  const { fewest, most } = plan.readers;
  return [
    "main thread, until it knows what modules say",
    ...renderPaths("read", main.filter((path) => !writer.includes(path))),
    ...renderPaths("read, write", writer),
    "main thread, from then on",
    "  nothing",
    `readers (${fewest === most ? most : `${fewest} to ${most}`})`,
    ...renderPaths("read", readers),
    "writer",
    ...(writer.length > 0 ? renderPaths("read, write", writer) : ["  nothing: it is not started"]),
    "",
  ].join("\n");
}

function renderPaths(permissions: string, paths: readonly string[]): string[] {
  const shown = dropInner([...new Set(paths)]);
  return shown.map((path) => `  ${permissions.padEnd(11)}  ${printable(path)}`);
}

/** The paths without those that lie below another one. */
function dropInner(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((outer) => path.startsWith(`${outer}/`)));
}
