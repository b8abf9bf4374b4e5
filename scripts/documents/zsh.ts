/**
 * What the completion for zsh holds of the table of options.
 *
 * @module
 */
import type { OptionSpec } from "../../lib/cli/options.ts";
import { shownOptions, type Value, valueOf } from "./value.ts";

/** What completes each kind of value, after its name. */
const ACTIONS: Readonly<Record<Value["kind"], string>> = {
  directory: ":_files -/",
  below: ":->below",
  file: ":_files",
  other: ": ",
};

/** Words of `_arguments`: one or, with a letter, two of the same option for each option. */
export function renderZshSpecs(options: readonly OptionSpec[]): string {
  return shownOptions(options).map((option) => `    ${renderSpec(option)} \\`).join("\n");
}

function renderSpec(option: OptionSpec): string {
  const value = valueOf(option);
  const star = option.repeatable ? "*" : "";
  const equals = value === undefined ? "" : value.isOptional ? "=-" : "=";
  const long = `--${option.long}${equals}`;
  const rest = `[${escape(option.help!)}]${value === undefined ? "" : renderValue(value)}`;
  if (option.short === undefined) return quote(`${star}${long}${rest}`);
  const letter = `-${option.short}${equals === "=" ? "+" : ""}`;
  const before = star || `(-${option.short} --${option.long})`;
  return `${quote(before)}{${letter},${long}}${quote(rest)}`;
}

function renderValue({ name, kind, isOptional, words }: Value): string {
  const action = words.length > 0 ? `:(${words.join(" ")})` : ACTIONS[kind];
  return `${isOptional ? "::" : ":"}${name}${action}`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
