/**
 * How far symbolic links may lead. Deno checks the path that is named, not where a link in it
 * leads, so every link of a tree is resolved here before it is followed.
 *
 * A link may lead anywhere inside the base directory, and into the directories that are granted
 * besides (`--allow-read`, external ones). Readers may only read the module directory and those
 * directories; where links lead to other places inside the base directory, the readers are granted
 * these places one by one.
 *
 * Each check holds for the moment in which it is made: a link that somebody makes later during the
 * run is not seen.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { basename, dirname, resolve } from "@std/path";
import { printable } from "../bytes/text.ts";
import { FatalError, isNotGranted } from "../errors.ts";

/** Where links may lead: real paths, without any link in them, of directories and files. */
export interface Bounds {
  /** What readers may read whatever the links of the tree. */
  readonly granted: readonly string[];
  /** Where links may lead besides, if this thread may read there. */
  readonly reach: readonly string[];
}

/** Below these directories Deno wants every permission at once, which no thread has. */
const RESERVED: readonly string[] = ["/dev", "/proc", "/sys"];

/** A link leads to where it must not lead. */
export class OutOfBoundsError extends Error {
  override name = "OutOfBoundsError";

  /**
   * @param message what is wrong, and what may be done about it
   * @param remedy the option that permits to follow the link, if one does
   */
  constructor(message: string, readonly remedy?: string) {
    super(message);
  }
}

/** Where these paths lead; those that do not exist or may not be read are left out. */
export function findRealPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => findReal(path) ?? []);
}

/**
 * The path without links, even if only its beginning exists. From Deno 2.6 on, `FsFile.stat` and
 * `FsFile.utime` need permission for this path.
 */
export function realPlace(path: string): string {
  const real = findReal(path);
  if (real !== undefined || dirname(path) === path) return real ?? path;
  const parent = realPlace(dirname(path));
  return `${parent === "/" ? "" : parent}/${basename(path)}`;
}

/** Whether a real path is one of these, or lies below one. */
export function isWithin(real: string, directories: readonly string[]): boolean {
  return directories.some((directory) =>
    real === directory || directory === "/" || real.startsWith(directory + "/")
  );
}

/**
 * The real path that a path leads to.
 *
 * @throws OutOfBoundsError when that is out of bounds; the system's error when it leads nowhere
 */
export function resolveLink(path: string, { granted, reach }: Bounds): string {
  const real = Deno.realPathSync(path);
  const link = `${printable(path)} leads to ${printable(real)}`;
  if (isWithin(real, RESERVED)) {
    throw new OutOfBoundsError(`${link}: no module is read below ${RESERVED.join(", ")}`);
  }
  if (isWithin(real, granted)) return real;
  if (!isWithin(real, reach)) {
    const remedy = `--allow-read=${printable(isDirectory(path) ? real : dirname(real))}`;
    const text = `${link}, where nothing may be read: ${remedy} would permit it`;
    throw new OutOfBoundsError(text, remedy);
  }
  if (!mayRead(real)) throw new OutOfBoundsError(`${link}, which this program may not read`);
  return real;
}

/**
 * Makes sure that no link leads a directory out of the root that it was named below: the user named
 * the root, but what is in there may come from anywhere. A directory that does not exist is judged
 * by the part of its path that does.
 *
 * @param options.elsewhere real paths that it may lead to besides
 * @param options.remedy what may be done about a link to the real path given
 * @throws FatalError when a link leads out, or the root is hidden from this thread
 */
export function checkPlace(
  directory: string,
  { root, elsewhere, remedy }: {
    root: string;
    elsewhere: readonly string[];
    remedy: (real: string) => string;
  },
): void {
  const existing = findExisting(directory, root);
  if (existing === undefined) {
    if (root === "/" || !isHidden(root)) return;
    const text = `may not look at ${printable(root)}, where ${directory} is to be made`;
    throw new FatalError(text, "not-granted");
  }
  const real = findReal(existing);
  if (leadsInto(root, { path: existing, real })) return;
  const link = `${printable(existing)} is a link out of ${printable(root)}`;
  if (real === undefined) throw new FatalError(`${link}, to nothing`, "link-refused");
  if (isWithin(real, elsewhere)) return;
  const text = `${link}, to ${printable(real)}: ${remedy(printable(real))}`;
  throw new FatalError(text, "link-refused");
}

/**
 * Whether a path, which leads to `real`, leads into the root. If the root is hidden, since only
 * something in it is granted, no link can be trusted, unless it is the root of the whole system.
 */
function leadsInto(
  root: string,
  { path, real }: { path: string; real: string | undefined },
): boolean {
  if (real === undefined) return false;
  const rootReal = root === "/" ? root : findReal(root);
  return rootReal === undefined ? real === resolve(path) : isWithin(real, [rootReal]);
}

/** The longest part of a path, below the root, at which there is something, be it a dead link. */
function findExisting(path: string, root: string): string | undefined {
  for (let at = path; at.length > root.length; at = dirname(at)) {
    try {
      Deno.lstatSync(at);
      return at;
    } catch {
      // Look at the directory that it is in.
    }
  }
  return undefined;
}

/** Whether the permission to look at a path is missing. */
function isHidden(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch (error) {
    return isNotGranted(error);
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return true; // it is gone, or may not be looked at
  }
}

function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** The path without links, or undefined if it does not exist or may not be looked at. */
function findReal(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined; // the code that reads it reports why
  }
}
