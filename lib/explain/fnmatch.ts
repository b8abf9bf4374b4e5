/**
 * Patterns with wildcards, as modprobe matches aliases by them: each character up to the first
 * wildcard stands for itself, and the rest is for fnmatch(3) of glibc, without flags, in the C locale.
 *
 *     *  any characters     ?  one character     \c  c itself
 *     [a-f_]  one of these characters     [!a-f] or [^a-f]  one of the others
 *
 * A character is a byte, U+0000 to U+00FF.
 *
 * @module
 */
import { CLASSES } from "../discover/posix_regexp.ts";

/** What matches one character, or `*`. */
type Element = "*" | ((character: string) => boolean);

/** Whether a pattern matches all of a text. */
export function matches(pattern: string, text: string): boolean {
  const literal = pattern.search(/[*?[]/); // most patterns differ from the text before that
  if (literal < 0) return pattern === text;
  if (!text.startsWith(pattern.slice(0, literal))) return false;
  const elements = parsePattern(pattern.slice(literal));
  return elements !== undefined && matchElements(elements, text.slice(literal));
}

/** Where a `*` is met again with one more character, if what follows it does not match. */
function matchElements(elements: readonly Element[], text: string): boolean {
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  for (let i = 0; i < elements.length || at < text.length;) {
    const element = elements[i];
    if (element === "*") {
      star = i++;
      resumeAt = at;
    } else if (element !== undefined && at < text.length && element(text[at]!)) {
      i++;
      at++;
    } else if (star >= 0 && resumeAt < text.length) {
      i = star + 1;
      at = ++resumeAt;
    } else return false;
  }
  return true;
}

/** The elements of a pattern; undefined if it ends in a lone `\` and so matches nothing. */
function parsePattern(pattern: string): Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < pattern.length;) {
    const char = pattern[at++]!;
    const set = char === "[" ? parseSet(pattern, at) : undefined;
    if (set !== undefined) {
      elements.push(set.contains);
      at = set.end;
    } else if (char === "*") {
      if (elements.at(-1) !== "*") elements.push("*");
    } else if (char === "?") elements.push(() => true);
    else if (char === "\\") {
      if (at === pattern.length) return undefined;
      elements.push(isCharacter(pattern[at++]!));
    } else elements.push(isCharacter(char));
  }
  return elements;
}

function isCharacter(wanted: string): (character: string) => boolean {
  return (character) => character === wanted;
}

/** A set of characters, and the offset after its `]`. */
interface CharacterSet {
  readonly contains: (character: string) => boolean;
  readonly end: number;
}

/** The set whose characters begin at an offset; undefined if it does not end: then `[` is itself. */
function parseSet(pattern: string, start: number): CharacterSet | undefined {
  const isNegated = /[!^]/.test(pattern[start] ?? "");
  const ranges: [first: string, last: string][] = [];
  const classes: RegExp[] = [];
  const first = start + (isNegated ? 1 : 0);
  for (let at = first; at < pattern.length;) {
    if (pattern[at] === "]" && at > first) {
      const contains = (character: string) =>
        isNegated !== (ranges.some(([from, to]) => from <= character && character <= to) ||
          classes.some((named) => named.test(character)));
      return { contains, end: at + 1 };
    }
    const [whole, name] = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 16)) ?? [];
    if (name !== undefined && Object.hasOwn(CLASSES, name)) {
      classes.push(new RegExp(`[${CLASSES[name]}]`));
      at += whole!.length;
      continue;
    }
    const from = readMember(pattern, at);
    const isRange = pattern[from.end] === "-" && (pattern[from.end + 1] ?? "]") !== "]";
    const to = isRange ? readMember(pattern, from.end + 1) : from;
    ranges.push([from.character, to.character]);
    at = to.end;
  }
  return undefined;
}

/** One character of a set, which `\`, `[=c=]` or `[.c.]` may stand around. */
function readMember(pattern: string, at: number): { character: string; end: number } {
  const isMarked = /^\[([=.])[^]\1\]/.test(pattern.slice(at, at + 5));
  if (isMarked) return { character: pattern[at + 2]!, end: at + 5 };
  const start = pattern[at] === "\\" ? at + 1 : at;
  return { character: pattern[start] ?? "", end: start + 1 };
}
