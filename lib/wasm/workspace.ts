/**
 * The WebAssembly module, with arrays in its memory.
 *
 * @module
 */
import { type Exports, type Host, instantiate } from "./module.ts";

/** An instance of the module, whose functions take arrays by their addresses. */
export class Workspace {
  readonly exports: Exports;
  /** Address and n of each block in use, which has 2^n bytes. */
  readonly #blocks: [number, number][] = [];

  /** @param host what the module calls to parse a file; only needed for that */
  constructor(host: Host = { need: refuse, drop: refuse, tick: refuse, exceed: refuse }) {
    this.exports = instantiate(host);
  }

  /** Copies an array into the memory; returns its address, valid until `clear`. */
  put(array: Uint8Array | Uint32Array | Int32Array): number {
    const { exports } = this;
    const n = exports.blockSize(array.byteLength);
    const block = exports.allocate(n) >>> 0;
    this.#blocks.push([block, n]);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(exports.memory.buffer, block).set(bytes);
    return block;
  }

  /** Frees all that `put` has copied. */
  clear(): void {
    for (const [block, n] of this.#blocks.splice(0)) this.exports.release(block, n);
  }

  /** A copy of `length` bytes at an address. */
  bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.exports.memory.buffer, address >>> 0, length >>> 0).slice();
  }

  /** A copy of `length` numbers at an address. */
  numbers(address: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.exports.memory.buffer, address >>> 0, length).slice();
  }

  /** A copy of a column, by its number in assembly/codes.ts, as bytes. */
  columnBytes(column: number): Uint8Array<ArrayBuffer> {
    return this.bytes(this.exports.columnData(column), this.exports.columnLength(column));
  }

  /** A copy of a column as numbers. */
  columnNumbers(column: number): Uint32Array<ArrayBuffer> {
    return this.numbers(this.exports.columnData(column), this.exports.columnLength(column) >>> 2);
  }
}

let shared: Workspace | undefined;
let isCalculating = false;

/** Makes the shared workspace, if there is none, so that it need not be made when it is needed. */
export function prepareWorkspace(): void {
  shared ??= new Workspace();
}

/**
 * Does `work` in the shared workspace, which is cleared afterwards.
 *
 * @throws Error when called inside `work`: its blocks would be cleared while they are still in use
 */
export function calculate<T>(work: (workspace: Workspace) => T): T {
  refuseNesting();
  shared ??= new Workspace();
  isCalculating = true;
  try {
    return work(shared);
  } finally {
    isCalculating = false;
    shared.clear();
  }
}

/**
 * Makes a workspace that has done all its work the shared one. New memory would cost more time than
 * the calculations in it, since the system clears each page when it is first written.
 *
 * @throws Error when called inside the work of `calculate`
 */
export function recycle(workspace: Workspace): void {
  refuseNesting();
  workspace.clear();
  workspace.exports.restart();
  shared = workspace;
}

function refuseNesting(): void {
  if (isCalculating) throw new Error("the shared workspace is in use");
}

function refuse(): never {
  throw new Error("no file is being parsed");
}
