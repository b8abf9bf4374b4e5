/**
 * Reads module files: what they export and need, and their aliases and soft and weak
 * dependencies. This is where untrusted bytes are parsed; whatever is wrong with a file is noted
 * as a fault of that module and never ends the run.
 *
 * @module
 */
import { moduleName } from "../bytes/module_name.ts";
import { decodeLatin1, excerpt, LONGEST_SHOWN } from "../bytes/text.ts";
import { type Compression, findCompression, loadUnpack } from "./unpack/compression.ts";
import type { Unpack } from "./unpack/unpack.ts";
import { UnpackBuffer } from "./unpack/unpack_buffer.ts";
import { takeKey } from "./file_key.ts";
import { FileSource, readWhole } from "./file_source.ts";
import { Parser } from "./parser.ts";
import { Stopwatch } from "./stopwatch.ts";
import {
  CompressionError,
  FormatError,
  isNotGranted,
  isOutOfMemory,
  isSystemError,
  LimitError,
  MemoryError,
  SizeError,
  SpaceError,
  systemReason,
} from "../errors.ts";
import { takeStringFacts, takeSymbolFacts } from "./columns.ts";
import { MOST_MESSAGES } from "../message_list.ts";
import type { Facts, Fault } from "../model.ts";
import { recycle } from "../wasm/workspace.ts";

/** A file of fewer bytes is no module of any kind. */
const SMALLEST = 6;

/**
 * Bytes that one module may add to the index files. Of Debian's kernels 6.1 and 6.12 for amd64, the
 * module that adds most, `option`, adds 0.2 MB.
 */
export const QUOTA = 1 << 24;

/** Dropped values of a module after which the time is looked at. */
const DROP_STEP = 4096;

/** What is read, and how much. */
export interface ReadOptions {
  /** Bytes that a module may have at most. */
  readonly maxModuleSize: number;
  /** Seconds that a module may take. */
  readonly moduleTimeout: number;
  /** Whether CRCs of symbols and weak references are wanted. */
  readonly detailed: boolean;
  /** Whether the keys of the files are wanted. */
  readonly withKeys?: boolean;
  /** Whether the sizes of the files are wanted. */
  readonly withSizes?: boolean;
}

/** Reads one file after another into the same memory. */
export class Extractor {
  readonly #parser: Parser;
  readonly #stopwatch: Stopwatch;
  readonly #unpacked: UnpackBuffer;
  /** Throws when the module has taken too long. */
  readonly #check = () => this.#stopwatch.check();
  readonly #unpackers = new Map<Compression, Unpack>();
  /** Bytes of a compressed file. */
  #packed = new Uint8Array();
  readonly #keys: number[] = [];
  /** By module: bytes in its file, if sizes are wanted and it could be opened. */
  readonly #sizes: number[] = [];
  #faults: Fault[] = [];
  #modules = 0;
  /** Values of the current module that were dropped. */
  #dropped = 0;
  /** Whether there is no memory for further modules. */
  #isFull = false;

  /** @param onModule called when a module begins */
  constructor(readonly options: ReadOptions, readonly onModule: () => void = () => {}) {
    const { detailed, maxModuleSize, moduleTimeout } = options;
    this.#stopwatch = new Stopwatch(moduleTimeout);
    this.#parser = new Parser({ detailed, quota: QUOTA }, {
      drop: (what, read) => this.#drop(what, read),
      tick: this.#check,
      exceed: () =>
        this.#addFault("dropped", `all further values: its index entries exceed ${QUOTA} bytes`),
    });
    this.#unpacked = new UnpackBuffer(this.#parser.image, maxModuleSize, this.#check);
  }

  /** Reads the modules at `paths`, and adds them to what was read before. */
  async read(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      this.onModule();
      if (this.options.withKeys) this.#keys.push(...takeKey(path));
      if (this.#begin(path)) {
        const compression = this.#load(path);
        if (compression !== undefined) await this.#unpack(compression);
        this.#noteDropped();
        this.#parser.endModule();
      }
      this.#modules++;
    }
  }

  /** Begins a module, unless there is no memory for any further one. */
  #begin(path: string): boolean {
    this.#dropped = 0;
    this.#stopwatch.start();
    try {
      if (!this.#isFull) this.#parser.begin(moduleName(path).length);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.#isFull = true;
    }
    if (this.#isFull) {
      this.#addFault("refused", "the modules before it say more than fits into memory");
    }
    return !this.#isFull;
  }

  /** The keys of the files of all modules read, if they were wanted, one after the other. */
  get keys(): Float64Array<ArrayBuffer> {
    return Float64Array.from(this.#keys);
  }

  /**
   * The facts of all modules read, in the order in which they were read. After this, no other may
   * be read.
   */
  finish(): Facts {
    const { workspace } = this.#parser;
    const facts = {
      ...takeSymbolFacts(workspace, this.#modules),
      ...takeStringFacts(workspace, this.#modules),
      faults: this.#faults,
    };
    recycle(workspace);
    return facts;
  }

  /** By module: bytes in its file, NaN where it could not be opened; undefined if not wanted. */
  takeSizes(): Float64Array<ArrayBuffer> | undefined {
    if (!this.options.withSizes) return undefined;
    return Float64Array.from({ length: this.#modules }, (_, module) => this.#sizes[module] ?? NaN);
  }

  /** Reads a file; a compressed one is only loaded, and its format returned: `#unpack` is next. */
  #load(path: string): Compression | undefined {
    let file: Deno.FsFile | undefined; // `using` would cost 2 µs, a twentieth of the time
    try {
      file = Deno.openSync(path);
      return this.#readOpen(new FileSource(file, this.#check));
    } catch (error) {
      this.#note(error);
      return undefined;
    } finally {
      file?.close();
    }
  }

  #readOpen(source: FileSource): Compression | undefined {
    const { maxModuleSize, withSizes } = this.options;
    const { image } = this.#parser;
    const isFit = image.open(source, maxModuleSize);
    if (withSizes) this.#sizes[this.#modules] = image.size;
    if (!isFit) {
      throw new SizeError(`larger than ${maxModuleSize} bytes; see --max-module-size`);
    }
    if (image.size < SMALLEST) throw new FormatError("too small for a module", 0);
    const compression = findCompression(image.bytes);
    if (compression === undefined) this.#parse();
    else this.#packed = readWhole(image, this.#packed);
    return compression;
  }

  /** Unpacks the file loaded last, and reads the module in it. */
  async #unpack(compression: Compression): Promise<void> {
    const { image } = this.#parser;
    try {
      const unpack = this.#unpackers.get(compression) ?? await loadUnpack(compression);
      this.#unpackers.set(compression, unpack);
      this.#unpacked.clear();
      await unpack(this.#packed.subarray(0, image.size), this.#unpacked);
      image.load(this.#unpacked.length);
      this.#parse();
    } catch (error) {
      this.#note(error);
    }
  }

  /** Parses the module; again with more memory, as long as it needs more and may have it. */
  #parse(): void {
    while (true) {
      try {
        return this.#parseOnce();
      } catch (error) {
        if (!(error instanceof SpaceError)) throw error;
        this.#forgetModule();
        if (!this.#parser.enlarge()) throw error;
      }
    }
  }

  #forgetModule(): void {
    this.#parser.dropModule();
    this.#dropped = 0;
    while (this.#faults.at(-1)?.module === this.#modules) this.#faults.pop();
  }

  #parseOnce(): void {
    const parser = this.#parser;
    parser.parseFile();
    try {
      parser.parseExports();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#note(error); // the rest of the module counts
    }
    this.#parseNeeds();
    parser.parseModinfo();
  }

  /**
   * A module whose symbol table cannot be used needs nothing; like the reference, this reports
   * nothing.
   */
  #parseNeeds(): void {
    try {
      this.#parser.parseNeeds();
    } catch (error) {
      this.#parser.dropNeeds();
      if (!(error instanceof FormatError)) throw error;
    }
  }

  #drop(what: string, read: (most: number) => Uint8Array): void {
    if (++this.#dropped % DROP_STEP === 0) this.#stopwatch.check();
    if (this.#dropped > MOST_MESSAGES) return;
    const shown = excerpt(decodeLatin1(read(LONGEST_SHOWN + 1)));
    this.#addFault("dropped", `${what} with characters that no index can hold: ${shown}`);
  }

  #noteDropped(): void {
    const more = this.#dropped - MOST_MESSAGES;
    if (more > 0) this.#addFault("dropped", `${more} more values like these`);
  }

  #addFault(kind: Fault["kind"], reason: string): void {
    this.#faults.push({ module: this.#modules, kind, reason });
  }

  #addPassingFault(reason: string): void {
    this.#faults.push({ module: this.#modules, kind: "unreadable", reason, passing: true });
  }

  /** Notes an error of the module as a fault; throws any error of the program again. */
  #note(error: unknown): void {
    if (error instanceof SizeError) this.#addFault("too large", error.message);
    else if (isRefusal(error)) {
      this.#addFault("refused", reasonOf(error));
      this.#parser.dropModule();
    } else if (isSystemError(error)) this.#addPassingFault(systemReason(error));
    else if (isBadFile(error)) this.#addFault("unreadable", reasonOf(error));
    else throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof LimitError || isNotGranted(error) || isOutOfMemory(error);
}

function isBadFile(error: unknown): boolean {
  return error instanceof FormatError || error instanceof CompressionError;
}

/** The words of strerror(3) for what went wrong, as the reference would report it. */
function reasonOf(error: unknown): string {
  if (isOutOfMemory(error)) return new MemoryError().message;
  if (!(error instanceof FormatError)) return systemReason(error);
  return error.code === "ENOEXEC" ? "Exec format error" : "Invalid argument";
}
