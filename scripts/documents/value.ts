/**
 * What kind of value an option takes, as its argument is named in the table of options.
 *
 * @module
 */
import type { OptionSpec } from "../../lib/cli/options.ts";

/**
 * How a value is completed: as a directory, as a directory below the base directory, as a file, or
 * not at all.
 */
export type Kind = "directory" | "below" | "file" | "other";

/** The kind of each name of arguments. */
const KINDS: Readonly<Record<string, Kind>> = {
  DIR: "directory",
  FILE: "file",
  PATH: "file",
  BYTES: "other",
  CHAR: "other",
  N: "other",
  NAME: "other",
  SECONDS: "other",
};

/** The value that an option takes. */
export interface Value {
  /** How the help text names it. */
  readonly name: string;
  readonly kind: Kind;
  /** It may be left out: it is given after `=`, or not at all. */
  readonly isOptional: boolean;
  /** The words that it may be; of the kind `other`. */
  readonly words: readonly string[];
}

/**
 * The value that an option takes, if it takes one. The name of its argument is one of KINDS, or
 * words in small letters with `|` between them that stand for themselves.
 *
 * @throws Error for another name
 */
export function valueOf({ long, argument, optional }: OptionSpec): Value | undefined {
  if (argument === undefined) return undefined;
  const words = /^[a-z][a-z|-]*$/.test(argument) ? argument.split("|") : [];
  const kind = words.length > 0 ? "other" : long === "moduledir" ? "below" : KINDS[argument];
  if (kind === undefined) throw new Error(`--${long}: no kind is known of the value ${argument}`);
  return { name: argument, kind, isOptional: optional ?? false, words };
}

/** The options that the help text has. */
export function shownOptions(options: readonly OptionSpec[]): OptionSpec[] {
  return options.filter(({ help }) => help !== undefined);
}
