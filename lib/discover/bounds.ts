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
import { dirname, resolve } from "@std/path";
import { printable } from "../bytes/text.ts";
import { FatalError } from "../errors.ts";

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
 * @throws FatalError when one does
 */
export function checkPlace(
  directory: string,
  { around, bounds }: { around: readonly string[]; bounds: Bounds },
): void {
  const places = [...around, directory];
  for (let i = 1; i < places.length; i++) {
    const [outer, inner] = [places[i - 1]!, findExisting(places[i]!, places[i - 1]!)];
    if (inner === undefined) return;
    const innerReal = findReal(inner);
    if (innerReal !== undefined) {
      if (isWithin(innerReal, bounds) || isInside(inner, innerReal, outer)) continue;
    }
    const target = innerReal ?? "nothing";
    throw new FatalError(
      `${printable(inner)} is a link out of ${printable(outer)}, to ${printable(target)}`,
    );
  }
}

/** Whether a path, which leads to `real`, leads into `outer`. */
function isInside(path: string, real: string, outer: string): boolean {
  const outerReal = outer === "/" ? outer : findReal(outer);
  // If that is out of sight, for only the path itself is granted, no link at all can be trusted.
  return outerReal === undefined ? real === resolve(path) : isWithin(real, [outerReal]);
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

/** The path without links, or undefined where there is none or it may not be looked at. */
function findReal(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined; // whoever reads it will say why not
  }
}
