/**
 * The numbers that tell whether a file is still the one that was read: size, times of last change of
 * content and of status, device, inode.
 *
 * @module
 */

/** How many numbers a key has. */
export const KEY_NUMBERS = 5;

/** What the system says about a file; times in Dates, null where it says nothing. */
interface FileStatus {
  readonly isFile: boolean;
  readonly size: number;
  readonly mtime: Date | null;
  readonly ctime: Date | null;
  readonly dev: number;
  readonly ino: number | null;
}

/** The key of a file that has none: it equals no key. */
export const NO_KEY: readonly number[] = Array<number>(KEY_NUMBERS).fill(NaN);

/** The key of a file: size in bytes, times in milliseconds since 1970, device, inode. */
export function keyOf({ isFile, size, mtime, ctime, dev, ino }: FileStatus): readonly number[] {
  if (!isFile || mtime === null || ctime === null || ino === null) return NO_KEY;
  return [size, mtime.getTime(), ctime.getTime(), dev, ino];
}
