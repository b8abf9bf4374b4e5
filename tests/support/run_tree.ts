/**
 * Runs the program on a described tree, for tests that say themselves what is to come of it.
 *
 * @module
 */
import { assertEquals } from "./assert.ts";
import { describeEntry, type GoldenOutcome, observe } from "./golden.ts";
import { type IndexEntry, readIndex } from "./index_reader.ts";
import { runProgram } from "./program.ts";
import { buildTree, isLink, MODULES, type TreeSpec, VERSION } from "./tree.ts";

/** The exit status of a run that wrote the files, and left out of them what it names in errors. */
export const INCOMPLETE = 2;

/** The files that a run writes, sorted. */
export const INDEX_FILES = [
  "modules.alias",
  "modules.alias.bin",
  "modules.builtin.alias.bin",
  "modules.builtin.bin",
  "modules.dep",
  "modules.dep.bin",
  "modules.devname",
  "modules.softdep",
  "modules.symbols",
  "modules.symbols.bin",
  "modules.weakdep",
];

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

/** All index files were written to `directory`, no other file anywhere, and nothing was left out. */
export function assertComplete(outcome: GoldenOutcome, directory = MODULES): void {
  assertStatus(outcome, 0);
  assertWrittenTo(directory, outcome);
}

/** All index files were written to `directory`, no other file anywhere, with something left out. */
export function assertIncomplete(outcome: GoldenOutcome, directory = MODULES): void {
  assertStatus(outcome, INCOMPLETE);
  assertWrittenTo(directory, outcome);
}

/** The run failed; no file was made or changed. */
export function assertNothingWritten(outcome: GoldenOutcome): void {
  assertStatus(outcome, 1);
  assertEquals([...outcome.files.keys()], [], outcome.stderr);
}

/** What the run had to say went to `stdout`; no file was made or changed, and there was no message. */
export function assertShown(outcome: GoldenOutcome, stdout: string): void {
  assertStatus(outcome, 0);
  assertEquals([outcome.stdout, outcome.stderr], [stdout, ""]);
  assertEquals([...outcome.files.keys()], []);
}

function assertStatus({ status, stderr }: GoldenOutcome, want: number): void {
  assertEquals(status, want, `exit status; stderr: ${stderr}`);
}

function assertWrittenTo(directory: string, { files, stderr }: GoldenOutcome): void {
  const want = INDEX_FILES.map((name) => `${directory}/${name}`);
  assertEquals([...files.keys()].sort(), want, stderr);
}
