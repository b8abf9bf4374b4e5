/**
 * What every renderer is given.
 *
 * @module
 */
import type { Message, Model } from "../model.ts";

/** The model, and how it is rendered. */
export interface RenderInput extends Model {
  /** Warn of entries that an index holds already (-w). */
  readonly warnDuplicates: boolean;
  /** Takes the messages, in the order in which files are rendered. */
  readonly messages: Message[];
}
