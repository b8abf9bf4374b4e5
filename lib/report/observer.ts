/**
 * What a run tells while it goes on, where somebody wants to know: for a report or a summary.
 *
 * @module
 */
import type { Contest } from "../discover/select.ts";
import type { Message, ModuleFiles, OutputFile, Plan } from "../model.ts";

/** The stages of the work on a tree, in order; a run need not have all of them. */
export const STAGES = [
  "prepare",
  "discover",
  "read",
  "resolve",
  "render",
  "publish",
  "check",
] as const;

/** A stage of the work on a tree. */
export type Stage = typeof STAGES[number];

/**
 * Watches a run.
 *
 * @internal
 */
export interface Reporter {
  /** Gives what watches the work on one tree. */
  readonly observe: (plan: Plan) => Observer;
  /** Called when all threads have been started, before anything that a module says is known. */
  readonly started: (threads: Threads) => void;
}

/** The threads of a run besides the main thread. */
export interface Threads {
  readonly readers: number;
  /**
   * The writer, if a report is to be written to a file: whoever takes it ends it. It may write into the
   * directory of the report.
   */
  readonly writer: ReportWriter | undefined;
}

/** What writes a report. */
export interface ReportWriter extends Disposable {
  /** Writes a file, whose memory is transferred. Gives the messages about that. */
  readonly save: (
    path: string,
    file: { readonly bytes: Uint8Array<ArrayBuffer>; readonly sync: boolean },
  ) => Promise<readonly Message[]>;
}

/** Watches the work on one tree. */
export interface Observer {
  /** Whether `describe` is to be called, even if nothing is to be done otherwise. */
  readonly wantsModules: boolean;
  /** A stage begins, and the one before it ends; without a stage, others than this tree have their turn. */
  readonly begin: (stage?: Stage) => void;
  /** A message has been reported. */
  readonly report: (message: Message) => void;
  /** The modules have been found. */
  readonly found: (modules: FoundModules) => void;
  /** It is known what the index files say of the modules. */
  readonly describe: (details: ModuleDetails) => void;
  /** The index files have been rendered. */
  readonly rendered: (files: readonly OutputFile[]) => void;
  /** The index files with these names have been replaced. */
  readonly replaced: (names: readonly string[]) => void;
  /** The work has ended, with this outcome. */
  readonly ended: (outcome: string) => void;
}

/** How many modules were found, and what happens to them. */
export interface FoundModules {
  readonly count: number;
  /** How many have to be read; the cache knows the others. */
  readonly wanted: number;
  readonly contests: readonly Contest[];
}

/** What a report tells of the modules. */
export interface ModuleDetails {
  readonly modules: ModuleFiles;
  /** By module: bytes in its file, or NaN. */
  readonly sizes: Float64Array;
  /** The numbers of the modules that were read: the cache knew the others. */
  readonly wanted: readonly number[];
  /** By name: the index files that are text. What they say of the modules is the rest. */
  readonly texts: ReadonlyMap<string, string>;
}
