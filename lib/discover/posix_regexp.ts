/**
 * POSIX extended regular expressions, as regcomp(3) of the GNU C library takes them, translated to
 * JavaScript's. Where the two differ:
 *
 *     [[:alpha:]] [[=a=]] [[.-.]]   classes, in the C locale
 *     []a] [^]a] [a\]               a first ] and every \ stand for themselves in brackets
 *     \d \n and other letters       the letter itself, but for \w \W \s \S \b \B \< \> \` \'
 *     { }                           an interval needs a number: {,n} is {0,n}; a{ is an error
 *     (?…                           an error: nothing to repeat
 *     )                             without an opening one: itself
 *     a|b                           the longest match, which makes no difference to a test
 *     $* \b+                        an error: nothing to repeat
 *     \1                            an error unless group 1 is complete by then
 *
 * One difference remains: a reference to a group that took no part in the match, as in (a)?\1,
 * matches the empty text in JavaScript, and never matches in the C library.
 *
 * Only the parts of a pattern become JavaScript's regular expressions, and pattern_match.ts puts them
 * together; a pattern that refers to a group becomes one as a whole.
 *
 * @module
 */
import { compileItems, type PatternItem } from "./pattern_match.ts";

/** The characters of each class, as between brackets of a regular expression of JavaScript. */
export const CLASSES: Readonly<Record<string, string>> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  blank: " \\t",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: " \\t\\n\\v\\f\\r",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
};

/** What a backslash and a letter stand for outside brackets. */
const CHARACTERS: Readonly<Record<string, string>> = {
  "w": "[A-Za-z0-9_]",
  "W": "[^A-Za-z0-9_]",
  "s": "[ \\t\\n\\v\\f\\r]",
  "S": "[^ \\t\\n\\v\\f\\r]",
};

/** The same, for what matches between two characters. */
const ANCHORS: Readonly<Record<string, string>> = {
  "b": "\\b",
  "B": "\\B",
  "<": "\\b(?=\\w)",
  ">": "\\b(?<=\\w)",
  "`": "^",
  "'": "$",
};

/** Largest count in an interval (RE_DUP_MAX). */
const DUP_MAX = 0x7fff;

/** Characters of a pattern: no use of one takes a hundred. */
const LONGEST = 4096;

/** Whether a text has a match. */
export type Test = (text: string) => boolean;

/**
 * The test that a pattern stands for, undefined when regcomp(3) would refuse it, or it is too long.
 * A test takes time in proportion to the pattern's length, unless the pattern refers to a group.
 */
export function compilePosixRegExp(pattern: string): Test | undefined {
  const items = pattern.length > LONGEST ? undefined : readItems(pattern);
  if (items === undefined) return undefined;
  try {
    if (!items.some(({ kind }) => kind === "reference")) return compileItems(items);
    const regExp = new RegExp(translate(items), "s");
    return (text) => regExp.test(text);
  } catch {
    return undefined; // a range whose ends are in the wrong order
  }
}

/** The last group that can be referred to. */
const LAST_GROUP = 9;

/**
 * An open group, with numbers of groups: those complete when it began (`before`), and those that
 * its alternatives have completed.
 */
interface Group {
  readonly number: number;
  readonly before: ReadonlySet<number>;
  readonly completed: Set<number>;
}

/** The items of a pattern, whose groups are complete; undefined if it is invalid. */
function readItems(pattern: string): Item[] | undefined {
  const items: Item[] = [];
  let isRepeatable = false;
  let count = 0;
  let complete: ReadonlySet<number> = new Set();
  const groups: Group[] = [{ number: 0, before: complete, completed: new Set() }];
  for (let at = 0; at < pattern.length;) {
    let item = readItem(pattern, at);
    if (item === undefined) return undefined;
    at = item.next;
    if (item.source === ")" && groups.length === 1) item = { ...item, kind: "atom", source: "\\)" };
    if (item.kind === "quantifier" && !isRepeatable) return undefined;
    if (item.kind === "reference" && !complete.has(Number(item.source[1]))) return undefined;
    isRepeatable = item.kind !== "operator" || item.source === ")";
    items.push(item);
    const group = groups.at(-1)!;
    if (item.source === "(") {
      groups.push({ number: ++count, before: complete, completed: new Set() });
    } else if (item.source === "|") {
      for (const number of complete) group.completed.add(number);
      complete = group.before;
    } else if (item.source === ")") {
      if (group.number <= LAST_GROUP) {
        complete = new Set([...complete, ...group.completed, group.number]);
      }
      groups.pop();
    }
  }
  return groups.length === 1 ? items : undefined;
}

/** The items as the source of a JavaScript regular expression. */
function translate(items: readonly Item[]): string {
  let source = "";
  let atom = 0; // where in `source` starts what a quantifier would repeat
  const groups: number[] = [];
  for (const item of items) {
    if (item.kind === "quantifier") {
      source = `${source.slice(0, atom)}(?:${source.slice(atom)})${item.source}`;
      continue;
    }
    if (item.source === "(") groups.push(source.length);
    atom = item.source === ")" ? groups.pop()! : source.length;
    source += item.source;
  }
  return source;
}

interface Item extends PatternItem {
  /** Where the next item starts. */
  readonly next: number;
}

function readItem(pattern: string, at: number): Item | undefined {
  const char = pattern[at]!;
  const next = at + 1;
  switch (char) {
    case "[":
      return readBrackets(pattern, next);
    case "\\":
      return readEscape(pattern, next);
    case "{":
      return readInterval(pattern, at);
    case "*":
    case "+":
    case "?":
      return { kind: "quantifier", source: char, next };
    case "(":
    case ")":
    case "|":
    case "^":
    case "$":
      return { kind: "operator", source: char, next };
    case "}":
    case "]":
      return { kind: "atom", source: "\\" + char, next };
    default:
      return { kind: "atom", source: char, next };
  }
}

function readInterval(pattern: string, at: number): Item | undefined {
  const interval = /\{(\d*)(,?)(\d*)\}/y;
  interval.lastIndex = at;
  const match = interval.exec(pattern);
  if (match === null) return undefined;
  const [whole, from, comma, to] = match;
  if (from === "" && comma === "") return undefined;
  if (Number(from) > DUP_MAX || Number(to) > DUP_MAX) return undefined;
  if (to !== "" && Number(from) > Number(to)) return undefined;
  return { kind: "quantifier", source: `{${from || 0}${comma}${to}}`, next: at + whole.length };
}

function readEscape(pattern: string, at: number): Item | undefined {
  const char = pattern[at];
  if (char === undefined) return undefined;
  const next = at + 1;
  if (/[1-9]/.test(char)) return { kind: "reference", source: `\\${char}(?:)`, next };
  if (char in ANCHORS) return { kind: "operator", source: ANCHORS[char]!, next };
  const literal = /[A-Za-z0-9]/.test(char) ? char : "\\" + char;
  return { kind: "atom", source: CHARACTERS[char] ?? literal, next };
}

/** A bracket expression; `at` is the index after the opening bracket. */
function readBrackets(pattern: string, at: number): Item | undefined {
  let source = "[";
  if (pattern[at] === "^") {
    source += "^";
    at++;
  }
  for (let first = true; first || pattern[at] !== "]"; first = false) {
    const element = readElement(pattern, at);
    if (element === undefined) return undefined;
    const isRange = pattern[element.next] === "-" && pattern[element.next + 1] !== "]";
    // A "-" in the middle can only stand between the ends of a range.
    if (pattern[at] === "-" && !first && pattern[element.next] !== "]") return undefined;
    if (isRange) {
      const last = readElement(pattern, element.next + 1);
      if (last === undefined || element.isSet || last.isSet) return undefined;
      source += `${element.source}-${last.source}`;
      at = last.next;
    } else {
      source += element.source;
      at = element.next;
    }
  }
  return { kind: "atom", source: source + "]", next: at + 1 };
}

/** A character between brackets, or a class of them. */
function readElement(
  pattern: string,
  at: number,
): { source: string; next: number; isSet: boolean } | undefined {
  const char = pattern[at];
  if (char === undefined) return undefined;
  const kind = char === "[" ? pattern[at + 1] : undefined;
  if (kind !== ":" && kind !== "=" && kind !== ".") {
    return { source: escapeInBrackets(char), next: at + 1, isSet: false };
  }
  const end = pattern.indexOf(kind + "]", at + 2);
  if (end < 0) return undefined;
  const name = pattern.slice(at + 2, end);
  const isSet = kind !== ".";
  if (kind !== ":" && name.length !== 1) return undefined;
  const source = kind === ":" ? CLASSES[name] : escapeInBrackets(name);
  return source === undefined ? undefined : { source, next: end + 2, isSet };
}

function escapeInBrackets(char: string): string {
  return /[\\\]\[^-]/.test(char) ? "\\" + char : char;
}
