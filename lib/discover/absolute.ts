/**
 * Makes relative paths absolute. It does not normalise them.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { isAbsolute } from "@std/path";

/**
 * The working directory if one of these paths is relative, else an empty text; it is asked for only
 * if it is needed.
 */
export function findBase(paths: readonly string[]): string {
  return paths.every(isAbsolute) ? "" : Deno.cwd();
}

/** The path from the root, joined but not normalised: messages show it as it was given. */
export function toAbsolute(path: string): string {
  return isAbsolute(path) ? path : `${Deno.cwd()}/${path}`;
}
