/**
 * What each thread may do: worked out from the plan, checked, and shown.
 *
 * Deno checks the path that is named, not where a symbolic link in it leads (newer releases than
 * 2.4 check that too). So the paths of a plan are granted by their names and by the places that
 * these names lead to. Links inside the tree are another matter: see discover/bounds.ts.
 *
 *     readers (1 to 2)
 *       read         /lib/modules
 *       read         /usr/lib/modules
 *
 * @module
 */
import { printable } from "./bytes/text.ts";
import { toAbsolute } from "./discover/absolute.ts";
import { checkPlace, findBounds, realPlace } from "./discover/bounds.ts";
import { CONFIG_DIRECTORIES } from "./discover/config_files.ts";
import { FatalError } from "./errors.ts";
import type { Plan } from "./model.ts";

/** What each thread may do: absolute paths, of directories with all below them or of files. */
export interface Grants {
  /** What the main thread reads before the first byte of a module is read; nothing after that. */
  readonly main: readonly string[];
  /** What the readers may read. */
  readonly readers: readonly string[];
  /** Where symbolic links may lead. */
  readonly links: readonly string[];
  /** What the writer may read and write; nothing where there is no writer (-n). */
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
  const { configPaths, kernelSymbols, files, allowRead } = plan;
  const directories = [plan.around.at(-1)!, ...externals.map(toAbsolute), ...allowRead];
  const readers = [...directories, ...files];
  const config = configPaths.length > 0 ? configPaths.map(toAbsolute) : CONFIG_DIRECTORIES;
  return {
    main: [
      ...readers,
      ...(files.length > 0 ? [] : config),
      ...(kernelSymbols === undefined ? [] : [toAbsolute(kernelSymbols.path)]),
    ],
    readers,
    links: [plan.directory, ...directories],
    writer: plan.show ? [] : [plan.outputDirectory],
  };
}

/** The same with the places that the paths really lead to, each path once. */
export function addRealPlaces(grants: Grants): Grants {
  const { main, readers, links, writer } = grants;
  return {
    main: withRealPlaces(main),
    readers: withRealPlaces([...readers, ...links]),
    links,
    writer: withRealPlaces(writer),
  };
}

function withRealPlaces(paths: readonly string[]): string[] {
  return [...new Set([...paths, ...paths.map(realPlace)])];
}

/** Those of the paths that this thread may itself read or write: it can pass on no others. */
export function findGranted(name: "read" | "write", paths: readonly string[]): string[] {
  return paths.filter((path) => isGranted(name, path));
}

/**
 * Makes sure that this thread may read and write these paths, with nothing denied below them.
 *
 * @throws FatalError that names the first path that it may not, and what would grant it
 */
export function requireGrants({ read, write }: Permissions): void {
  for (const [name, paths] of [["read", read], ["write", write]] as const) {
    const missing = paths.find((path) => !isGranted(name, path));
    if (missing === undefined) continue;
    throw new FatalError(
      `may not ${name} ${missing}: grant it with --allow-${name}=${missing} for deno, ` +
        `or --${name} ${missing} for scripts/compile`,
    );
  }
}

/** Whether this thread may read or write a path, and all below it. */
function isGranted(name: "read" | "write", path: string): boolean {
  const { state, partial } = Deno.permissions.querySync({ name, path });
  return state === "granted" && !partial; // what is denied in part cannot be given to a worker
}

/**
 * Makes sure that the tree may be read, and that no link leads it out of the directories around it.
 *
 * @throws FatalError
 */
export function checkTree({ directory, around, files, allowRead }: Plan): void {
  requireGrants({ read: files.length > 0 ? files : [directory], write: [] });
  const remedy = (place: string) => `--allow-read=${place} would permit to read it`;
  checkPlace(directory, { around, bounds: findBounds(allowRead), remedy });
}

/**
 * Makes sure that the output directory may be written, and that no link leads it out of the
 * directories around it.
 *
 * @throws FatalError
 */
export function checkOutput({ outputDirectory, outputAround, show }: Plan): void {
  if (show) return;
  requireGrants({ read: [outputDirectory], write: [outputDirectory] });
  const remedy = () => "use --outdir to write elsewhere";
  checkPlace(outputDirectory, { around: outputAround, bounds: [], remedy });
}

/** What `--show-grants` shows: each thread, with a line for each path and what it may do there. */
export function renderGrants({ main, readers, writer }: Grants, plan: Plan): string {
  const { fewest, most } = plan.readers;
  return [
    "main thread, until the first module is read",
    ...renderPaths("read", main),
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
