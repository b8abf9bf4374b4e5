/**
 * What the main thread and the writer say to each other.
 *
 * @module
 */
import type { OutputFile } from "../model.ts";

/** To the writer: the files of a directory. */
export interface Edition {
  readonly directory: string;
  readonly files: readonly OutputFile[];
}

/** From the writer: that all files are in their places, or why they are not. */
export interface Outcome {
  readonly failure?: string;
}
