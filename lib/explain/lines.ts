/**
 * Lists of words in lines that fit a terminal. Words come from modules, and are escaped here.
 *
 * @module
 */
import { excerpt } from "../bytes/text.ts";

/** Columns of a line, unless one word is longer. */
const WIDTH = 78;

/** Words with a space between them, in as many lines as they need, each indented by `indent`. */
export function wrapWords(
  words: readonly string[],
  indent: string,
  most = words.length,
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of cutList(words, most)) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? indent + word : ` ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** A line that begins with a text, and goes on with as many words as fit, but at least one. */
export function fitWords(start: string, words: readonly string[]): string {
  const render = (most: number) => [start, ...cutList(words, most)].join(" ");
  let most = 1;
  while (most < words.length && render(most + 1).length <= WIDTH) most++;
  return render(most);
}

/** The first words, escaped, and how many more there are. */
export function cutList(words: readonly string[], most: number): string[] {
  const shown = words.slice(0, most).map((word) => excerpt(word));
  return words.length > most ? [...shown, `and ${words.length - most} more`] : shown;
}

/** A number and what is counted, such as `1 symbol` or `2 symbols`. */
export function count(number: number, what: string, many = `${what}s`): string {
  return `${number} ${number === 1 ? what : many}`;
}
