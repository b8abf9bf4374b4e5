/**
 * How far symbolic links may lead. Deno's permissions are about the path that is named and not
 * about where a link in it leads, so every link of a tree is resolved here before it is followed.
 *
 * What is checked here is what stood there then: a link that somebody makes during the run is not
 * seen.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { basename, dirname, resolve } from "@std/path";
import { printable } from "../bytes/text.ts";
import { FatalError, isNotGranted } from "../errors.ts";

/** Real paths, without any link in them, of directories and files that may be read. */
export type Bounds = readonly string[];

/** A link leads to where nothing may be read. */
export class OutOfBoundsError extends Error {
  override name = "OutOfBoundsError";
}

/** The bounds that these paths make; what does not exist or may not be read makes none. */
export function findBounds(paths: readonly string[]): Bounds {
  return paths.flatMap((path) => findReal(path) ?? []);
}

/**
 * The path without links, whether there is anything at it or only at the beginning of it. Newer
 * releases of Deno than 2.4 want permission for where it leads, to write there.
 */
export function realPlace(path: string): string {
  const real = findReal(path);
  if (real !== undefined || dirname(path) === path) return real ?? path;
  const parent = realPlace(dirname(path));
  return `${parent === "/" ? "" : parent}/${basename(path)}`;
}

/** Whether a real path lies in the bounds. */
export function isWithin(real: string, bounds: Bounds): boolean {
  return bounds.some((bound) => real === bound || bound === "/" || real.startsWith(bound + "/"));
}

/**
 * Makes sure that a path leads to a place in the bounds.
 *
 * @throws OutOfBoundsError when it does not; the error of the system when it leads nowhere
 */
export function checkWithin(path: string, bounds: Bounds): void {
  const real = Deno.realPathSync(path);
  if (isWithin(real, bounds)) return;
  const directory = Deno.statSync(path).isDirectory ? real : dirname(real);
  throw new OutOfBoundsError(
    `${printable(path)} leads to ${printable(real)}, where nothing may be read: ` +
      `--allow-read=${printable(directory)} would permit it`,
  );
}

/**
 * Makes sure that no link in a directory leads out of the directories around it, the outermost
 * first: they are named by the user, but what is in one of them may come from anywhere. A
 * directory that does not exist is judged by what there is of its path.
 *
 * @param options.bounds where links may lead besides
 * @param options.remedy what may be done about a link to the place given
 * @throws FatalError when one leads out, or what is around the directory may not be looked at
 */
export function checkPlace(
  directory: string,
  { around, bounds, remedy }: {
    around: readonly string[];
    bounds: Bounds;
    remedy: (place: string) => string;
  },
): void {
  const directories = [...around, directory];
  for (let i = 1; i < directories.length; i++) {
    const outer = directories[i - 1]!;
    const inner = findExisting(directories[i]!, outer);
    if (inner !== undefined) {
      const real = findReal(inner);
      const isInside = leadsInto(outer, { inner, real, root: around[0]! });
      if (!isInside && !within(real, bounds)) throw leadsOut(outer, { inner, real, remedy });
    } else if (directories[i] === directory && around[0] !== "/" && isHidden(outer)) {
      throw new FatalError(`may not look at ${printable(outer)}, where ${directory} is to be made`);
    }
  }
}

/**
 * Whether a path, which leads to `real`, leads into `outer`. If that is hidden, since the inner one
 * alone is granted, no link can be trusted, unless the root is that of the whole system.
 */
function leadsInto(
  outer: string,
  { inner, real, root }: { inner: string; real: string | undefined; root: string },
): boolean {
  const outerReal = findReal(outer) ?? (root === "/" ? root : undefined);
  return outerReal === undefined ? real === resolve(inner) : within(real, [outerReal]);
}

function leadsOut(
  outer: string,
  { inner, real, remedy }: {
    inner: string;
    real: string | undefined;
    remedy: (place: string) => string;
  },
): FatalError {
  const link = `${printable(inner)} is a link out of ${printable(outer)}`;
  if (real === undefined) return new FatalError(`${link}, to nothing`);
  return new FatalError(`${link}, to ${printable(real)}: ${remedy(printable(real))}`);
}

function within(real: string | undefined, bounds: Bounds): boolean {
  return real !== undefined && isWithin(real, bounds);
}

/** The longest part of a path, below `outer`, at which there is something, be it a link to nothing. */
function findExisting(path: string, outer: string): string | undefined {
  for (let at = path; at.length > outer.length; at = dirname(at)) {
    try {
      Deno.lstatSync(at);
      return at;
    } catch {
      // Then what it is in.
    }
  }
  return undefined;
}

/** Whether a path may not be looked at. */
function isHidden(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch (error) {
    return isNotGranted(error);
  }
}

/** The path without links, or undefined where there is none or it may not be looked at. */
function findReal(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined; // whoever reads it will say why not
  }
}
