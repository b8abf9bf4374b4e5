/**
 * The input of every renderer.
 *
 * @module
 */
import type { Message } from "../model.ts";

/** What a file is made from, and how. */
export type Input<Model> = Model & RenderContext;

/** How a file is rendered. */
export interface RenderContext {
  /** Warn of entries that an index holds already (-w). */
  readonly warnDuplicates: boolean;
  /** Takes the messages about the entries. */
  readonly messages: EntryMessage[];
}

/** A message about an entry. */
export interface EntryMessage extends Message {
  /** The number of the module that the entry is about, if the index has an order of modules. */
  readonly owner?: number;
}
