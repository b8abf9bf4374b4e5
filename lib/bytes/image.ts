/**
 * A file in memory of which only the parts that were asked for have been read. Every part stands
 * at its own offset, so that a parser indexes file offsets whether the file was read whole or in
 * pieces. The buffer is reused from file to file; what no `need` covered may hold old bytes.
 *
 * @module
 */
import { FormatError } from "../errors.ts";

/** Where the bytes of a file come from. */
export interface ImageSource {
  /** Fills `target` with bytes from `offset` on; less only where the file ends. */
  read(target: Uint8Array, offset: number): number;
  /** Bytes in the file. */
  size(): number;
}

/**
 * Bytes at the start that are read at once. Seven modules in ten are smaller: for them it is one
 * read and no question for the size.
 */
const HEAD = 65536;

/**
 * Bytes that are read before a part that is asked for: the section headers come first, and names
 * and symbols stand right before them.
 */
const BEHIND = 32768;

/** A file that is asked for in more parts than this is read whole. */
const MAX_RANGES = 16;

/** The file that is being parsed. */
export class Image {
  #buffer: Uint8Array = new Uint8Array(HEAD);
  #view: DataView = new DataView(this.#buffer.buffer);
  #source: ImageSource | undefined;
  /** Ranges read so far: start and end in turn. */
  readonly #ranges: number[] = [];
  /** Bytes in the file. */
  size = 0;

  /** An image of bytes that are all in memory. */
  static of(bytes: Uint8Array): Image {
    const image = new Image();
    image.load(bytes, bytes.length);
    return image;
  }

  /** The bytes of the file, by file offset. */
  get bytes(): Uint8Array {
    return this.#buffer;
  }

  /** The same bytes as numbers. */
  get view(): DataView {
    return this.#view;
  }

  /** Takes the first `size` of these bytes for a file that has been read. */
  load(bytes: Uint8Array, size: number): void {
    this.#setBuffer(bytes); // the same buffer may have another length by now
    this.#ranges.splice(0, Infinity, 0, size);
    this.#source = undefined;
    this.size = size;
  }

  /**
   * Starts a new file, of which the beginning is read.
   *
   * @param limit bytes that the file may have at most
   * @returns whether it keeps to the limit; if not, nothing else may be called
   */
  open(source: ImageSource, limit: number): boolean {
    const head = source.read(this.#buffer.subarray(0, HEAD), 0);
    this.size = head < HEAD ? head : source.size();
    if (this.size > limit) return false;
    if (this.size > this.#buffer.length) this.#grow(head);
    this.#source = source;
    this.#ranges.length = 0;
    this.#ranges.push(0, head);
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
    if (this.#holds(offset, end)) return;
    if (this.#ranges.length >= MAX_RANGES * 2) {
      this.#read(0, this.size);
      this.#ranges.splice(0, Infinity, 0, this.size);
      return;
    }
    const start = Math.max(0, offset - BEHIND);
    this.#read(start, end);
    this.#ranges.push(start, end);
  }

  #holds(start: number, end: number): boolean {
    if (start === end) return true;
    for (let i = 0; i < this.#ranges.length; i += 2) {
      if (start >= this.#ranges[i]! && end <= this.#ranges[i + 1]!) return true;
    }
    return false;
  }

  #read(start: number, end: number): void {
    const count = this.#source?.read(this.#buffer.subarray(start, end), start);
    if (count !== end - start) throw new FormatError("the file became shorter", start);
  }

  #grow(kept: number): void {
    const grown = new Uint8Array(Math.max(this.size, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, kept));
    this.#setBuffer(grown);
  }

  #setBuffer(buffer: Uint8Array): void {
    this.#buffer = buffer;
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
}
