/**
 * What tells whether a module file is still the one that was read: its path, size, times of last
 * change of content and of status, device and inode. All of it must agree.
 *
 * A file may be changed twice within one tick of the clock by which its file system tells time. So
 * a key is not trusted if the file was last changed in the tick in which it was looked at.
 *
 * @module
 */
import { countStrings, decodeStrings, encodeStrings } from "../bytes/strings.ts";
import { decodeLatin1 } from "../bytes/text.ts";
import { FormatError } from "../errors.ts";
import type { Strings } from "../model.ts";
import { decodeColumns, encodeColumns } from "./columns.ts";
import { checkStrings } from "./facts.ts";

/** Keys of files. */
export interface FileKeys {
  readonly paths: Strings;
  /** NUMBERS for each file: size, times in milliseconds, device, inode; NaN if it has no key. */
  readonly numbers: Float64Array;
  /** By file: 1 if the key is trusted, else 0. */
  readonly trusted: Uint8Array;
}

const NUMBERS = 5;

/** Most files of a cache: more are an attempt to exhaust memory. */
const MOST_FILES = 1 << 19;

/**
 * Longest tick in milliseconds of a clock whose times have fractions of a second: Linux's, if it
 * ticks a hundred times a second, and as much again.
 */
const FINE_TICK = 20;

/**
 * That of a clock whose times are whole seconds: FAT's are even ones. Of status changes, Deno 2.4
 * tells nothing else on any file system.
 */
const COARSE_TICK = 2000;

/** The keys of no file. */
export const NO_KEYS: FileKeys = {
  paths: encodeStrings([]),
  numbers: new Float64Array(),
  trusted: new Uint8Array(),
};

/** Looks at files. Links are followed. */
export function takeKeys(paths: readonly string[]): FileKeys {
  const start = Date.now();
  const numbers = new Float64Array(paths.length * NUMBERS).fill(NaN);
  const trusted = new Uint8Array(paths.length);
  for (const [i, path] of paths.entries()) {
    const key = takeKey(path);
    if (key === undefined) continue;
    numbers.set(key, i * NUMBERS);
    trusted[i] = Number(isTrusted(key, start));
  }
  return { paths: encodeStrings(paths), numbers, trusted };
}

function takeKey(path: string): readonly number[] | undefined {
  try {
    const { isFile, size, mtime, ctime, dev, ino } = Deno.statSync(path);
    if (!isFile || mtime === null || ctime === null || ino === null) return undefined;
    return [size, mtime.getTime(), ctime.getTime(), dev, ino];
  } catch {
    return undefined; // whoever reads it will report it
  }
}

/**
 * Whether a change of a file after `start`, in milliseconds, would change this key, which was taken
 * then.
 */
export function isTrusted(
  [, modified = 0, changed = 0]: readonly number[],
  start: number,
): boolean {
  return [modified, changed].every((time) => {
    return time + (time % 1000 === 0 ? COARSE_TICK : FINE_TICK) < start;
  });
}

/** When the newest file was changed, in whole seconds; Infinity if one of them has no key. */
export function newestSecond({ numbers }: FileKeys): number {
  let newest = -Infinity;
  for (let i = 1; i < numbers.length; i += NUMBERS) {
    if (Number.isNaN(numbers[i])) return Infinity;
    newest = Math.max(newest, Math.floor(numbers[i]! / 1000));
  }
  return newest;
}

/** By file: the position of the same file in the cache, or -1. */
export function matchKeys(files: FileKeys, cached: FileKeys): Int32Array {
  return matchPaths(files.paths, cached.paths).map((position, file) =>
    position >= 0 && isSame(files, file, { cached, position }) ? position : -1
  );
}

/** By path: its position in the cache, or -1. Mostly, all paths are the same. */
function matchPaths(paths: Strings, cached: Strings): Int32Array {
  const count = countStrings(paths);
  if (count === countStrings(cached) && decodeLatin1(paths.bytes) === decodeLatin1(cached.bytes)) {
    if (paths.offsets.every((offset, i) => offset === cached.offsets[i])) {
      return Int32Array.from({ length: count }, (_, i) => i);
    }
  }
  const positions = new Map(decodeStrings(cached).map((path, position) => [path, position]));
  return Int32Array.from(decodeStrings(paths), (path) => positions.get(path) ?? -1);
}

function isSame(
  { numbers }: FileKeys,
  file: number,
  { cached, position }: { cached: FileKeys; position: number },
): boolean {
  if (cached.trusted[position] !== 1) return false;
  for (let i = 0; i < NUMBERS; i++) {
    if (numbers[file * NUMBERS + i] !== cached.numbers[position * NUMBERS + i]) return false;
  }
  return true;
}

/** The keys as bytes. */
export function encodeKeys({ paths, numbers, trusted }: FileKeys): Uint8Array<ArrayBuffer> {
  return encodeColumns([paths.bytes, paths.offsets, numbers, trusted]);
}

/**
 * The keys in these bytes.
 *
 * @throws FormatError
 */
export function decodeKeys(bytes: Uint8Array<ArrayBuffer>): FileKeys {
  const [path, offsets, numbers, trusted] = decodeColumns(bytes, ["u8", "u32", "f64", "u8"]) as [
    Uint8Array,
    Uint32Array,
    Float64Array,
    Uint8Array,
  ];
  const paths = { bytes: path, offsets };
  checkStrings(paths);
  const count = countStrings(paths);
  if (count > MOST_FILES) throw new FormatError("too many keys", 0);
  if (numbers.length !== count * NUMBERS || trusted.length !== count) {
    throw new FormatError("another number of keys than of paths", 0);
  }
  return { paths, numbers, trusted };
}
