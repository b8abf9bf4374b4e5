/**
 * The cache: what a run has read of the modules, kept in one file for the next run.
 *
 *     fingerprint   of all that the run was made from and has written      sections.ts
 *     record        the run, and what came of it                           record.ts
 *     keys          which files were read                                  keys.ts
 *     symbols       what they export and need                              facts.ts
 *     strings       what else they say
 *
 * A thread that may look at nothing that modules say compares the fingerprint, and no more. If the
 * cache cannot be used, the run does without it, and says why.
 *
 * @module
 */
import { crc32 } from "node:zlib";
// @ts-types="../std_path.d.ts"
import { dirname } from "@std/path";
import { FormatError, isNotGranted, isSystemError, systemReason } from "../errors.ts";
import type { Facts } from "../model.ts";
import { decodeStringFacts, decodeSymbols } from "./facts.ts";
import { type CachedFiles, decodeKeys } from "./keys.ts";
import { areSame, decodeRecord, type RunRecord, type Settings } from "./record.ts";
import { type Header, HEADER_SIZE, parseHeader, type SectionName } from "./sections.ts";

/** Bytes of the largest cache that is read: that of 60,000 modules has 60 MB. */
export const LARGEST = 1 << 29;

/**
 * Bytes of the largest record: faults of modules and messages are few, and JSON takes many times
 * its size in memory.
 */
const LARGEST_RECORD = 1 << 24;

/** Bits of the mode of a file that others than its owner may write. */
const OTHERS_MAY_WRITE = 0o022;

/** Where a cache is. */
export interface CachePlace {
  readonly path: string;
  /** Who may have written it: user numbers. */
  readonly owners: readonly number[];
  readonly settings: Settings;
}

/** What a cache says. */
export interface Recollection {
  readonly record: RunRecord;
  /** The files that it is about. */
  readonly files: CachedFiles;
  /** What these files say, in the same order; undefined if it was not asked for. */
  readonly facts: Facts | undefined;
}

/** What is known of a cache by the main thread. */
export interface Stamp {
  /** The fingerprint of the run that wrote it. */
  readonly fingerprint: Uint8Array;
  /** When it was written, in milliseconds since 1970. */
  readonly written: number;
}

/**
 * The stamp of a cache.
 *
 * @throws an error of which `isBadCache` is true, if there is no cache that can be used
 */
export function readStamp(place: CachePlace): Stamp {
  using file = CacheFile.open(place);
  return { fingerprint: file.header.fingerprint, written: file.written };
}

/**
 * What a cache says.
 *
 * @param options.quota bytes of the strings that a module may say; undefined to leave the facts out
 * @throws an error of which `isBadCache` is true, if it cannot be used
 */
export function readCache(
  place: CachePlace,
  { quota }: { quota: number | undefined },
): Recollection {
  using file = CacheFile.open(place);
  const record = decodeRecord(file.read("record"));
  if (!areSame(record.settings, place.settings)) {
    throw new FormatError("it was written by another version, or with other options", 0);
  }
  const files = decodeKeys(file.read("keys"));
  if (quota === undefined) return { record, files, facts: undefined };
  const shape = { modules: files.trusted.length, detailed: place.settings.detailed, quota };
  const symbols = decodeSymbols(file.read("symbols"), shape);
  const strings = decodeStringFacts(file.read("strings"), shape);
  return { record, files, facts: { ...symbols, ...strings, faults: record.faults } };
}

/** Whether an error is that of a cache which cannot be used. */
export function isBadCache(error: unknown): boolean {
  return error instanceof FormatError || isSystemError(error) || isNotGranted(error);
}

/** What is wrong with a cache, in words. */
export function describeProblem(error: unknown): string {
  return systemReason(error);
}

/** Who may write a cache: root, and whoever the directory belongs to that it lies in. */
export function findOwners(path: string): number[] {
  try {
    const { uid } = Deno.statSync(dirname(path));
    return uid === null ? [0] : [0, uid];
  } catch {
    return [0]; // there is no cache
  }
}

/** A cache that has been opened. */
class CacheFile implements Disposable {
  readonly header: Header;
  /** When it was written, in milliseconds since 1970. */
  readonly written: number;
  readonly #file: Deno.FsFile;

  /** Opens a cache that nobody else may have written. */
  static open({ path, owners }: CachePlace): CacheFile {
    const { isFile, uid, mode, size } = Deno.lstatSync(path);
    if (!isFile) throw new FormatError("it is no regular file", 0);
    if (!owners.includes(uid ?? -1) || ((mode ?? 0) & OTHERS_MAY_WRITE) !== 0) {
      throw new FormatError("another user may have written it", 0);
    }
    if (size > LARGEST) throw new FormatError("it is too large", 0);
    const file = Deno.openSync(path);
    try {
      return new CacheFile(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  private constructor(file: Deno.FsFile) {
    this.#file = file;
    const { size, mtime } = file.statSync();
    this.header = parseHeader(this.#readAt(0, HEADER_SIZE), size);
    this.written = mtime!.getTime(); // Linux tells it of every file
  }

  /**
   * Reads a section.
   *
   * @throws FormatError when it is damaged
   */
  read(name: SectionName): Uint8Array<ArrayBuffer> {
    const { offset, size, checksum } = this.header.sections[name];
    if (name === "record" && size > LARGEST_RECORD) {
      throw new FormatError("it is too large", offset);
    }
    const bytes = this.#readAt(offset, size);
    if (bytes.length !== size || crc32(bytes) !== checksum) {
      throw new FormatError("it is damaged", offset);
    }
    return bytes;
  }

  #readAt(offset: number, size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(size);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let done = 0;
    while (done < size) {
      const count = this.#file.readSync(bytes.subarray(done));
      if (count === null) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
