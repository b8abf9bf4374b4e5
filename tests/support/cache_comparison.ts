/**
 * Runs the program with and without the cache on a tree that is edited, and tells what differs.
 *
 * @module
 */
import type { EditedTree } from "./edited_tree.ts";
import { CACHE } from "./edits.ts";
import { type Result, runProgram } from "./program.ts";
import { INDEX_FILES } from "./run_tree.ts";
import { MODULES } from "./tree.ts";

/** The status of a run that wrote nothing. */
const NOTHING_WRITTEN = 1;

/** What came of a run with the cache. */
export interface CachedRun extends Result {
  /** Whether it read modules, or wrote: else it found all as it was. */
  readonly worked: boolean;
}

/** Runs with the cache; the index files and the cache are in the tree. */
export function runCached(tree: EditedTree, options: readonly string[]): CachedRun {
  const before = inodeOf(tree);
  const result = runProgram(tree.args("--cache", ...options), { cwd: tree.root });
  return { ...result, worked: inodeOf(tree) !== before };
}

/** What differs between a run with the cache and one without it, which writes elsewhere; a line each. */
export function findDifferences(tree: EditedTree, cached: Result): string[] {
  const out = `${tree.root}/plain`;
  const plain = runProgram(tree.args("-o", out), { cwd: tree.root });
  const [ours, theirs] = [cached, plain].map((
    { stdout, stderr },
  ) => [stdout, withoutCache(stderr)]);
  return [
    ...plain.status === cached.status ? [] : [`status ${cached.status}, not ${plain.status}`],
    ...`${ours}` === `${theirs}` ? [] : [`messages:\n${ours}not:\n${theirs}`],
    ...plain.status === NOTHING_WRITTEN ? [] : compareFiles(tree.directory, `${out}/${MODULES}`),
  ];
}

/**
 * The index files as they are: inode, time and content. The time of modules.dep is left out: it is set
 * as soon as a module's time, which was still to come, is past.
 */
export function describeIndex({ directory }: EditedTree): string {
  return INDEX_FILES.map((name) => {
    const { ino, mtime } = Deno.lstatSync(`${directory}/${name}`);
    const time = name === "modules.dep" ? "" : mtime!.getTime();
    return `${name} ${ino} ${time} ${Deno.readFileSync(`${directory}/${name}`)}`;
  }).join("\n");
}

/** The lines that are not about the cache. */
function withoutCache(stderr: string): string {
  return stderr.split("\n").filter((line) => !line.includes("INFO: the cache ")).join("\n");
}

/** The names of the index files that differ in two directories. */
export function compareFiles(ours: string, theirs: string): string[] {
  return INDEX_FILES.filter((name) => {
    return readFile(`${ours}/${name}`) !== readFile(`${theirs}/${name}`);
  });
}

function readFile(path: string): string {
  try {
    return Deno.readFileSync(path).join();
  } catch (error) {
    return String(error);
  }
}

/** The cache's inode: each run that works writes a new one. */
function inodeOf({ directory }: EditedTree): string {
  try {
    const { ino, mtime } = Deno.lstatSync(`${directory}/${CACHE}`);
    return `${ino} ${mtime!.getTime()}`;
  } catch {
    return "none";
  }
}
