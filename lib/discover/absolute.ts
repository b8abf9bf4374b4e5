/**
 * Paths from the working directory.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { isAbsolute } from "@std/path";

/** A path from the root, put together but not normalised: messages show it as it was given. */
export function toAbsolute(path: string): string {
  return isAbsolute(path) ? path : `${Deno.cwd()}/${path}`;
}
