/**
 * The options of the manual page, in the macros of man(7), from the table of options and from
 * details.ts.
 *
 * @module
 */
import type { OptionSpec } from "../../lib/cli/options.ts";
import { DETAILS } from "./details.ts";
import { shownOptions, valueOf } from "./value.ts";

/** A paragraph for each option of the help text. */
export function renderManOptions(options: readonly OptionSpec[]): string {
  return shownOptions(options).map((option) => {
    const { name } = valueOf(option) ?? {};
    const help = `${option.help!.replace(/^[a-z]+(?=[ ;])/, capitalise)}.`;
    const more = DETAILS[option.long!] ?? [];
    return [".TP", renderTag(option), ...[help, ...more].map((line) => markUp(line, name))]
      .join("\n");
  }).join("\n");
}

/** The options that the help text does not have, as in `-q` (`--quiet`). */
export function renderOldOptions(options: readonly OptionSpec[]): string {
  return options.filter(({ help }) => help === undefined).map(({ short, long }) => {
    return markUp(short === undefined ? `--${long}` : `-${short} (--${long})`);
  }).join(",\n");
}

function renderTag(option: OptionSpec): string {
  const value = valueOf(option);
  const letter = option.short === undefined ? "" : `${markUp(`-${option.short}`)}, `;
  const text = value === undefined
    ? ""
    : `=${value.words.length > 0 ? markWords(value.name) : `\\fI${value.name}\\fR`}`;
  return `${letter}${markUp(`--${option.long}`)}${value?.isOptional ? `[${text}]` : text}`;
}

/** Words that stand for themselves. */
function markWords(name: string): string {
  return `\\fB${name.replaceAll("-", "\\-")}\\fR`;
}

/**
 * A line of text as roff has it: options bold, and the name of an option's argument italic.
 *
 * @param argument that name
 */
export function markUp(text: string, argument?: string): string {
  const escaped = text.replaceAll("\\", "\\e").replace(/^(?=[.'])/, "\\&");
  const bold = escaped.replaceAll(/(?<![\w-])-[\w-]*/g, (option) => {
    return `\\fB${option.replaceAll("-", "\\-")}\\fR`;
  });
  return argument === undefined
    ? bold
    : bold.replaceAll(new RegExp(`\\b${argument}\\b`, "g"), `\\fI${argument}\\fR`);
}

function capitalise(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}
