/**
 * All messages between the threads. `kind` says what a message is.
 *
 *     main     reader                         main     writer
 *       ◄── ready                               ◄── ready
 *       discover ──►                            publish ──►
 *       ◄── progress … discovered … done        ◄── published
 *       recall ──►, ◄── recalled or forgotten   keep ──►, ◄── kept
 *       read ──►, ◄── done, again and again
 *       finish ──►, ◄── facts
 *       render ──►, ◄── rendered
 *       findNewest ──►, ◄── newest              touch ──►, ◄── touched
 *                                               save ──►, ◄── kept
 *       check or compare ──►, ◄── checked or compared
 *
 * Only one reader discovers, renders, and reads the cache; all of them read modules. `recall` and
 * `keep` are about the cache; `findNewest` and `touch` come only after a run that changed nothing;
 * `save` is about the report; `check` only with --check, and `compare` at the end of a run with --check=full.
 * The facts are sent once, at the end, and not with each batch, so that a reader sends a symbol's
 * name only once. Instead of any other answer, a thread may send `failed`.
 *
 * Messages to a thread are numbered, and an answer has the number of the message to which it belongs:
 * several questions may be open at once. The thread takes one after the other; to `discover` it gives
 * several answers, of which `done` is the last if there is a first batch.
 *
 * @module
 */
import type { CachePlace, Recollection } from "../cache/cache.ts";
import type { CheckedSet } from "../check/check_set.ts";
import type { Findings } from "../check/findings.ts";
import type { Discovery, Search } from "../discover/discover.ts";
import type { Failure } from "../errors.ts";
import type { BuiltinFiles, Facts, Message, OutputFile, StringFacts, Strings } from "../model.ts";
import type { Published } from "../publish/publish.ts";
import type { ReadOptions } from "../read/extract.ts";
import type { Locations } from "../read/merge.ts";
import type { RenderedFile, RenderOptions } from "../render/files.ts";
import type { ReaderLimits } from "./batches.ts";
import type { Counter } from "./watch.ts";

/** A message with its number, or an answer with that of the question; `ready` has 0. */
export type Numbered<Message> = Message & { readonly number: number };

/** From the main thread to a reader. */
export type ToReader =
  | {
    readonly kind: "discover";
    readonly search: Search;
    /** The reader sends `progress` each time its files cost this many more milliseconds. */
    readonly step: number;
    /** Changes with each file that the reader looks at. */
    readonly counter: Counter;
    /** How the reader then reads a first batch of the modules without being asked, if it does. */
    readonly first: FirstReading | undefined;
  }
  | { readonly kind: "read"; readonly paths: Strings } & Reading
  | { readonly kind: "recall"; readonly place: CachePlace; readonly needsFacts: boolean }
  | { readonly kind: "finish" }
  | {
    readonly kind: "render";
    /** The strings that each reader found. */
    readonly parts: readonly StringFacts[];
    readonly locations: Locations;
    /** Names of the modules. */
    readonly names: Strings;
    readonly builtin: BuiltinFiles;
    readonly options: RenderOptions;
    /** Whether the strings of all modules are wanted too, as bytes of the cache. */
    readonly encode: boolean;
  }
  | { readonly kind: "findNewest"; readonly search: Search }
  /** Check the index files in a directory. */
  | { readonly kind: "check"; readonly directory: string; readonly builtin: BuiltinFiles }
  /** Compare the index files in a directory with these. */
  | { readonly kind: "compare"; readonly directory: string; readonly files: readonly OutputFile[] };

/** How modules are read. */
export interface Reading {
  readonly options: ReadOptions;
  /** The reader adds 1 when it begins a module. */
  readonly counter: Counter;
}

/** How a reader reads a first batch of the modules that it has found. */
export interface FirstReading extends Reading {
  /** How many readers there may be: that decides how many modules are in the batch. */
  readonly readers: ReaderLimits;
}

/** From a reader to the main thread. */
export type FromReader =
  /** The reader's code is loaded: it no longer needs the main thread's permissions. */
  | { readonly kind: "ready" }
  /** Estimated milliseconds to read the files found so far. */
  | { readonly kind: "progress"; readonly cost: number }
  /** The reader goes on to read the modules with the numbers in `batch`, if there are any. */
  | {
    readonly kind: "discovered";
    readonly discovery: Discovery;
    readonly batch: readonly number[];
  }
  | { readonly kind: "recalled"; readonly recollection: Recollection }
  /** The cache cannot be used. */
  | { readonly kind: "forgotten"; readonly problem: string }
  /** A batch has been read: that of `read`, or of `discovered`. */
  | { readonly kind: "done" }
  /** What the modules say that this reader has read, in the order of its batches. */
  | {
    readonly kind: "facts";
    readonly facts: Facts;
    readonly keys: Float64Array;
    readonly sizes: Float64Array | undefined;
  }
  | {
    readonly kind: "rendered";
    readonly files: readonly RenderedFile[];
    readonly strings: Uint8Array<ArrayBuffer> | undefined;
  }
  /** When the newest module was changed, in whole seconds. */
  | { readonly kind: "newest"; readonly second: number }
  | { readonly kind: "checked"; readonly checked: CheckedSet }
  | { readonly kind: "compared"; readonly findings: readonly Findings[] }
  | Failed;

/** From the main thread to the writer. */
export type ToWriter =
  | {
    readonly kind: "publish";
    readonly directory: string;
    readonly files: readonly OutputFile[];
    readonly sync: boolean;
    /** The first number is not 0 as soon as the writer has to stop. */
    readonly stop: Int32Array;
  }
  | {
    readonly kind: "keep";
    readonly path: string;
    readonly bytes: Uint8Array;
    readonly sync: boolean;
  }
  | { readonly kind: "touch"; readonly directory: string }
  /** Write a report; answered by `kept`, as the cache is. */
  | {
    readonly kind: "save";
    readonly path: string;
    readonly bytes: Uint8Array;
    readonly sync: boolean;
  };

/** From the writer to the main thread. */
export type FromWriter =
  | { readonly kind: "ready" }
  | { readonly kind: "published"; readonly published: Published }
  | { readonly kind: "kept"; readonly messages: readonly Message[] }
  | { readonly kind: "touched" }
  | Failed;

/** The run cannot go on. */
export interface Failed {
  readonly kind: "failed";
  readonly failure: Failure;
}
