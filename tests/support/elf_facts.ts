/**
 * What lib/elf reads from a module's bytes, as plain values that a test can compare.
 *
 * @module
 */
import { Image, type ImageSource } from "../../lib/bytes/image.ts";
import { Interner } from "../../lib/bytes/interner.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import { parseElf } from "../../lib/elf/file.ts";
import { parseModinfo } from "../../lib/elf/modinfo.ts";
import { parseExports, parseNeeds, type SymbolSink } from "../../lib/elf/symbols.ts";
import { Versions } from "../../lib/elf/versions.ts";

/** An exported symbol. */
export interface FoundExport {
  readonly name: string;
  readonly crc: bigint;
}

/** A needed symbol. */
export interface FoundNeed extends FoundExport {
  readonly weak: boolean;
}

/** Keeps symbols as plain values. */
export class SymbolList implements SymbolSink {
  readonly names = new Interner();
  readonly exports: FoundExport[] = [];
  readonly needs: FoundNeed[] = [];

  /** Notes an export. */
  addExport(name: number, crcLow: number, crcHigh: number): void {
    this.exports.push({ name: this.#textOf(name), crc: crcValue(crcLow, crcHigh) });
  }

  /** Notes a need. */
  addNeed(name: number, crcLow: number, crcHigh: number, weak: number): void {
    const crc = crcValue(crcLow, crcHigh);
    this.needs.push({ name: this.#textOf(name), crc, weak: weak === 1 });
  }

  #textOf(name: number): string {
    return decodeLatin1(this.names.bytesOf(name));
  }
}

/** A file that is read in parts, into a buffer that is full of an earlier file's bytes. */
export class PartialFile implements ImageSource {
  /** Reads so far. */
  reads = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** An image of the file. */
  open(): Image {
    const image = new Image();
    const earlier = new PartialFile(new Uint8Array(this.bytes.length).fill(0x5f));
    image.open(earlier, Infinity);
    image.need(0, this.bytes.length);
    image.open(this, Infinity);
    return image;
  }

  /** Fills `target` with bytes from `offset` on. */
  read(target: Uint8Array, offset: number): number {
    this.reads++;
    const part = this.bytes.subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }

  /** Bytes in the file. */
  size(): number {
    return this.bytes.length;
  }
}

/** What `parseExports` finds. */
export function exportsOf(module: Uint8Array): FoundExport[] {
  const list = new SymbolList();
  parseExports(parseElf(Image.of(module)), list);
  return list.exports;
}

/** What `parseNeeds` finds. */
export function needsOf(module: Uint8Array): FoundNeed[] {
  const list = new SymbolList();
  parseNeeds(parseElf(Image.of(module)), list, new Versions());
  return list.needs;
}

/** What `parseModinfo` finds, as `key=value`. */
export function modinfoOf(module: Uint8Array): string[] {
  const found: string[] = [];
  parseModinfo(parseElf(Image.of(module)), (key, { start, end }) => {
    found.push(`${key}=${decodeLatin1(module.subarray(start, end))}`);
  });
  return found;
}

function crcValue(low: number, high: number): bigint {
  return BigInt(high) << 32n | BigInt(low);
}
