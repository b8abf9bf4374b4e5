/**
 * Which kernel versions have modules in a module directory.
 *
 *     lib/modules/6.1.0-50-amd64/kernel/fs/ext4/ext4.ko
 *
 * @module
 */

import { FatalError, systemReason } from "../errors.ts";
import { isModuleFileName } from "./select.ts";

/**
 * The names of the directories that hold modules, sorted by their bytes. Links to such directories
 * count; links in them are not followed.
 *
 * @throws FatalError when the module directory cannot be read
 */
export function listVersions(moduleDirectory: string): string[] {
  try {
    return Array.from(Deno.readDirSync(moduleDirectory), ({ name }) => name)
      .filter((name) => holdsModules(`${moduleDirectory}/${name}`))
      .sort();
  } catch (error) {
    const text = `could not open directory ${moduleDirectory}: ${systemReason(error)}`;
    throw new FatalError(text, "no-versions");
  }
}

/** Whether there is a module file below a directory. */
function holdsModules(directory: string): boolean {
  const entries = readDirectory(directory);
  return entries.some(({ name, isFile }) => isFile && isModuleFileName(name)) ||
    entries.some(({ name, isDirectory }) => isDirectory && holdsModules(`${directory}/${name}`));
}

function readDirectory(directory: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(directory)];
  } catch {
    return []; // it is no directory, or hidden
  }
}

/** Whether there is a directory of that path. */
export function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
