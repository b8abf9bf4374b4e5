/**
 * The WebAssembly module that does what a run does hundreds of thousands of times: it parses
 * modules, numbers names, orders them, and writes indexes. Its source, in AssemblyScript, is in
 * assembly/, and scripts/wasm makes binary.ts of it.
 *
 * A run is over before V8 has compiled JavaScript well, and each thread compiles it again. A
 * WebAssembly module is compiled well at once, for all threads. With all of this in JavaScript,
 * 4,022 modules took 0.50 s instead of 0.30 s.
 *
 * @module
 */
import { decodeBase64 } from "../bytes/base64.ts";
import { FatalError, FormatError, IndexSizeError, LimitError, SpaceError } from "../errors.ts";
import * as codes from "./assembly/codes.ts";
import { BINARY } from "./binary.ts";

/**
 * What the module exports. Addresses, sizes and numbers have 32 bits; JavaScript gets those from
 * 2^31 on as negative numbers.
 */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  /** Takes a block of 2^n bytes, and gives it back. */
  allocate(n: number): number;
  release(block: number, n: number): void;
  /** The n of the smallest block that holds `bytes` bytes. */
  blockSize(bytes: number): number;
  /** Address of a column of codes.ts, and how many bytes it has. */
  columnData(column: number): number;
  columnLength(column: number): number;

  /** Frees all blocks and columns; the memory keeps its size. */
  restart(): void;

  /** Sets the keys of the hash of names. */
  keyNames(seed: bigint, first: bigint, second: bigint): void;
  /** Begins facts without modules; if `detailed`, CRCs and weak references are kept. */
  startFacts(detailed: boolean): void;
  /** Sets how many bytes each module may add to the index files. */
  setQuota(bytes: number): void;
  /**
   * Begins a module whose name has `nameSize` bytes: gives the address of its file, which may take
   * all memory from there on.
   */
  placeModule(nameSize: number): number;
  /** Makes more space for facts; returns the address to move the file to. */
  enlargeSpace(): number;
  /** Finds the sections of a file, of which the first `head` bytes are in memory. */
  parseFile(size: number, head: number): void;
  /** Add to the facts what the file says. */
  parseExports(): void;
  parseNeeds(): void;
  parseModinfo(): void;
  /** Take back the file's needs, or all its facts, after a call that adds them has thrown. */
  dropNeeds(): void;
  dropModule(): void;
  /** Closes the file's module. */
  endModule(): void;

  /** Makes the table of names large enough for `count` more. */
  expectNames(count: number): void;
  /** Add modules of several parts to the facts; see assembly/merge.ts. */
  mergeSymbols(parts: number, partOf: number, positions: number, count: number): void;
  mergeStrings(parts: number, partOf: number, positions: number, count: number): void;
  /** Which module owns a name; see assembly/owners.ts. */
  ownNames(starts: number, names: number, count: number, owners: number, nameCount: number): void;
  replaceByOwners(owners: number): void;
  /** The graph of modules; see assembly/graph.ts. */
  linkModules(starts: number, names: number, count: number, owners: number): void;
  sortTopologically(starts: number, modules: number, count: number): void;
  collectDependencies(
    starts: number,
    modules: number,
    count: number,
    order: number,
    positions: number,
  ): void;
  /** Orders `count` numbers of strings. */
  hashOrder(
    bytes: number,
    offsets: number,
    numbers: number,
    count: number,
    buckets: number,
  ): void;
  /** Normalises `count` aliases; returns how many numbers of broken ones it wrote to `unpaired`. */
  normalizeAliases(bytes: number, offsets: number, count: number, unpaired: number): number;
  /** Compose strings, in the columns STRING_BYTES and STRING_OFFSETS. */
  compose(
    head: number,
    headSize: number,
    parts: number,
    partCount: number,
    count: number,
  ): void;
  composeDependencies(
    paths: number,
    pathOffsets: number,
    starts: number,
    modules: number,
    count: number,
  ): void;
  /** Writes an index to the column INDEX. Changes the order of `entries`. */
  encodeIndex(
    keyBytes: number,
    keyOffsets: number,
    valueBytes: number,
    valueOffsets: number,
    valueNumbers: number,
    priorities: number,
    entries: number,
    count: number,
  ): void;
}

/** What the module calls. */
export interface Host {
  /** Reads a range of the file to its address in memory, or throws. */
  need(offset: number, length: number): void;
  /** Takes a value of a list that no index can hold: bytes [start, end) of memory. */
  drop(list: number, start: number, end: number): void;
  /** Called after each piece of parsing that takes milliseconds; throws to end it. */
  tick(): void;
  /** Tells, once for a module, that it would add more to the index files than it may. */
  exceed(): void;
}

/** Why a call failed. */
const FAILURES: Readonly<Record<number, string>> = {
  [codes.NOT_ELF]: "not an ELF file",
  [codes.BAD_CLASS]: "unknown ELF class",
  [codes.BAD_BYTE_ORDER]: "unknown ELF byte order",
  [codes.CUT_OFF]: "ELF header is cut off",
  [codes.BAD_SECTION_SIZE]: "unexpected size of a section header",
  [codes.NO_SECTION_NAMES]: "no section names",
  [codes.OPEN_SECTION_NAMES]: "section names do not end with NUL",
  [codes.OPEN_EXPORTS]: "__ksymtab_strings does not end with NUL",
  [codes.NO_SYMBOLS]: "no usable symbol table",
  [codes.BAD_NAME]: "symbol name leaves .strtab",
  [codes.OPEN_VERSION]: "name in __versions is not terminated",
  [codes.LEAVES_FILE]: "range leaves the file",
};

const LIMITS: Readonly<Record<number, string>> = {
  [codes.LONG_NAME]: "a name of more than 4096 bytes",
  [codes.OVERLAPS]: "overlapping names that add up to more than the file's size",
};

let compiled: WebAssembly.Module | undefined;

/** Compiles the module, if that has not been done: a thread that waits for work can do it before. */
export function compileModule(): WebAssembly.Module {
  return compiled ??= new WebAssembly.Module(decodeBase64(BINARY));
}

/**
 * An instance, with a memory of its own. Its functions throw FormatError for a broken file,
 * LimitError for one that passes a limit, and FatalError when an index grows too large or there is
 * no memory.
 */
export function instantiate(host: Host): Exports {
  const instance = new WebAssembly.Instance(compileModule(), { host: { ...host, fail } });
  const exports = instance.exports as unknown as Exports;
  const [a, b, c] = crypto.getRandomValues(new BigUint64Array(3));
  exports.keyNames(a!, b!, c!);
  return exports;
}

function fail(reason: number, at: number): never {
  if (reason === codes.NO_SPACE) throw new SpaceError("it holds more than there is memory for");
  const limit = LIMITS[reason];
  if (limit !== undefined) throw new LimitError(limit);
  if (reason === codes.LARGE_INDEX) throw new IndexSizeError();
  if (reason === codes.NO_MEMORY) throw new FatalError("out of memory", "out-of-memory");
  const code = reason === codes.NOT_ELF ? "ENOEXEC" : undefined;
  throw new FormatError(FAILURES[reason]!, at >>> 0, code);
}
