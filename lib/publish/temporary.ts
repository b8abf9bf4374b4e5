/**
 * Names of the temporary files, which lie beside the files that they are to replace. A run that
 * was killed leaves some behind; the next run removes them.
 *
 *     modules.alias.bin   ←   .modules.alias.bin.depmod-1f3a9c2e       the new file
 *                             .modules.alias.bin.depmod-1f3a9c2e.old   the old one, while it is replaced
 *
 * @module
 */
import { INTERRUPTED } from "../model.ts";

/** A file to replace, and its temporary names. */
export interface TemporaryNames {
  readonly target: string;
  readonly temporary: string;
  readonly backup: string;
}

/** Gives temporary names to these files of a directory, by a number that no other run has. */
export function makeTemporaryNames(directory: string, names: readonly string[]): TemporaryNames[] {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  const suffix = `depmod-${number!.toString(16).padStart(8, "0")}`;
  return names.map((name) => {
    const temporary = `${directory}/.${name}.${suffix}`;
    return { target: `${directory}/${name}`, temporary, backup: `${temporary}.old` };
  });
}

/** Whether a directory holds temporary files: a run was interrupted, or is at work. */
export function hasTemporaryFiles(directory: string): boolean {
  return listTemporaryFiles(directory).length > 0;
}

/**
 * Removes the temporary files of runs that are gone. Only the run that holds the lock may call
 * this: then no other run is at work in the directory.
 *
 * They tell that the index files may be a mixture. From then on the time of `modules.dep` does, until
 * a run has come to its end.
 */
export function removeTemporaryFiles(directory: string): void {
  const paths = listTemporaryFiles(directory);
  if (paths.length > 0) distrust(`${directory}/modules.dep`);
  for (const path of paths) removeIfThere(path);
}

/**
 * Gives a file, if there is one, the time by which `-A` knows. That is on the disk before anything
 * else is.
 */
function distrust(path: string): void {
  try {
    if (!Deno.lstatSync(path).isFile) return;
    Deno.utimeSync(path, new Date(INTERRUPTED), new Date(INTERRUPTED));
    using file = Deno.openSync(path);
    file.syncSync();
  } catch {
    // It is not there, or it is somebody else's.
  }
}

/** Removes a file, if there is one and it can be removed. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Renamed already, or never created.
  }
}

const PATTERN = /^\.modules\.[a-z.]+\.depmod-[0-9a-f]{8}(\.old)?$/;

function listTemporaryFiles(directory: string): string[] {
  return readDirectory(directory)
    .filter(({ name, isDirectory }) => !isDirectory && PATTERN.test(name))
    .map(({ name }) => `${directory}/${name}`);
}

function readDirectory(directory: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(directory)];
  } catch {
    return []; // it is not there
  }
}
