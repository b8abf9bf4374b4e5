/**
 * Which of the files that a run reads are newer than what it has written.
 *
 * @module
 */
import { isNotFound, systemReason } from "../errors.ts";

/** A file that may have changed. */
export interface Changed {
  readonly path: string;
  /** Why its time is not known; undefined if it is newer. */
  readonly reason: string | undefined;
}

/** When a file was last changed, in whole seconds; undefined if it cannot be looked at. */
export function findSecond(path: string): number | undefined {
  try {
    return modifiedSecond(path);
  } catch {
    return undefined;
  }
}

/**
 * Those of the files that are newer, in whole seconds, than `second`, or cannot be looked at. Files
 * that are not there are passed over.
 */
export function findNewer(paths: readonly string[], second: number): Changed[] {
  return paths.flatMap((path): Changed[] => {
    try {
      return modifiedSecond(path) > second ? [{ path, reason: undefined }] : [];
    } catch (error) {
      return isNotFound(error) ? [] : [{ path, reason: systemReason(error) }];
    }
  });
}

/**
 * When a file was last changed, in whole seconds.
 *
 * @throws an error of the file operation
 */
export function modifiedSecond(path: string): number {
  return Math.floor((Deno.statSync(path).mtime?.getTime() ?? Infinity) / 1000);
}
