/**
 * A file in memory of which only the parts that were asked for have been read. Every part is at its
 * own file offset, so that a parser uses file offsets whether the file was read whole or in pieces.
 * The memory is reused from file to file: what no `need` covered may hold bytes of earlier files.
 *
 * @module
 */
import { FormatError, LimitError } from "../errors.ts";

/** Where the bytes of a file come from. */
export interface ImageSource {
  /** Fills `target` with bytes from `offset` on; less only where the file ends. */
  read(target: Uint8Array, offset: number): number;
  /** Bytes in the file. */
  size(): number;
}

/**
 * Bytes at the start that are read at once. Seven modules in ten are smaller: they take one read,
 * and their size is not asked for.
 */
const HEAD = 65536;

/**
 * Bytes in front of a part that are read with it: the section headers are asked for first, and
 * names and symbols lie right in front of them.
 */
const LEAD = 32768;

/** A file that is asked for in more parts than this is read whole. */
const MAX_RANGES = 16;

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

/** Bytes of the largest memory. */
const LARGEST = 2 ** 32;

/**
 * Bytes after the end that a parser may load, since it loads several at once, but must not depend
 * on.
 */
const MARGIN = 64;

/**
 * The file that is being parsed, in WebAssembly's memory from an address on. That memory grows
 * without moving, and takes from the system only what files have reached.
 */
export class Image {
  #start = 0;
  #bytes: Uint8Array = new Uint8Array();
  #source: ImageSource | undefined;
  /** Ranges read so far, but for the head: start and end in turn. */
  readonly #ranges: number[] = [];
  /** Bytes in the file. */
  size = 0;
  /** Bytes from its start that have been read. */
  head = 0;

  constructor(readonly memory: WebAssembly.Memory) {}

  /** The bytes of the file, by file offset, up to the end of the memory. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Sets the address of the next file.
   *
   * @throws LimitError when there is no memory for the beginning of one
   */
  moveTo(start: number): void {
    if (start !== this.#start) this.#bytes = new Uint8Array();
    this.#start = start;
    this.reserve(HEAD);
  }

  /**
   * Moves the file to a higher address. Returns false if it is there already.
   *
   * @throws LimitError when there is no memory for it there; then only `moveTo` may be called
   */
  shiftTo(start: number): boolean {
    if (start === this.#start) return false;
    const old = this.#start;
    this.#start = start;
    this.#bytes = new Uint8Array();
    this.reserve(this.size);
    new Uint8Array(this.memory.buffer).copyWithin(start, old, old + this.size);
    return true;
  }

  /** Most bytes that the memory can hold from the file's address on. */
  get most(): number {
    return LARGEST - this.#start - MARGIN;
  }

  /**
   * Makes sure that there is memory for `size` bytes.
   *
   * @throws LimitError when there is not
   */
  reserve(size: number): void {
    if (size + MARGIN <= this.#bytes.length) return;
    const missing = this.#start + size + MARGIN - this.memory.buffer.byteLength;
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE));
    this.#bytes = new Uint8Array(this.memory.buffer, this.#start);
  }

  #grow(pages: number): void {
    try {
      this.memory.grow(pages);
    } catch {
      throw new LimitError("it takes more memory than there is");
    }
  }

  /** Makes the first `size` bytes a file that has been read whole. */
  load(size: number): void {
    this.reserve(size);
    this.#source = undefined;
    this.size = this.head = size;
  }

  /**
   * Starts a new file, and reads its beginning.
   *
   * @param limit bytes that the file may have at most
   * @returns whether it keeps to the limit; if not, no other method may be called for it
   */
  open(source: ImageSource, limit: number): boolean {
    this.head = source.read(this.#bytes.subarray(0, HEAD), 0);
    this.size = this.head < HEAD ? this.head : source.size();
    if (this.size > limit) return false;
    this.reserve(this.size);
    this.#source = source;
    this.#ranges.length = 0;
    return true;
  }

  /**
   * Makes [offset, offset + length) readable.
   *
   * @throws FormatError when the range leaves the file
   */
  need(offset: number, length: number): void {
    const end = offset + length;
    if (end > this.size) throw new FormatError("range leaves the file", offset);
    if (length === 0 || this.#holds(offset, end)) return;
    if (this.#ranges.length >= MAX_RANGES * 2) {
      this.#read(0, this.size);
      this.head = this.size;
      return;
    }
    const start = Math.max(0, offset - LEAD);
    this.#read(start, end);
    this.#ranges.push(start, end);
  }

  #holds(start: number, end: number): boolean {
    if (end <= this.head) return true;
    for (let i = 0; i < this.#ranges.length; i += 2) {
      if (start >= this.#ranges[i]! && end <= this.#ranges[i + 1]!) return true;
    }
    return false;
  }

  #read(start: number, end: number): void {
    const count = this.#source?.read(this.#bytes.subarray(start, end), start);
    if (count !== end - start) throw new FormatError("the file became shorter", start);
  }
}
