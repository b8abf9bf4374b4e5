/**
 * Names of the temporary files, which lie beside the files that they are to replace. A run that
 * was killed leaves some behind; the next run removes them: those of index files when it has the lock
 * on their directory, those of a report or a cache, which may lie anywhere, when they are old.
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

/**
 * Milliseconds after which a temporary file surely is that of a run which is gone: a run that writes
 * one renames it as soon as it is on the disk.
 */
const OLD = 60 * 60 * 1000;

/**
 * Removes what runs that are gone have left of a file that no lock protects. Another run may be
 * writing that file, so this keeps temporary files until they are old; and what is no regular file, it
 * keeps for ever.
 */
export function removeOldTemporaryFiles(directory: string, name: string): void {
  for (const entry of readDirectory(directory)) {
    const path = `${directory}/${entry.name}`;
    if (isTemporaryNameOf(entry.name, name) && isOldFile(path)) removeIfThere(path);
  }
}

/** Whether one name is a temporary name of the other. */
function isTemporaryNameOf(temporary: string, name: string): boolean {
  const [suffix] = SUFFIX.exec(temporary) ?? [];
  return suffix !== undefined && temporary === `.${name}${suffix}`;
}

function isOldFile(path: string): boolean {
  try {
    const { isFile, mtime } = Deno.lstatSync(path);
    return isFile && mtime !== null && Date.now() - mtime.getTime() > OLD;
  } catch {
    return false; // it is gone
  }
}

const SUFFIX = /\.depmod-[0-9a-f]{8}(\.old)?$/;

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
