/**
 * Reads module files: what they export and need, and their aliases and soft and weak
 * dependencies. This is where untrusted bytes are parsed; whatever is wrong with a file is noted
 * as a fault of that module and never ends the run.
 *
 * @module
 */
import { Image, type ImageSource } from "../bytes/image.ts";
import { decodeLatin1, hasControl, isPlainAscii, printable } from "../bytes/text.ts";
import { type ElfFile, parseElf } from "../elf/file.ts";
import { type ModinfoKey, parseModinfo } from "../elf/modinfo.ts";
import { parseExports, parseNeeds, type SymbolSink } from "../elf/symbols.ts";
import { Versions } from "../elf/versions.ts";
import { FormatError, systemReason } from "../errors.ts";
import { FactsBuilder } from "../facts/build.ts";
import type { Facts } from "../model.ts";

/** A kernel module in a compressed file begins with one of these. */
const COMPRESSED = [
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], // xz
  [0x1f, 0x8b], // gzip
];

/** Fewer bytes than this are no module of any kind. */
const SMALLEST = 6;

/** Limits for what is read. */
export interface ExtractOptions {
  /** Bytes that a module may have at most. */
  readonly maxModuleSize: number;
}

/** Reads the modules at `paths`; module i of the facts is the i-th path. */
export function extractFacts(paths: readonly string[], options: ExtractOptions): Facts {
  const extractor = new Extractor(options);
  for (const path of paths) extractor.extract(path);
  return extractor.builder.finish();
}

/** Reads one file after another into the same buffers. */
class Extractor {
  readonly builder = new FactsBuilder();
  readonly #image = new Image();
  readonly #versions = new Versions();
  readonly #sink: SymbolSink;

  constructor(readonly options: ExtractOptions) {
    const { builder } = this;
    this.#sink = {
      names: builder.names,
      addExport: (name, crcLow, crcHigh) => this.#addExport(name, crcLow, crcHigh),
      addNeed: (name, crcLow, crcHigh, weak) => builder.addNeed(name, crcLow, crcHigh, weak),
    };
  }

  extract(path: string): void {
    try {
      using file = Deno.openSync(path);
      const { maxModuleSize } = this.options;
      if (this.#image.open(new FileSource(file), maxModuleSize)) this.#parse();
      else this.builder.addFault("refused", `larger than ${maxModuleSize} bytes`);
    } catch (error) {
      this.#note(error);
    }
    this.builder.endModule();
  }

  #parse(): void {
    if (this.#image.size < SMALLEST) throw new FormatError("too small for a module", 0);
    if (isCompressed(this.#image.bytes)) {
      throw new FormatError("compressed", 0, "ENOSYS");
    }
    const elf = parseElf(this.#image);
    try {
      parseExports(elf, this.#sink);
    } catch (error) {
      this.#note(error);
    }
    this.#parseNeeds(elf);
    parseModinfo(elf, (key, { start, end }) => {
      this.#addString(key, elf.image.bytes, { start, end });
    });
  }

  /** A module whose symbol table cannot be used needs nothing; the reference says nothing. */
  #parseNeeds(elf: ElfFile): void {
    try {
      parseNeeds(elf, this.#sink, this.#versions);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.builder.dropNeeds();
    }
  }

  #addExport(name: number, crcLow: number, crcHigh: number): void {
    const bytes = this.builder.names.bytesOf(name);
    if (isPlainAscii(bytes)) this.builder.addExport(name, crcLow, crcHigh);
    else this.#drop("symbol", bytes);
  }

  /** Aliases become keys of an index, which are ASCII; the other lists are text only. */
  #addString(
    key: ModinfoKey,
    bytes: Uint8Array,
    { start, end }: { start: number; end: number },
  ): void {
    const isFit = key === "alias"
      ? isPlainAscii(bytes, start, end)
      : !hasControl(bytes, start, end);
    if (isFit) this.builder.addString(key, bytes, { start, end });
    else this.#drop(key, bytes.subarray(start, end));
  }

  #drop(what: string, value: Uint8Array): void {
    const shown = printable(decodeLatin1(value));
    this.builder.addFault("dropped", `${what} with characters that no index can hold: ${shown}`);
  }

  #note(error: unknown): void {
    this.builder.addFault("unreadable", reasonOf(error));
  }
}

/** The words of strerror(3) for what went wrong, as the reference would report it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof FormatError)) return systemReason(error);
  switch (error.code) {
    case "ENOEXEC":
      return "Exec format error";
    case "ENOSYS":
      return "Function not implemented";
    case "EINVAL":
      return "Invalid argument";
  }
}

function isCompressed(bytes: Uint8Array): boolean {
  return COMPRESSED.some((magic) => magic.every((byte, i) => bytes[i] === byte));
}

/** An open file. Reads in sequence need no seek. */
class FileSource implements ImageSource {
  #position = 0;

  constructor(readonly file: Deno.FsFile) {}

  read(target: Uint8Array, offset: number): number {
    if (offset !== this.#position) this.file.seekSync(offset, Deno.SeekMode.Start);
    const length = this.file.readSync(target) ?? 0; // a regular file is read short at its end only
    this.#position = offset + length;
    return length;
  }

  size(): number {
    return this.#position = this.file.seekSync(0, Deno.SeekMode.End);
  }
}
