/**
 * The types that the stages hand to each other: discover → read → resolve → render → publish.
 *
 * @module
 */
import type { Code } from "./codes.ts";

/**
 * A list of byte strings: string i is `bytes[offsets[i] .. offsets[i + 1])`, so there is one
 * offset more than strings.
 */
export interface Strings {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
}

/** How severe a message is, by the names of syslog(3); `output` is not a message but stdout. */
export type Level = "output" | "fatal" | "error" | "warning" | "notice" | "info" | "debug";

/** One line for the user; the program's name and the level are put before it when it is shown. */
export interface Message {
  /** How severe it is. */
  readonly level: Level;
  /** What kind of message it is. */
  readonly code: Code;
  /** The message itself, without a newline at its end. */
  readonly text: string;
  /** The path of the module that it is about, as the index files have it; absent for most kinds. */
  readonly module?: string;
  /** Something is left out of the index files: the run goes on, but ends with exit status 2. */
  readonly fails?: boolean;
}

/**
 * The time, in milliseconds since 1970, that `modules.dep` has while it may not fit the other index
 * files, since a run was killed. Whole images are at times given the time 0, but not this one.
 */
export const INTERRUPTED = 123;

/** How far the reading of modules is. */
export interface Progress {
  /** Estimated milliseconds for all of them. */
  readonly total: number;
  /** Estimated milliseconds for those that have not been read yet. */
  readonly left: number;
  /** Name of the module that was begun last; undefined if none is being read. */
  readonly module: string | undefined;
}

/** Takes each message as soon as it arises. */
export type Report = (message: Message) => void;

/** A run: all that the command line decided. */
export interface Plan {
  /** Kernel version. */
  readonly version: string;
  /** The tree: `<basedir>/<moduledir>/<version>`. */
  readonly directory: string;
  /** `<basedir>`: no link below it must lead out of it. */
  readonly root: string;
  /** `<basedir>/<moduledir>`: the trees of all versions. */
  readonly moduleDirectory: string;
  /** Where the index files go: `<outdir or basedir>/<moduledir>/<version>`. */
  readonly outputDirectory: string;
  /** `<outdir or basedir>`: no link must lead the output directory out of it. */
  readonly outputRoot: string;
  /** Further directories that may be read (--allow-read): links may lead there. */
  readonly allowRead: readonly string[];
  /** Configuration files or directories (-C); if empty, the usual directories are used. */
  readonly configPaths: readonly string[];
  /** Module files to read instead of the tree's. */
  readonly files: readonly string[];
  /** The kernel's own symbols (-E, -F). */
  readonly kernelSymbols:
    | { readonly format: "Module.symvers" | "System.map"; readonly path: string }
    | undefined;
  /** Do nothing if no module is newer than `modules.dep` (-A). */
  readonly quick: boolean;
  /** Where is kept what is read of modules (--cache), if it is. */
  readonly cachePath: string | undefined;
  /** Where a report goes, an absolute path or `-` for stdout, if one is wanted (--report). */
  readonly report: string | undefined;
  /** Most seconds to wait for a run that holds the lock, or Infinity (--lock-wait). */
  readonly lockWait: number;
  /** Wait until the files are on the disk (unless --no-sync). */
  readonly sync: boolean;
  /** Write the text files to stdout instead (-n). */
  readonly show: boolean;
  /**
   * Tell whether the index files are up to date: by names, times and what they say to each other
   * or, with `full`, by all that a run would write (--check).
   */
  readonly check: "quick" | "full" | undefined;
  /** Tell what is known by this name (--explain). */
  readonly explain: string | undefined;
  /** Write the index files: with neither -n, --check nor --explain. */
  readonly writes: boolean;
  /** Warn of needed symbols that nobody defines (-e). */
  readonly reportUnknown: boolean;
  /** With `reportUnknown`, warn of CRCs that differ (-E). */
  readonly checkVersions: boolean;
  /** One character to drop from the start of symbol names (-P). */
  readonly prefix: string | undefined;
  /** Warn of entries that an index holds already (-w). */
  readonly warnDuplicates: boolean;
  /** Show each dependency on stdout (-v). */
  readonly showDependencies: boolean;
  /** An unreadable module, or with -e an unknown symbol, counts as something left out. */
  readonly strict: boolean;
  /** Bytes that a module may have at most. */
  readonly maxModuleSize: number;
  /** Seconds that reading a module may take. */
  readonly moduleTimeout: number;
  /** Fewest and most threads that read modules; the number between these depends on the work. */
  readonly readers: { readonly fewest: number; readonly most: number };
}

/** The module files, as found by their names alone, in columns. */
export interface ModuleFiles {
  /** Paths by which they are opened, from the root, in UTF-8. */
  readonly paths: Strings;
  /** Base names up to the first dot, `-` made `_`. */
  readonly names: Strings;
  /** Paths as the index files have them: relative to the tree, else absolute. */
  readonly indexPaths: Strings;
}

/**
 * What the module files say, in columns. Module i is the i-th that one reader read or, after
 * merging, the i-th of all. A list of module i runs from `starts[i]` to `starts[i + 1]`; symbols
 * are numbers of `names`; a CRC of 64 bits is two halves. The columns of CRCs and weak references
 * are empty unless they were asked for.
 */
export interface Facts extends SymbolFacts, StringFacts {
  /** What could not be read or had to be dropped, in file order. */
  readonly faults: readonly Fault[];
}

/** The symbols that modules export and need. */
export interface SymbolFacts {
  /** Distinct symbol names. */
  readonly names: Strings;
  readonly exportStarts: Uint32Array;
  readonly exportNames: Uint32Array;
  readonly exportCrcLow: Uint32Array;
  readonly exportCrcHigh: Uint32Array;
  readonly needStarts: Uint32Array;
  readonly needNames: Uint32Array;
  readonly needCrcLow: Uint32Array;
  readonly needCrcHigh: Uint32Array;
  /** 1 for a weak reference. */
  readonly needWeak: Uint32Array;
}

/** The strings in which modules say what they are for, and which other modules they go with. */
export interface StringFacts {
  readonly alias: ModuleStrings;
  readonly softdep: ModuleStrings;
  readonly weakdep: ModuleStrings;
}

/** Strings of each module, in file order. */
export interface ModuleStrings {
  readonly starts: Uint32Array;
  readonly values: Strings;
}

/** A symbol that the kernel itself defines. */
export interface KernelSymbol {
  readonly name: string;
  readonly crc: { readonly low: number; readonly high: number };
}

/** What is wrong with one module. */
export interface Fault {
  /** The module's index. */
  readonly module: number;
  /**
   * `unreadable`: the file cannot be opened or is no module. `dropped`: one of its values cannot be
   * written to an index file. `too large`: the file passes the size limit. `refused`: it passes
   * another limit, or memory or a permission is missing.
   */
  readonly kind: "unreadable" | "dropped" | "too large" | "refused";
  /** For `unreadable` the system's words for the error, else a sentence. */
  readonly reason: string;
  /** The file may be readable the next time, though it has not changed. */
  readonly passing?: true;
}

/** The files that list what is built into the kernel. */
export interface BuiltinFiles {
  /** `modules.builtin`, or the message that there is none. */
  readonly builtin: Uint8Array | Message;
  /** `modules.builtin.modinfo`, or the message that there is none. */
  readonly builtinModinfo: Uint8Array | Message;
}

/** What the files are rendered from that are made of strings alone. */
export interface StringModel extends StringFacts, BuiltinFiles {
  /**
   * Names of the modules in the order in which the index files list them; a module's number is its
   * priority in an index.
   */
  readonly names: Strings;
}

/** What the other files are rendered from. A module's number is its index in `modules`. */
export interface Model {
  /** In the order in which the index files list them; the number is the priority in an index. */
  readonly modules: ModuleFiles;
  /** All that module i depends on, directly or not, in the order to be written. */
  readonly dependencies: { readonly starts: Uint32Array; readonly modules: Uint32Array };
  /** Exported symbols in the order to be written, each with the module that owns it. */
  readonly symbols: { readonly names: Strings; readonly owners: Uint32Array };
}

/** One of the eleven files, complete. */
export interface OutputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
