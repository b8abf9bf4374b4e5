/**
 * Writes the index files: all of them, or none. Each is written to a temporary file in the same
 * directory and checked; only then are all renamed, `modules.dep` last, because later runs compare
 * modules with its time stamp.
 *
 *     modules.alias.bin   ←   .modules.alias.bin.depmod-1f3a9c2e
 *
 * It does not yet sync to disk before the renames (a step of `write`), hold one lock for the whole
 * run (`publishFiles`), or remove the temporary files of killed runs (the random suffix).
 *
 * @module
 */
import { FatalError, systemReason } from "../errors.ts";
import type { OutputFile } from "../model.ts";

/** The file whose time stamp tells when the indexes were written. */
const LAST = "modules.dep";

/** One file to replace: the new one has a temporary name, and the old one gets a second name. */
interface Replacement {
  readonly target: string;
  readonly temporary: string;
  readonly backup: string;
  readonly bytes: Uint8Array;
}

/**
 * Replaces the index files in `directory`, which is created (0755, with its parents) when absent.
 *
 * @throws FatalError when anything fails; then the old files have their names again (if the file
 * system has hard links), and no temporary file is left
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
  const kept = old.filter(keepOld);
  const done: Replacement[] = [];
  try {
    for (const replacement of replacements) {
      rename(replacement.temporary, replacement.target);
      done.push(replacement);
    }
  } catch (error) {
    const isOld = new Set(old);
    for (const replacement of done) if (!isOld.has(replacement)) removeIfThere(replacement.target);
    const stuck = done.filter((replacement) => kept.includes(replacement) && !putBack(replacement));
    removeBackups(kept.filter((replacement) => !stuck.includes(replacement)));
    throw stuck.length === 0 ? error : describeStuck(error, stuck);
  }
  removeBackups(kept);
}

/** Gives the old file a second name. Gives false if the file system has no such names. */
function keepOld({ target, backup }: Replacement): boolean {
  try {
    Deno.linkSync(target, backup);
    return true;
  } catch {
    return false; // then it cannot be put back
  }
}

/** Gives the old file its name back; gives false if that fails, and the second name stays. */
function putBack({ target, backup }: Replacement): boolean {
  try {
    Deno.renameSync(backup, target);
    return true;
  } catch {
    return false;
  }
}

function removeBackups(replacements: readonly Replacement[]): void {
  for (const { backup } of replacements) removeIfThere(backup);
}

function describeStuck(error: unknown, stuck: readonly Replacement[]): FatalError {
  const reason = error instanceof Error ? error.message : String(error);
  const backups = stuck.map(({ backup }) => backup).join(", ");
  return new FatalError(`${reason}; old files that could not be put back are kept as ${backups}`);
}

function createDirectory(directory: string): void {
  if (isDirectory(directory)) return;
  attempt(
    `could not create directory ${directory}`,
    () => Deno.mkdirSync(directory, { recursive: true, mode: 0o755 }),
  );
}

/**
 * Refuses a directory of that name before any file is renamed: it is what most often makes a rename
 * fail.
 */
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

/** Whether anything has that name, even a link to nothing. */
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
