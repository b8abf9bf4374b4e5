/**
 * The cache: what a run has read of the modules, kept in one file for the next run.
 *
 *     record    the run, and what came of it           record.ts
 *     keys      which files were read                  keys.ts
 *     symbols   what they export and need              facts.ts
 *     strings   what else they say
 *
 * If it cannot be used, the run does without it, and says why.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { dirname } from "@std/path";
import { FormatError, isNotFound, isNotGranted, isSystemError, systemReason } from "../errors.ts";
import type { Facts } from "../model.ts";
import { decodeStringFacts, decodeSymbols } from "./facts.ts";
import { checksumFiles } from "./inputs.ts";
import { decodeKeys, type FileKeys, NO_KEYS } from "./keys.ts";
import { areSame, decodeRecord, type Result, type RunRecord, type Settings } from "./record.ts";
import {
  checksumOf,
  HEADER_SIZE,
  parseHeader,
  type Section,
  type SectionName,
} from "./sections.ts";

/** Bytes of the largest cache that is read: that of 60,000 modules has 60 MB. */
export const LARGEST = 1 << 29;

/**
 * Bytes of the largest record: faults of modules and messages are few, and JSON takes many times
 * its size in memory.
 */
const LARGEST_RECORD = 1 << 24;

/** Bits of the mode of a file that others than its owner may write. */
const OTHERS_MAY_WRITE = 0o022;

/** A cache to look into. */
export interface CachePlace {
  readonly path: string;
  /** Who may have written it: user numbers. */
  readonly owners: readonly number[];
  readonly settings: Settings;
  /** Where the index files are, and the names of all of them. */
  readonly directory: string;
  readonly names: readonly string[];
}

/** What a cache says, but for the facts. */
export interface Lookup {
  /** The keys of the files that it is about. */
  readonly keys: FileKeys;
  readonly record: RunRecord | undefined;
  /** The checksums of all sections: those of another cache differ. */
  readonly identity: string;
  /** Why the cache cannot be used, if it is there. */
  readonly problem: string | undefined;
  /** The checksums of the index files, by their names; undefined if they are not all there. */
  readonly outputs: Result["outputs"] | undefined;
}

/** Looks into a cache, which may be absent. */
export async function lookUp(place: CachePlace): Promise<Lookup> {
  try {
    using file = CacheFile.open(place);
    const record = decodeRecord(await file.read("record"));
    if (!areSame(record.settings, place.settings)) {
      throw new FormatError("it was written by another version, or with other options", 0);
    }
    const keys = decodeKeys(await file.read("keys"));
    const outputs = record.result && checksumFiles(place.directory, place.names);
    return { keys, record, identity: file.identity, problem: undefined, outputs };
  } catch (error) {
    if (!isBadCache(error)) throw error;
    const problem = isNotFound(error) ? undefined : describeProblem(error);
    return { keys: NO_KEYS, record: undefined, identity: "", problem, outputs: undefined };
  }
}

/**
 * The facts in the cache that a look-up has found. Another run may have replaced it since.
 *
 * @param options.modules how many modules it is about
 * @throws an error of which `isBadCache` is true, if they cannot be used
 */
export async function readFacts(
  place: CachePlace,
  { modules, identity, quota }: { modules: number; identity: string; quota: number },
): Promise<Facts> {
  using file = CacheFile.open(place);
  if (file.identity !== identity) throw new FormatError("it has been replaced", 0);
  const { detailed } = place.settings;
  const shape = { modules, detailed, quota };
  const { faults } = decodeRecord(await file.read("record"));
  const symbols = decodeSymbols(await file.read("symbols"), shape);
  return { ...symbols, ...decodeStringFacts(await file.read("strings"), shape), faults };
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
  /** See Lookup. */
  readonly identity: string;
  readonly #file: Deno.FsFile;
  readonly #sections: Record<SectionName, Section>;

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
    const header = this.#readAt(0, HEADER_SIZE);
    this.#sections = parseHeader(header, file.statSync().size);
    this.identity = header.join();
  }

  /**
   * Reads a section.
   *
   * @throws FormatError when it is damaged
   */
  async read(name: SectionName): Promise<Uint8Array<ArrayBuffer>> {
    const { offset, size, checksum } = this.#sections[name];
    if (name === "record" && size > LARGEST_RECORD) {
      throw new FormatError("it is too large", offset);
    }
    const bytes = this.#readAt(offset, size);
    const found = await checksumOf(bytes);
    if (bytes.length !== size || !found.every((byte, i) => byte === checksum[i])) {
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
