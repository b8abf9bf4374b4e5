/**
 * Golden trees: roots on which the reference was run, with what it made of them.
 *
 *     testdata/trees/CASE/root/        the root, before
 *                        /args         arguments, one a line; `@` stands for the root's path
 *                        /want/status  exit status
 *                             /stdout  and stderr, the root's path replaced by `@`
 *                             /files/  every file that was made or changed, by path in the root
 *
 * @module
 */
import type { Result, RunOptions } from "./program.ts";
import {
  decodeBytes,
  isLink,
  type Link,
  readTree,
  type Tree,
  withTemporary,
  writeTree,
} from "./tree.ts";

/** Directory of the cases. */
export const TREES = new URL("../../testdata/trees", import.meta.url).pathname;

/** What goes into a run. */
export interface GoldenInput {
  readonly root: Tree;
  readonly args: readonly string[];
  /** Changes the root further, before the run; gets its path. */
  readonly prepare?: (directory: string) => void;
}

/** What comes out. In all texts `@` stands for the root's path. */
export interface GoldenOutcome extends Result {
  /** The files that the run made or changed. */
  readonly files: Tree;
}

/** Names of the cases on disk, sorted. */
export function listCases(): string[] {
  return [...Deno.readDirSync(TREES)].map(({ name }) => name).sort();
}

/** What goes into a case. */
export function readInput(name: string): GoldenInput {
  return {
    root: readTree(`${TREES}/${name}/root`),
    args: Deno.readTextFileSync(`${TREES}/${name}/args`).split("\n").slice(0, -1),
  };
}

/** What the reference made of a case. */
export function readOutcome(name: string): GoldenOutcome {
  const want = `${TREES}/${name}/want`;
  return {
    status: Number(Deno.readTextFileSync(`${want}/status`)),
    stdout: decodeBytes(Deno.readFileSync(`${want}/stdout`)),
    stderr: decodeBytes(Deno.readFileSync(`${want}/stderr`)),
    files: readTree(`${want}/files`),
  };
}

/**
 * Runs a program on a temporary copy of a root, which is its working directory too.
 *
 * @throws Error when a file that was there is gone
 */
export function observe(
  { root, args, prepare }: GoldenInput,
  run: (args: readonly string[], options: RunOptions) => Result,
): GoldenOutcome {
  return withTemporary((temporary) => {
    const directory = `${temporary}/root`;
    writeTree(directory, root);
    prepare?.(directory);
    const before = prepare === undefined ? root : readTree(directory);
    const { status, stdout, stderr } = run(
      args.map((arg) => arg.replaceAll("@", directory)),
      { cwd: directory },
    );
    return {
      status,
      stdout: stdout.replaceAll(directory, "@"),
      stderr: stderr.replaceAll(directory, "@"),
      files: findChanges(before, readTree(directory)),
    };
  });
}

function findChanges(before: Tree, after: Tree): Tree {
  for (const path of before.keys()) if (!after.has(path)) throw new Error(`${path} is gone`);
  return new Map([...after].filter(([path, entry]) => {
    const old = before.get(path);
    return old === undefined || describeEntry(old) !== describeEntry(entry);
  }));
}

/** A file's bytes as text, one character for each, or where a link points to. */
export function describeEntry(entry: Uint8Array | Link): string {
  return isLink(entry) ? `-> ${entry.target}` : decodeBytes(entry);
}
