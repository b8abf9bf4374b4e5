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

/**
 * Replaces the index files in `directory`, which is created (0755, with its parents) when absent.
 *
 * @throws FatalError when anything fails; the old files are untouched then, and no temporary file
 * is left
 */
export function publishFiles(directory: string, files: readonly OutputFile[]): void {
  createDirectory(directory);
  const suffix = `.depmod-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16)}`;
  const ordered = [
    ...files.filter(({ name }) => name !== LAST),
    ...files.filter(({ name }) => name === LAST),
  ].map(({ name, bytes }) => ({
    temporary: `${directory}/.${name}${suffix}`,
    target: `${directory}/${name}`,
    bytes,
  }));
  const written: string[] = [];
  try {
    for (const { temporary, target, bytes } of ordered) {
      checkTarget(target);
      written.push(temporary);
      write(temporary, bytes);
    }
    for (const { temporary, target } of ordered) rename(temporary, target);
  } catch (error) {
    written.forEach(removeIfThere);
    throw error;
  }
}

function createDirectory(directory: string): void {
  attempt(
    `could not create directory ${directory}`,
    () => Deno.mkdirSync(directory, { recursive: true, mode: 0o755 }),
  );
}

/** A rename would fail only where a directory stands in the way: better known before the first. */
function checkTarget(path: string): void {
  if (isDirectory(path)) throw new FatalError(`could not write ${path}: Is a directory`);
}

function isDirectory(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
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
