/**
 * A file in memory of which only the parts that were asked for have been read. Every part stands
 * at its own offset, so that a parser indexes file offsets whether the file was read whole or in
 * pieces. The buffer is reused from file to file; what no `need` covered may hold old bytes.
 *
 * @module
 */
import { FormatError } from "../errors.ts";

/** Reads `length` bytes of the current file at `offset` into `target`, or throws. */
export type Fill = (target: Uint8Array, offset: number) => void;

/** Parts of a file that are closer than this are read as one: a read costs about as much. */
const GAP = 16384;

/** The file that is being parsed. */
export class Image {
  #buffer: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #fill: Fill | undefined;
  /** The one range [start, end) read so far. */
  #start = 0;
  #end = 0;
  /** Bytes in the file. */
  size = 0;

  /** An image of bytes that are all in memory. */
  static of(bytes: Uint8Array): Image {
    const image = new Image();
    image.#setBuffer(bytes);
    image.#end = image.size = bytes.length;
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

  /** Starts a new file of `size` bytes, nothing of which has been read. */
  open(size: number, fill: Fill): void {
    if (size > this.#buffer.length) {
      this.#setBuffer(new Uint8Array(Math.max(size, this.#buffer.length * 2)));
    }
    this.#fill = fill;
    this.#start = this.#end = 0;
    this.size = size;
  }

  /**
   * Makes [offset, offset + length) readable.
   *
   * @throws FormatError when the range leaves the file
   */
  need(offset: number, length: number): void {
    const end = offset + length;
    if (end > this.size) throw new FormatError("range leaves the file", offset);
    if (length === 0 || (offset >= this.#start && end <= this.#end)) return;
    if (offset > this.#end + GAP || end + GAP < this.#start) {
      this.#read(offset, end);
      this.#start = offset;
      this.#end = end;
      return;
    }
    if (offset < this.#start) {
      this.#read(offset, this.#start);
      this.#start = offset;
    }
    if (end > this.#end) {
      this.#read(this.#end, end);
      this.#end = end;
    }
  }

  #read(start: number, end: number): void {
    this.#fill?.(this.#buffer.subarray(start, end), start);
  }

  #setBuffer(buffer: Uint8Array): void {
    this.#buffer = buffer;
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
}
