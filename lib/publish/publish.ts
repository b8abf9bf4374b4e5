/**
 * Writes the index files: all of them, or none. Each is written to a temporary file beside its
 * place and checked; only then are they renamed, `modules.dep` last, because its time stamp is
 * what later runs go by.
 *
 *     modules.alias.bin   ←   .modules.alias.bin.depmod-1f3a9c2e
 *
 * Not yet here: syncing to disk before the renames, one lock for the whole run, and sweeping the
 * temporary files of runs that were killed; the steps are `write`, `publishFiles` and the random
 * suffix.
 *
 * @module
 */
import { FatalError, systemReason } from "../errors.ts";
import type { OutputFile } from "../model.ts";

/** The file whose time stamp tells when the indexes were written. */
const LAST = "modules.dep";

/** One file on its way: written under a temporary name, while the old one has a second name. */
interface Replacement {
  readonly target: string;
  readonly temporary: string;
  readonly backup: string;
  readonly bytes: Uint8Array;
}

/**
 * Replaces the index files in `directory`, which is created (0755, with its parents) when absent.
 *
 * @throws FatalError when anything fails; the old files are in their places then, and no temporary
 * file is left
 */
export function publishFiles(directory: string, files: readonly OutputFile[]): void {
  createDirectory(directory);
  const suffix = `.depmod-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16)}`;
  const replacements = [
    ...files.filter(({ name }) => name !== LAST),
    ...files.filter(({ name }) => name === LAST),
  ].map(({ name, bytes }) => ({
    target: `${directory}/${name}`,
    temporary: `${directory}/.${name}${suffix}`,
    backup: `${directory}/.${name}${suffix}.old`,
    bytes,
  }));
  try {
    for (const { target, temporary, bytes } of replacements) {
      checkTarget(target);
      write(temporary, bytes);
    }
    renameAll(replacements);
  } catch (error) {
    replacements.forEach(({ temporary }) => removeIfThere(temporary));
    throw error;
  }
}

/** Renames all files to their targets; if one cannot be, the old ones are put back. */
function renameAll(replacements: readonly Replacement[]): void {
  const old = replacements.filter(({ target }) => exists(target));
  old.forEach(({ target, backup }) => keepOld(target, backup));
  const done: Replacement[] = [];
  try {
    for (const replacement of replacements) {
      rename(replacement.temporary, replacement.target);
      done.push(replacement);
    }
  } catch (error) {
    for (const replacement of done) {
      if (old.includes(replacement)) putBack(replacement);
      else removeIfThere(replacement.target);
    }
    throw error;
  } finally {
    for (const { backup } of old) removeIfThere(backup);
  }
}

/** Gives the old file a second name, if the file system has such names. */
function keepOld(target: string, backup: string): void {
  try {
    Deno.linkSync(target, backup);
  } catch {
    // It cannot be put back, then.
  }
}

function putBack({ target, backup }: Replacement): void {
  try {
    Deno.renameSync(backup, target);
  } catch {
    // The new file is better than none.
  }
}

function createDirectory(directory: string): void {
  if (isDirectory(directory)) return;
  attempt(
    `could not create directory ${directory}`,
    () => Deno.mkdirSync(directory, { recursive: true, mode: 0o755 }),
  );
}

/** What most often keeps a rename from working is a directory: better known before the first. */
function checkTarget(path: string): void {
  if (exists(path) && Deno.lstatSync(path).isDirectory) {
    throw new FatalError(`could not write ${path}: Is a directory`);
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Whether there is anything of that name, be it a link to nothing. */
function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function write(path: string, bytes: Uint8Array): void {
  attempt(`could not write ${path}`, () => {
    using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o644 });
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    const { size } = file.statSync();
    if (size !== bytes.length) throw new Error(`${size} of ${bytes.length} bytes were written`);
  });
}

function rename(from: string, to: string): void {
  attempt(`could not rename ${from} to ${to}`, () => Deno.renameSync(from, to));
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new FatalError(`${what}: ${systemReason(error)}`);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Renamed already, or never created.
  }
}
