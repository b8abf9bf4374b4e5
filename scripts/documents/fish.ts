/**
 * What the completion for fish holds of the table of options.
 *
 * @module
 */
import type { OptionSpec } from "../../lib/cli/options.ts";
import { shownOptions, type Value, valueOf } from "./value.ts";

/** What completes each kind of value. */
const ACTIONS: Readonly<Record<Value["kind"], string>> = {
  directory: "-x -a '(__depmod_directory)'",
  below: "-x -a '(__depmod_below)'",
  file: "-r -F",
  other: "-x",
};

/** Words of `argparse`: every option of the table, and whether it takes a value. A bare `?` is a pattern. */
export function renderFishSpecs(options: readonly OptionSpec[]): string {
  return options.map((option) => {
    const value = valueOf(option);
    const letter = option.short === undefined ? "" : `${option.short}/`;
    const suffix = value === undefined ? "" : value.isOptional ? "'=?'" : "=";
    return `    ${letter}${option.long}${suffix}`;
  }).join(" \\\n");
}

/** A `complete` for each option that the help text has. */
export function renderFishOptions(options: readonly OptionSpec[]): string {
  return shownOptions(options).map((option) => {
    const value = valueOf(option);
    return [
      "complete -c depmod",
      ...(option.short === undefined ? [] : [`-s ${option.short}`]),
      `-l ${option.long}`,
      ...(value === undefined ? [] : [renderValue(value)]),
      `-d ${quote(option.help!)}`,
    ].join(" ");
  }).join("\n");
}

/** Without -r or -x, fish takes a value to be optional. */
function renderValue({ kind, isOptional, words }: Value): string {
  const action = words.length > 0 ? `-x -a ${quote(words.join(" "))}` : ACTIONS[kind];
  return isOptional ? action.replace(/^-[rx] ?/, "") : action;
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
