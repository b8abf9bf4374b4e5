/**
 * Renames a set of temporary files to their targets, and takes that back if one of them cannot be
 * renamed. Meanwhile each old file has a second name.
 *
 * @module
 */
import { FatalError, systemReason } from "../errors.ts";
import { removeIfThere, type TemporaryNames } from "./temporary.ts";

/**
 * Renames all files to their targets, in this order.
 *
 * @throws FatalError when one cannot be renamed; then the old files have their names again
 */
export function renameAll(replacements: readonly TemporaryNames[]): void {
  const old = replacements.filter(({ target }) => exists(target));
  const kept = old.filter(keepOld);
  const done: TemporaryNames[] = [];
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

/**
 * Gives the old file a second name; a copy of it, if the file system has no second names. Gives
 * false if there can be neither: then the file cannot be put back.
 */
function keepOld({ target, backup }: TemporaryNames): boolean {
  return succeeds(() => Deno.linkSync(target, backup)) ||
    (!isLink(target) && succeeds(() => Deno.copyFileSync(target, backup)));
}

/** Gives the old file its name back; gives false if that fails, and the second name stays. */
function putBack({ target, backup }: TemporaryNames): boolean {
  return succeeds(() => Deno.renameSync(backup, target));
}

function removeBackups(replacements: readonly TemporaryNames[]): void {
  for (const { backup } of replacements) removeIfThere(backup);
}

function describeStuck(error: unknown, stuck: readonly TemporaryNames[]): FatalError {
  const reason = error instanceof Error ? error.message : String(error);
  const backups = stuck.map(({ backup }) => backup).join(", ");
  const text = `${reason}; old files that could not be put back are kept as ${backups}`;
  return new FatalError(text, "write");
}

function rename(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    throw new FatalError(`could not rename ${from} to ${to}: ${systemReason(error)}`, "write");
  }
}

/** Whether anything has that name, even a link to nothing. */
function exists(path: string): boolean {
  return succeeds(() => Deno.lstatSync(path));
}

function isLink(path: string): boolean {
  return Deno.lstatSync(path).isSymlink;
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
