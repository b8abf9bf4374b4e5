/**
 * Walks directories for module files. Entries are taken in byte order, so that the result does
 * not depend on the file system.
 *
 * @module
 */
import { printable } from "../bytes/text.ts";
import type { Code } from "../codes.ts";
import { isNotGranted, systemReason } from "../errors.ts";
import type { Message, Report } from "../model.ts";
import { type Bounds, isWithin, OutOfBoundsError, resolveLink } from "./bounds.ts";
import { type FoundFile, isModuleFileName } from "./select.ts";

/** Bits of a file's mode that tell its type. */
const S_IFMT = 0o170000;

/** Names that are never entered: they link to the kernel's sources. */
const SKIPPED = ["build", "source"];

/** How to walk: what to pass over, where links may lead, and what to call. */
export interface WalkOptions {
  /** Further names to pass over, at any depth. */
  readonly excludes: readonly string[];
  /** Where links may lead; others are refused, and not followed. */
  readonly bounds: Bounds;
  /** Takes what was refused: a path, and why. */
  readonly refuse: (refusal: Refusal) => void;
  readonly report: Report;
  /** Returns the cost of a file; called for each as soon as it is found. */
  readonly measure?: (path: string) => number;
  /** Called for each entry of a directory before anything is done with it. */
  readonly onEntry?: () => void;
}

/** Something in the tree that may not be read. */
export interface Refusal {
  readonly path: string;
  /** What kind of message it gives. */
  readonly code: Code;
  /** The whole message. */
  readonly text: string;
  /** The option that permits to read it, if one does. */
  readonly remedy: string | undefined;
}

/** What a walk found. */
export interface Finding {
  /** In byte order; those below symbolic links to directories come last. */
  readonly files: FoundFile[];
  /** Real paths outside of what is granted that links lead to: files, and directories as a whole. */
  readonly targets: string[];
}

/** A directory being walked, and the one it was found in. */
interface Directory {
  readonly path: string;
  readonly parent: Directory | undefined;
  /** A link has led here, or to a directory around this one. */
  readonly linked: boolean;
}

interface Walk extends WalkOptions {
  readonly skipped: ReadonlySet<string>;
  readonly found: FoundFile[];
  /** Files that look like modules with an unknown compression. */
  readonly unknown: string[];
  /** Directories entered without a link. */
  readonly own: string[];
  /** Links to directories, which are followed after everything else. */
  readonly links: Directory[];
  /** The identities of `own`; empty until links are followed. */
  ownIdentities: ReadonlySet<string>;
  /** Files and directories seen below links. */
  linkedEntries: number;
  readonly targets: Set<string>;
}

/** Most files and directories to reach through links: more are an attempt to exhaust memory. */
const MOST_LINKED = 1 << 19;

/**
 * Finds the module files below `directory`, in byte order; those reached through symbolic links to
 * directories come last. Such a link is followed unless it leads to a directory that contains it. A
 * link that was itself reached through a link is not followed either if a link has led to the same
 * directory before. So the walk ends, whatever the links.
 *
 * @throws when `directory` itself cannot be read
 */
export function walkModules(directory: string, options: WalkOptions): Finding {
  const { excludes, report } = options;
  const walk: Walk = {
    ...options,
    skipped: new Set([...SKIPPED, ...excludes]),
    found: [],
    unknown: [],
    own: [],
    links: [],
    ownIdentities: new Set(),
    linkedEntries: 0,
    targets: new Set(),
  };
  walkDirectory(walk, { path: directory, parent: undefined, linked: false });
  const own = walk.found.splice(0);
  if (walk.links.length > 0) followLinks(walk);
  if (walk.unknown.length > 0) report(describeUnknown(walk.unknown));
  return { files: [...own, ...walk.found.sort(compareFound)], targets: [...walk.targets] };
}

function followLinks(walk: Walk): void {
  walk.ownIdentities = new Set(walk.own.map(identify));
  const entered = new Set<string>();
  for (const link of walk.links) { // the list grows meanwhile
    try {
      const target = identify(link.path);
      if (isAround(link, target) || isAbove(link)) continue;
      if (link.parent?.linked === true && entered.has(target)) continue;
      entered.add(target);
      walkDirectory(walk, link);
    } catch (error) {
      rejectError(walk, link.path, error);
    }
    if (walk.linkedEntries > MOST_LINKED) return giveUp(walk);
  }
}

function walkDirectory(walk: Walk, directory: Directory): void {
  const { path, linked } = directory;
  if (!linked) walk.own.push(path);
  const again = linked && walk.ownIdentities.has(identify(path));
  for (const entry of [...Deno.readDirSync(path)].sort(compareEntries)) {
    walk.onEntry?.();
    if (walk.skipped.has(entry.name)) continue;
    if (linked && ++walk.linkedEntries > MOST_LINKED) return;
    const place = { path: `${path}/${entry.name}`, directory, again };
    try {
      takeEntry(walk, entry, place);
    } catch (error) {
      rejectError(walk, place.path, error);
    }
  }
}

/**
 * Compares entries by the bytes of the paths that begin with them, where a slash follows a
 * directory's name.
 */
function compareEntries(a: Deno.DirEntry, b: Deno.DirEntry): number {
  return (a.isDirectory ? `${a.name}/` : a.name) < (b.isDirectory ? `${b.name}/` : b.name) ? -1 : 1;
}

function takeEntry(
  walk: Walk,
  entry: Deno.DirEntry,
  { path, directory, again }: { path: string; directory: Directory; again: boolean },
): void {
  const kind = entry.isSymlink ? follow(walk, path) : entry;
  if (kind.isFile) takeFile(walk, { path, again });
  else if (!kind.isDirectory) {
    const text = `unsupported file type ${printable(path)}: ${type(path)}`;
    walk.report({ level: "error", code: "file-type", text });
  } else if (entry.isSymlink) walk.links.push({ path, parent: directory, linked: true });
  else walkDirectory(walk, { path, parent: directory, linked: directory.linked });
}

/** What a link leads to; only files that are not modules may lie out of bounds. */
function follow({ bounds, targets }: Walk, path: string): Deno.FileInfo {
  const info = Deno.statSync(path);
  if (info.isFile && !isModuleFileName(path)) return info;
  const real = resolveLink(path, bounds);
  if (!isWithin(real, bounds.granted)) targets.add(real);
  return info;
}

function takeFile(
  { found, unknown, measure }: Walk,
  { path, again }: { path: string; again: boolean },
): void {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (isModuleFileName(name)) {
    found.push({ path, again, cost: measure?.(path) ?? 0 });
  } else if (/\.ko\.[^.]+$/.test(name)) unknown.push(path);
}

/** What cannot be looked at is reported, and passed over. */
function rejectError({ report, refuse }: Walk, path: string, error: unknown): void {
  if (error instanceof OutOfBoundsError) {
    return refuse({ path, code: "link-refused", text: error.message, remedy: error.remedy });
  }
  const text = `could not read ${printable(path)}: ${systemReason(error)}`;
  if (isNotGranted(error)) refuse({ path, code: "not-granted", text, remedy: undefined });
  else report({ level: "error", code: "search", text });
}

/** Device and inode: the same for every path to a directory. */
function identify(path: string): string {
  const { dev, ino } = Deno.statSync(path);
  return `${dev}:${ino}`;
}

/** Whether a link leads to a directory that it was found in, at any depth. */
function isAround({ parent }: Directory, target: string): boolean {
  for (let at = parent; at !== undefined; at = at.parent) {
    if (identify(at.path) === target) return true;
  }
  return false;
}

/** Whether a link leads to a directory above the one that the walk began in. */
function isAbove({ path, parent }: Directory): boolean {
  return isWithin(Deno.realPathSync(parent!.path), [Deno.realPathSync(path)]);
}

function giveUp({ report, own }: Walk): void {
  const text = `too many files below symbolic links to directories in ${own[0]}: ` +
    "the rest is ignored";
  report({ level: "error", code: "too-many-links", text, fails: true });
}

function compareFound(a: FoundFile, b: FoundFile): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function type(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & S_IFMT).toString(8);
}

function describeUnknown(paths: readonly string[]): Message {
  const count = paths.length === 1 ? "1 file" : `${paths.length} files`;
  const text = `ignoring ${count} of an unknown compression, such as ${printable(paths[0]!)}`;
  return { level: "warning", code: "unknown-compression", text };
}
