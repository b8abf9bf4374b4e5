/**
 * What the main thread and the readers say to each other.
 *
 * @module
 */
import type { Facts } from "../model.ts";

/** To a reader: modules to read. */
export interface Batch {
  /** Its place among the batches. */
  readonly index: number;
  readonly paths: readonly string[];
  /** Bytes that a module may have at most. */
  readonly maxModuleSize: number;
}

/** From a reader: what they say. */
export interface BatchFacts {
  readonly index: number;
  readonly facts: Facts;
}
