/**
 * Paths from the working directory.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { isAbsolute } from "@std/path";

/** Where relative ones of these paths begin; the working directory is asked for only if one is. */
export function findBase(paths: readonly string[]): string {
  return paths.every(isAbsolute) ? "" : Deno.cwd();
}

/** A path from the root, put together but not normalised: messages show it as it was given. */
export function toAbsolute(path: string): string {
  return isAbsolute(path) ? path : `${Deno.cwd()}/${path}`;
}
