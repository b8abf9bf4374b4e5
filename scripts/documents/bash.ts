/**
 * What the completion for bash holds of the table of options.
 *
 * @module
 */
import type { OptionSpec } from "../../lib/cli/options.ts";
import { shownOptions, valueOf } from "./value.ts";

/** A line of a `case` for each option that takes a value: its names, and the kind of value. */
export function renderBashKinds(options: readonly OptionSpec[]): string {
  return options.flatMap((option) => {
    const value = valueOf(option);
    if (value === undefined) return [];
    const kind = value.words.length > 0 ? `words ${value.words.join(" ")}` : value.kind;
    return `    ${patternOf(option)}) kind='${kind}' ;;`;
  }).join("\n");
}

/** `--name=` stands for a value in the same word, which may alone be optional. */
function patternOf(option: OptionSpec): string {
  const attached = `--${option.long}=`;
  if (valueOf(option)!.isOptional) return attached;
  const letter = option.short === undefined ? [] : [`-${option.short}`];
  return [...letter, `--${option.long}`, attached].join(" | ");
}

/** The names of all options, those with `=` that take a value after it. */
export function renderBashNames(options: readonly OptionSpec[]): string {
  return shownOptions(options).flatMap((option) => {
    const value = valueOf(option);
    const letter = option.short === undefined ? [] : [`-${option.short}`];
    return [...letter, `--${option.long}${value === undefined || value.isOptional ? "" : "="}`];
  }).map((name) => `    ${name}`).join("\n");
}
