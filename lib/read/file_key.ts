/**
 * The numbers that tell whether a file is still the one that was read: size, times of last change of
 * content and of status, device, inode.
 *
 * @module
 */

/** How many numbers a key has. */
export const KEY_NUMBERS = 5;

/** The key of a file that has none: it equals no key. */
const NO_KEY: readonly number[] = Array<number>(KEY_NUMBERS).fill(NaN);

/**
 * The key of the file at a path: size in bytes, times in milliseconds since 1970, device, inode. Take
 * it before the file is opened: if it is replaced in between, its next key will be another one.
 * (Deno 2.6 needs three times as long to look at an open file.)
 */
export function takeKey(path: string): readonly number[] {
  try {
    const { isFile, size, mtime, ctime, dev, ino } = Deno.statSync(path);
    if (!isFile || mtime === null || ctime === null || ino === null) return NO_KEY;
    return [size, mtime.getTime(), ctime.getTime(), dev, ino];
  } catch {
    return NO_KEY; // whoever reads it will report it
  }
}
