/**
 * Whether the index files are up to date, so that nothing is to be done (-A): by the time stamps of
 * the modules, as the reference does, and by the names of all files.
 *
 * @module
 */
import { moduleName } from "../bytes/module_name.ts";
import { systemReason } from "../errors.ts";
import { INTERRUPTED, type Report } from "../model.ts";
import { isWhole, type Search, searchTree, type TreeContents } from "./discover.ts";
import { listPaths, readDep } from "./loss.ts";
import { modifiedSecond } from "./newer.ts";
import { isListable, openedPath, selectModules, toIndexPath, toModuleFile } from "./select.ts";

/** Where index files go, and the names of all of them. */
export interface Outputs {
  readonly outputDirectory: string;
  readonly names: readonly string[];
}

/**
 * Whether all index files are there, no module is newer, in whole seconds, than `modules.dep`, and
 * that names just the modules of the tree. False if anything cannot be read, or a run was killed.
 */
export function isUpToDate(
  search: Search,
  { outputDirectory, names, report }: Outputs & { report: Report },
): boolean {
  const { directory } = search;
  try {
    Deno.statSync(directory);
  } catch (error) {
    const text = `could not open directory ${directory}: ${systemReason(error)}`;
    report({ level: "error", code: "tree", text });
    return false;
  }
  let written: Date;
  try {
    written = Deno.statSync(`${outputDirectory}/modules.dep`).mtime!; // Linux tells it of every file
  } catch (error) {
    const text = `could not fstatat(${outputDirectory}, modules.dep): ${systemReason(error)}`;
    report({ level: "error", code: "index-unread", text });
    return false;
  }
  const found = lookAround(search);
  if (found === undefined || written.getTime() === INTERRUPTED) return false;
  if (found.newest > Math.floor(written.getTime() / 1000)) return false;
  if (!names.every((name) => exists(`${outputDirectory}/${name}`))) return false;
  if (!isListed(found.files, { search, outputDirectory })) return false;
  found.messages.forEach(report); // otherwise the run goes on and reports the same
  return true;
}

/**
 * When the newest module file was changed, in whole seconds. Infinity if one of them cannot be
 * looked at.
 */
export function findNewest(search: Search): number {
  return lookAround(search)?.newest ?? Infinity;
}

/** All module files, and the newest one's time; undefined if one of them cannot be looked at. */
function lookAround(search: Search): TreeContents & { newest: number } | undefined {
  let newest = -Infinity;
  try {
    const found = searchTree(search, (path) => {
      newest = Math.max(newest, modifiedSecond(path));
      return 0; // it is not read
    });
    return isWhole(found) ? { ...found, newest } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether `modules.dep` names just the modules that a run would read. Mostly, these are all files
 * that were found, with names that differ: then none need be selected.
 */
function isListed(
  files: TreeContents["files"],
  { search, outputDirectory }: { search: Search; outputDirectory: string },
): boolean {
  const lines = listPaths(readDep(outputDirectory));
  const listed = new Set(lines);
  if (listed.size < lines.length) return false;
  const found = files.map(({ path }) => toIndexPath(openedPath(path, search), search));
  if (found.length === listed.size && found.every((path) => listed.has(path) && isListable(path))) {
    if (new Set(found.map(moduleName)).size === found.length) return true;
  }
  const candidates = files.map((file) => toModuleFile(file, search));
  const { modules } = selectModules(candidates, search.config);
  return modules.length === listed.size && modules.every(({ indexPath }) => listed.has(indexPath));
}

/** Whether there is a file of that name, or a link to one. */
function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
