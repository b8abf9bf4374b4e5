/**
 * Replaces the index files: all of them, or none. What has not changed is left alone. The others
 * are written to temporary files in the same directory and synced to the disk, and so are their
 * names; only then are all renamed. So neither a crash nor a power cut leaves a file that is cut off.
 *
 * Somebody who reads the files meanwhile finds each of them whole, the old one or the new one.
 * Their order keeps harmless what he may find between two renames:
 *
 * - `modules.dep.bin` is first, and what modprobe does before and after a module is loaded. So a
 *   symbol or alias of a new module is found only when the module itself is.
 * - The indexes that lead to modules follow, then the texts, which programs other than modprobe
 *   read.
 * - `modules.dep` is last: later runs compare the modules with its time stamp (`-A`).
 *
 * A run that was interrupted between two renames has left temporary files. By these, `-A` and the
 * next run notice it. That is why their names are synced: after a power cut, a file that was not
 * renamed still has its temporary name, in whatever order the file system keeps names.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { basename, dirname } from "@std/path";
import { FatalError, systemReason } from "../errors.ts";
import type { Message, OutputFile } from "../model.ts";
import { renameAll } from "./rename.ts";
import {
  makeTemporaryNames,
  removeIfThere,
  removeOldTemporaryFiles,
  type TemporaryNames,
} from "./temporary.ts";

/** The file whose time stamp tells when the indexes were written. */
const LAST = "modules.dep";

/** The files that are renamed first. */
const FIRST: readonly string[] = [
  "modules.dep.bin",
  "modules.softdep",
  "modules.weakdep",
  "modules.symbols.bin",
  "modules.alias.bin",
  "modules.builtin.bin",
  "modules.builtin.alias.bin",
];

/** How to publish. */
export interface PublishOptions {
  /** Whether to wait until the files are on the disk. */
  readonly sync: boolean;
  /** Whether to stop; asked until the first file is renamed. */
  readonly isStopped?: () => boolean;
}

/** What publishing came to. */
export interface Published {
  /**
   * If `modules.dep` was left alone, the time of its last change: -A compares modules with it.
   */
  readonly unchangedSince: Date | undefined;
  /** Names of the files that were replaced. */
  readonly replaced: readonly string[];
  readonly messages: readonly Message[];
}

/** A file that has changed. */
interface Replacement extends TemporaryNames {
  readonly bytes: Uint8Array;
}

/**
 * Replaces those index files in `directory` whose bytes differ.
 *
 * @throws FatalError when anything fails; then the old files have their names again, and no
 * temporary file is left
 */
export function publishFiles(
  directory: string,
  files: readonly OutputFile[],
  { sync, isStopped = () => false }: PublishOptions,
): Published {
  const changed = putInOrder(files).filter((file) => !holds(directory, file));
  const replacements = makeReplacements(directory, changed);
  try {
    for (const replacement of replacements) {
      if (isStopped()) throw new FatalError("stopped", "stopped");
      write(replacement);
    }
    for (const replacement of replacements) check(replacement, { sync });
    if (sync && changed.length > 0) syncDirectory(directory); // if it fails, so does the one below
    if (isStopped()) throw new FatalError("stopped", "stopped");
    renameAll(replacements);
  } catch (error) {
    replacements.forEach(({ temporary }) => removeIfThere(temporary));
    throw error;
  }
  const isKept = !changed.some(({ name }) => name === LAST);
  return {
    unchangedSince: isKept ? Deno.statSync(`${directory}/${LAST}`).mtime! : undefined,
    replaced: changed.map(({ name }) => name),
    messages: sync && changed.length > 0 ? syncDirectory(directory) : [],
  };
}

/** A file besides the index files, and where it goes. */
export interface OtherFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Whether to wait until it is on the disk. */
  readonly sync: boolean;
}

/** Replaces the cache. A run that cannot do that has done its work all the same: a message says so. */
export function keepCache(file: OtherFile): Message[] {
  const problem = replaceFile(file);
  if (problem === undefined) return file.sync ? syncDirectory(dirname(file.path)) : [];
  const text = `${problem}; the cache is as it was`;
  return [{ level: "warning", code: "cache-unwritten", text }];
}

/**
 * Replaces the report, unless what is there is no regular file: renaming would put a file in the place
 * of a device or a link. A message says if that fails.
 */
export function saveReport(file: OtherFile): Message[] {
  const problem = isOther(file.path)
    ? `could not write ${file.path}: Not a regular file`
    : replaceFile(file);
  return problem === undefined ? [] : [{ level: "error", code: "report", text: problem }];
}

/** Replaces a file, and gives the reason if that fails. Removes what killed runs have left of it. */
function replaceFile({ path, bytes, sync }: OtherFile): string | undefined {
  const [directory, name] = [dirname(path), basename(path)];
  const [replacement] = makeReplacements(directory, [{ name, bytes }]);
  removeOldTemporaryFiles(directory, name);
  try {
    write(replacement!);
    check(replacement!, { sync });
    renameAll([replacement!]);
    return undefined;
  } catch (error) {
    removeIfThere(replacement!.temporary);
    if (!(error instanceof FatalError)) throw error;
    return error.message;
  }
}

/** Whether something is there that is no regular file. */
function isOther(path: string): boolean {
  try {
    return !Deno.lstatSync(path).isFile;
  } catch {
    return false; // writing it will tell
  }
}

/** Sets the time of `modules.dep` to now, so that `-A` finds no module newer than it. */
export function touch(directory: string): void {
  const path = `${directory}/${LAST}`;
  const now = new Date();
  attempt(`could not set the time of ${path}`, () => Deno.utimeSync(path, now, now));
}

function putInOrder(files: readonly OutputFile[]): OutputFile[] {
  const rank = ({ name }: OutputFile) => {
    if (name === LAST) return Infinity;
    const first = FIRST.indexOf(name);
    return first < 0 ? FIRST.length : first;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}

/** Whether a file is there with these bytes. */
function holds(directory: string, { name, bytes }: OutputFile): boolean {
  const path = `${directory}/${name}`;
  try {
    const { isFile, size } = Deno.lstatSync(path);
    return isFile && size === bytes.length && areEqual(Deno.readFileSync(path), bytes);
  } catch {
    return false; // what cannot be read is replaced
  }
}

/** Whether the bytes of two arrays of one length are the same: most of them four at a time. */
function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  const words = a.length >> 2;
  const [wordsOfA, wordsOfB] = [a, b].map((bytes) => new Int32Array(align(bytes), 0, words));
  for (let i = 0; i < words; i++) if (wordsOfA![i] !== wordsOfB![i]) return false;
  for (let i = words * 4; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A buffer that begins with these bytes. */
function align({ buffer, byteOffset, length }: Uint8Array): ArrayBufferLike {
  return byteOffset === 0 ? buffer : buffer.slice(byteOffset, byteOffset + length);
}

function makeReplacements(directory: string, files: readonly OutputFile[]): Replacement[] {
  const names = makeTemporaryNames(directory, files.map(({ name }) => name));
  return files.map(({ bytes }, i) => ({ ...names[i]!, bytes }));
}

/** Writes a temporary file, unless there is a directory in the place of the file it replaces. */
function write({ target, temporary, bytes }: Replacement): void {
  if (isDirectory(target)) {
    throw new FatalError(`could not write ${target}: Is a directory`, "write");
  }
  attempt(`could not write ${temporary}`, () => {
    using file = Deno.openSync(temporary, { write: true, createNew: true, mode: 0o644 });
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
  });
}

/** Makes sure that a temporary file is whole, and on the disk. */
function check({ temporary, bytes }: Replacement, { sync }: { sync: boolean }): void {
  attempt(`could not write ${temporary}`, () => {
    using file = Deno.openSync(temporary);
    if (sync) file.syncSync();
    const { size } = file.statSync();
    if (size !== bytes.length) throw new Error(`${size} of ${bytes.length} bytes were written`);
  });
}

/** Makes the new names durable. That this fails is no reason to undo them. */
function syncDirectory(directory: string): Message[] {
  try {
    using handle = Deno.openSync(directory);
    handle.syncSync();
    return [];
  } catch (error) {
    const text = `could not sync ${directory}: ${systemReason(error)}; ` +
      "a power cut within seconds may undo this run";
    return [{ level: "warning", code: "sync", text }];
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch {
    return false;
  }
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new FatalError(`${what}: ${systemReason(error)}`, "write");
  }
}
