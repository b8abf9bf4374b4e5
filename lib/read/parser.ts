/**
 * The parser of module files: from the image of a file to the columns of facts. The parser itself
 * is WebAssembly code, with the file and the facts in its memory; see wasm/assembly/file.ts,
 * symbols.ts, versions.ts and modinfo.ts for what is read.
 *
 * @module
 */
import { Image } from "./image.ts";
import { ALIAS, EXPORT, SOFTDEP, WEAKDEP } from "../wasm/assembly/codes.ts";
import { Workspace } from "../wasm/workspace.ts";

/** What a parser tells of while it parses a module. */
export interface ParserEvents {
  /**
   * A value that no index can hold.
   *
   * @param what an alias, softdep, weakdep or symbol
   * @param read returns its first bytes, at most `most` of them
   */
  readonly drop: (what: string, read: (most: number) => Uint8Array) => void;
  /** A piece of work that takes milliseconds is done. May throw, which ends the parsing. */
  readonly tick: () => void;
  /** The module would add more to the index files than it may; told once for a module. */
  readonly exceed: () => void;
}

const DROPPED: Readonly<Record<number, string>> = {
  [ALIAS]: "alias",
  [SOFTDEP]: "softdep",
  [WEAKDEP]: "weakdep",
  [EXPORT]: "symbol",
};

/**
 * Parses file after file. The methods that parse throw FormatError when the file is broken,
 * LimitError when it passes a limit (SpaceError: that of the memory for facts), and what reading a
 * part of the file throws.
 */
export class Parser {
  /** The file. */
  readonly image: Image;
  /** Holds the facts of all modules closed so far, in columns. */
  readonly workspace: Workspace;
  readonly #exports: Workspace["exports"];

  /**
   * @param options.detailed whether CRCs and weak references are kept, which make up four fifths of
   * most facts
   * @param options.quota bytes that each module may add to the index files
   */
  constructor(
    { detailed, quota }: { detailed: boolean; quota: number },
    { drop, tick, exceed }: ParserEvents,
  ) {
    this.workspace = new Workspace({
      need: (offset, length) => this.image.need(offset >>> 0, length >>> 0),
      drop: (list, start, end) =>
        drop(DROPPED[list]!, (most) => {
          return this.workspace.bytes(start, Math.min(most, (end - start) >>> 0));
        }),
      tick,
      exceed,
    });
    this.#exports = this.workspace.exports;
    this.#exports.startFacts(detailed);
    this.#exports.setQuota(quota);
    this.image = new Image(this.#exports.memory);
  }

  /**
   * Begins a module whose name has `nameSize` bytes and whose file is to be put into the image.
   *
   * @throws LimitError when there is no memory for another module; then nothing may follow
   */
  begin(nameSize: number): void {
    this.image.moveTo(this.#exports.placeModule(nameSize) >>> 0);
  }

  /** Reads the header and finds the sections of interest. */
  parseFile(): void {
    this.#exports.parseFile(this.image.size, this.image.head);
  }

  /**
   * Adds every `__crc_NAME` of the symbol table as an export of NAME. Where there is none, or the
   * table cannot be used, the names in `__ksymtab_strings` are the exports, with CRC 0.
   */
  parseExports(): void {
    this.#exports.parseExports();
  }

  /**
   * Adds every undefined symbol, in table order, with its CRC from `__versions`, then every record
   * of `__versions` not met that way. If it throws, `dropNeeds` takes back what was added.
   */
  parseNeeds(): void {
    this.#exports.parseNeeds();
  }

  /** Takes back the needs of the module. */
  dropNeeds(): void {
    this.#exports.dropNeeds();
  }

  /** Takes back all facts of the module. */
  dropModule(): void {
    this.#exports.dropModule();
  }

  /**
   * After a SpaceError and `dropModule`: makes more space for facts; returns false if there is
   * none.
   */
  enlarge(): boolean {
    return this.image.shiftTo(this.#exports.enlargeSpace() >>> 0);
  }

  /** Adds the aliases and soft and weak dependencies of `.modinfo`, in file order. */
  parseModinfo(): void {
    this.#exports.parseModinfo();
  }

  /** Closes the module. */
  endModule(): void {
    this.#exports.endModule();
  }
}
