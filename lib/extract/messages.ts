/**
 * What the main thread and a reader say to each other: batches in turn, an answer to each, and in
 * the end all facts at once, so that a name is told once by each reader and not by each batch.
 *
 * @module
 */
import type { Facts } from "../model.ts";
import type { ExtractOptions } from "./extract.ts";

/** To a reader: modules to read, or, without any, the wish for the facts. */
export interface Batch {
  readonly paths: readonly string[];
  readonly options: ExtractOptions;
}

/** From a reader: that a batch is done, or the facts of all, in the order of its batches. */
export interface Reply {
  readonly facts?: Facts;
}
