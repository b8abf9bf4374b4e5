/**
 * Runs the program on a described tree, for tests that say themselves what is to come of it.
 *
 * @module
 */
import { describeEntry, type GoldenOutcome, observe } from "./golden.ts";
import { type IndexEntry, readIndex } from "./index_reader.ts";
import { runProgram } from "./program.ts";
import { buildTree, isLink, MODULES, type TreeSpec, VERSION } from "./tree.ts";

/** How the program is run on a tree. */
export interface RunTreeOptions {
  /** Options before `-b @ 6.1.0-test`, with `@` for the root's path. */
  readonly options?: readonly string[];
  /** All arguments, instead. */
  readonly args?: readonly string[];
  /** A shell's commands around the program, which is "$@" there. */
  readonly shell?: string;
  /** Changes the root further, before the run; gets its path. */
  readonly prepare?: (directory: string) => void;
}

/** Builds a tree and runs the program on it. */
export function runTree(spec: TreeSpec, options: RunTreeOptions = {}): GoldenOutcome {
  const { args = [...options.options ?? [], "-b", "@", VERSION], shell, prepare } = options;
  const input = { root: buildTree(spec), args, ...(prepare && { prepare }) };
  return observe(input, (expanded, { cwd }) => {
    return runProgram(expanded, { cwd, ...(shell !== undefined && { shell }) });
  });
}

/** Text of an index file that was written. */
export function fileText({ files }: GoldenOutcome, name: string): string {
  const entry = files.get(`${MODULES}/${name}`);
  if (entry === undefined) throw new Error(`${name} was not written`);
  return describeEntry(entry);
}

/** Lines of an index file that was written, without comments. */
export function fileLines(outcome: GoldenOutcome, name: string): string[] {
  return fileText(outcome, name).split("\n").filter((line) => line !== "" && line[0] !== "#");
}

/** Entries of a binary index file that was written. */
export function indexEntries({ files }: GoldenOutcome, name: string): IndexEntry[] {
  const entry = files.get(`${MODULES}/${name}`);
  if (entry === undefined || isLink(entry)) throw new Error(`${name} was not written`);
  return readIndex(entry);
}

/** Keys of a binary index file that was written. */
export function indexKeys(outcome: GoldenOutcome, name: string): string[] {
  return indexEntries(outcome, name).map(({ key }) => key);
}

/** Lines on stderr. */
export function messages({ stderr }: GoldenOutcome): string[] {
  return stderr.split("\n").filter((line) => line !== "");
}
