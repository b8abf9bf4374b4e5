/**
 * Walks directories for module files. Entries are taken in byte order, so that the result does
 * not depend on the file system.
 *
 * @module
 */
import { systemReason } from "../errors.ts";
import type { Message, Report } from "../model.ts";
import { isModuleFileName } from "./select.ts";

/** Bits of a file's mode that tell its type. */
const S_IFMT = 0o170000;

/** Names that are never entered: they link to the kernel's sources. */
const SKIPPED = ["build", "source"];

/** A directory being walked, and the one it was found in. */
interface Directory {
  readonly path: string;
  readonly parent: Directory | undefined;
}

interface Walk {
  readonly skipped: ReadonlySet<string>;
  readonly report: Report;
  /** Module files found. */
  readonly paths: string[];
  /** Files that look like modules of a compression that does not exist. */
  readonly unknown: string[];
}

/**
 * Finds the module files below `directory`, in byte order. Symbolic links are followed, but not
 * to a directory that contains them.
 *
 * @param options.excludes further names to pass over, at any depth
 * @throws when `directory` itself cannot be read
 */
export function walkModules(
  directory: string,
  { excludes, report }: { excludes: readonly string[]; report: Report },
): string[] {
  const skipped = new Set([...SKIPPED, ...excludes]);
  const walk: Walk = { skipped, report, paths: [], unknown: [] };
  const root = { path: directory, parent: undefined };
  walkEntries(walk, root, readEntries(directory));
  if (walk.unknown.length > 0) report(describeUnknown(walk.unknown));
  return walk.paths.sort(compareText);
}

function readEntries(directory: string): Deno.DirEntry[] {
  return [...Deno.readDirSync(directory)].sort((a, b) => compareText(a.name, b.name));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function walkEntries(
  walk: Walk,
  directory: Directory,
  entries: readonly Deno.DirEntry[],
): void {
  for (const entry of entries) {
    if (walk.skipped.has(entry.name)) continue;
    const path = `${directory.path}/${entry.name}`;
    try {
      const kind = entry.isFile || entry.isDirectory ? entry : Deno.statSync(path);
      if (kind.isDirectory) {
        if (entry.isSymlink && isAround(directory, path)) continue;
        walkEntries(walk, { path, parent: directory }, readEntries(path));
      } else if (kind.isFile) {
        if (isModuleFileName(entry.name)) walk.paths.push(path);
        else if (/\.ko\.[^.]+$/.test(entry.name)) walk.unknown.push(path);
      } else walk.report({ level: "error", text: `unsupported file type ${path}: ${type(path)}` });
    } catch (error) {
      const text = `could not read ${path}: ${systemReason(error)}`;
      walk.report({ level: "error", text });
    }
  }
}

/** Whether `path` is `directory` itself or contains it: to enter it again would have no end. */
function isAround(directory: Directory, path: string): boolean {
  const { dev, ino } = Deno.statSync(path);
  for (let at: Directory | undefined = directory; at !== undefined; at = at.parent) {
    const info = Deno.statSync(at.path);
    if (info.dev === dev && info.ino === ino) return true;
  }
  return false;
}

function type(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & S_IFMT).toString(8);
}

function describeUnknown(paths: readonly string[]): Message {
  const count = paths.length === 1 ? "1 file" : `${paths.length} files`;
  const text = `ignoring ${count} of an unknown compression, such as ${paths[0]}`;
  return { level: "warning", text };
}
