/**
 * What every renderer is given.
 *
 * @module
 */
import { encodeStrings } from "../bytes/strings.ts";
import type { Message, Model, Strings } from "../model.ts";

/** The model, and what several files are made from. */
export interface RenderInput extends Model {
  /** Names of the modules. */
  readonly moduleNames: Strings;
  /** Paths of the modules as the files have them. */
  readonly indexPaths: Strings;
  /** Warn of entries that an index holds already (-w). */
  readonly warnDuplicates: boolean;
  /** Takes the messages, in the order in which files are rendered. */
  readonly messages: Message[];
}

/** Prepares a model for rendering. */
export function prepareInput(
  model: Model,
  { warnDuplicates }: { warnDuplicates: boolean },
): RenderInput {
  return {
    ...model,
    moduleNames: encodeStrings(model.modules.map(({ name }) => name)),
    indexPaths: encodeStrings(model.modules.map(({ indexPath }) => indexPath)),
    warnDuplicates,
    messages: [],
  };
}
