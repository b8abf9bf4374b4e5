/**
 * Reads module files: what they export and need, and their aliases and soft and weak
 * dependencies. This is where untrusted bytes are parsed; whatever is wrong with a file is noted
 * as a fault of that module and never ends the run.
 *
 * @module
 */
import { Image, type ImageSource } from "../bytes/image.ts";
import { decodeLatin1, hasControl, isPlainAscii, printable } from "../bytes/text.ts";
import {
  type Compression,
  findCompression,
  loadUnpack,
  type Unpack,
} from "../compress/compression.ts";
import { UnpackBuffer } from "../compress/unpack_buffer.ts";
import { type ElfFile, parseElf } from "../elf/file.ts";
import { type ModinfoKey, parseModinfo } from "../elf/modinfo.ts";
import { parseExports, parseNeeds, type SymbolSink } from "../elf/symbols.ts";
import { Versions } from "../elf/versions.ts";
import {
  CompressionError,
  FormatError,
  isNotGranted,
  isSystemError,
  LimitError,
  SizeError,
  systemReason,
} from "../errors.ts";
import { FactsBuilder } from "../facts/build.ts";
import type { Facts } from "../model.ts";

/** Fewer bytes than this are no module of any kind. */
const SMALLEST = 6;

/** Bytes of a dropped value that its message quotes. */
const LONGEST_SHOWN = 200;

/** What is read, and how much. */
export interface ExtractOptions {
  /** Bytes that a module may have at most. */
  readonly maxModuleSize: number;
  /** Whether CRCs of symbols and weak references are wanted. */
  readonly detailed: boolean;
}

/** Reads one file after another into the same buffers. */
export class Extractor {
  readonly #builder: FactsBuilder;
  readonly #sink: SymbolSink;
  readonly #file = new Image();
  readonly #unpacked = new Image();
  #output: UnpackBuffer | undefined; // addresses for the whole limit: not before they are needed
  readonly #unpackers = new Map<Compression, Unpack>();
  readonly #versions = new Versions();

  constructor(readonly options: ExtractOptions) {
    const builder = this.#builder = new FactsBuilder(options.detailed);
    this.#sink = {
      names: builder.names,
      addExport: (name, crcLow, crcHigh) => this.#addExport(name, crcLow, crcHigh),
      addNeed: (name, crcLow, crcHigh, weak) => builder.addNeed(name, crcLow, crcHigh, weak),
    };
  }

  /** Reads the modules at `paths`, and adds them to what was read before. */
  async read(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const compression = this.#load(path);
      if (compression !== undefined) await this.#unpack(compression);
      this.#builder.endModule();
    }
  }

  /** What all modules read say, in the order in which they were read. This ends the reading. */
  finish(): Facts {
    return this.#builder.finish();
  }

  /** Reads a file; a compressed one is only loaded, and its format returned: `#unpack` is next. */
  #load(path: string): Compression | undefined {
    let file: Deno.FsFile | undefined; // `using` would cost 2 µs, a twentieth of the time
    try {
      file = Deno.openSync(path);
      return this.#readOpen(new FileSource(file));
    } catch (error) {
      this.#note(error);
      return undefined;
    } finally {
      file?.close();
    }
  }

  #readOpen(source: FileSource): Compression | undefined {
    const { maxModuleSize } = this.options;
    if (!this.#file.open(source, maxModuleSize)) {
      throw new SizeError(`larger than ${maxModuleSize} bytes; see --max-module-size`);
    }
    if (this.#file.size < SMALLEST) throw new FormatError("too small for a module", 0);
    const compression = findCompression(this.#file.bytes);
    if (compression === undefined) this.#parse(this.#file);
    else this.#file.need(0, this.#file.size);
    return compression;
  }

  /** Unpacks the file loaded last, and reads the module in it. */
  async #unpack(compression: Compression): Promise<void> {
    try {
      const unpack = this.#unpackers.get(compression) ?? await loadUnpack(compression);
      this.#unpackers.set(compression, unpack);
      const output = this.#output ??= new UnpackBuffer(this.options.maxModuleSize);
      output.clear();
      await unpack(this.#file.bytes.subarray(0, this.#file.size), output);
      this.#unpacked.load(output.bytes, output.length);
      this.#parse(this.#unpacked);
    } catch (error) {
      this.#note(error);
    }
  }

  #parse(image: Image): void {
    const elf = parseElf(image);
    this.#sink.names.budget = image.size; // names that do not overlap cannot take more
    try {
      parseExports(elf, this.#sink);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#note(error); // the rest of the module counts
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
      this.#builder.dropNeeds();
      if (!(error instanceof FormatError)) throw error;
    }
  }

  #addExport(name: number, crcLow: number, crcHigh: number): void {
    const bytes = this.#builder.names.bytesOf(name);
    if (isPlainAscii(bytes)) this.#builder.addExport(name, crcLow, crcHigh);
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
    if (isFit) this.#builder.addString(key, bytes, { start, end });
    else this.#drop(key, bytes.subarray(start, end));
  }

  #drop(what: string, value: Uint8Array): void {
    const cut = value.length > LONGEST_SHOWN ? "…" : "";
    const shown = printable(decodeLatin1(value.subarray(0, LONGEST_SHOWN))) + cut;
    this.#builder.addFault("dropped", `${what} with characters that no index can hold: ${shown}`);
  }

  /** Notes what is wrong with the module; what is wrong with the program goes on its way. */
  #note(error: unknown): void {
    if (error instanceof SizeError) this.#builder.addFault("too large", error.message);
    else if (isRefusal(error)) this.#builder.addFault("refused", reasonOf(error));
    else if (isBadFile(error)) this.#builder.addFault("unreadable", reasonOf(error));
    else throw error;
  }
}

/** A limit, of ours or of the memory, or a permission. */
function isRefusal(error: unknown): boolean {
  return error instanceof LimitError || error instanceof RangeError ||
    error instanceof WebAssembly.RuntimeError || isNotGranted(error);
}

function isBadFile(error: unknown): boolean {
  return error instanceof FormatError || error instanceof CompressionError || isSystemError(error);
}

/** The words of strerror(3) for what went wrong, as the reference would report it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof FormatError)) return systemReason(error);
  return error.code === "ENOEXEC" ? "Exec format error" : "Invalid argument";
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
