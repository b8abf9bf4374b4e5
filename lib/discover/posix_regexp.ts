/**
 * POSIX extended regular expressions, as regcomp(3) of the GNU C library takes them, in terms of
 * JavaScript's. Where the two differ:
 *
 *     [[:alpha:]] [[=a=]] [[.-.]]   classes, in the C locale
 *     []a] [^]a] [a\]               a first ] and every \ stand for themselves in brackets
 *     \d \n and other letters       the letter itself, but for \w \W \s \S \b \B \< \> \` \'
 *     { }                           an interval needs a number: {,n} is {0,n}; a{ is an error
 *     (?…                           an error: nothing to repeat
 *     )                             without a partner: itself
 *     a|b                           the longest match, which makes no difference to a test
 *
 * @module
 */

const CLASSES: Readonly<Record<string, string>> = {
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

/** What a backslash and a character mean outside brackets, where it is not the character. */
const ESCAPES: Readonly<Record<string, string>> = {
  "w": "[A-Za-z0-9_]",
  "W": "[^A-Za-z0-9_]",
  "s": "[ \\t\\n\\v\\f\\r]",
  "S": "[^ \\t\\n\\v\\f\\r]",
  "b": "\\b",
  "B": "\\B",
  "<": "\\b(?=\\w)",
  ">": "\\b(?<=\\w)",
  "`": "^",
  "'": "$",
};

/** Largest count in an interval (RE_DUP_MAX). */
const DUP_MAX = 0x7fff;

/** The pattern as a JavaScript regular expression, undefined when regcomp(3) would refuse it. */
export function translatePosixRegExp(pattern: string): RegExp | undefined {
  const source = translate(pattern);
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, "s");
  } catch {
    return undefined;
  }
}

function translate(pattern: string): string | undefined {
  let source = "";
  let atom: number | undefined; // where in `source` that starts which a quantifier would repeat
  const groups: number[] = [];
  for (let at = 0; at < pattern.length;) {
    const item = readItem(pattern, at);
    if (item === undefined) return undefined;
    const before = source.length;
    if (item.kind === "quantifier") {
      if (atom === undefined) return undefined;
      source = `${source.slice(0, atom)}(?:${source.slice(atom)})${item.source}`;
    } else if (item.source === ")" && groups.length === 0) {
      source += "\\)";
      atom = before;
    } else {
      source += item.source;
      if (item.source === "(") groups.push(before);
      if (item.source === ")") atom = groups.pop();
      else atom = item.kind === "atom" ? before : undefined;
    }
    at = item.next;
  }
  return groups.length === 0 ? source : undefined;
}

interface Item {
  readonly kind: "atom" | "operator" | "quantifier";
  readonly source: string;
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
  return { kind: "quantifier", source: `{${from || 0}${comma}${to}}`, next: at + whole.length };
}

function readEscape(pattern: string, at: number): Item | undefined {
  const char = pattern[at];
  if (char === undefined) return undefined;
  const literal = /[A-Za-z0-9]/.test(char) ? char : "\\" + char;
  const source = /[1-9]/.test(char) ? "\\" + char : ESCAPES[char] ?? literal;
  return { kind: "atom", source, next: at + 1 };
}

/** A bracket expression; `at` is behind the opening bracket. */
function readBrackets(pattern: string, at: number): Item | undefined {
  let source = "[";
  if (pattern[at] === "^") {
    source += "^";
    at++;
  }
  for (let first = true; first || pattern[at] !== "]"; first = false) {
    const char = pattern[at];
    if (char === undefined) return undefined;
    const named = /\[([:=.])(.+?)\1\]/y;
    named.lastIndex = at;
    const match = named.exec(pattern);
    if (match !== null) {
      const set = match[1] === ":" ? CLASSES[match[2]!] : escapeInBrackets(match[2]!);
      if (set === undefined) return undefined;
      source += set;
      at += match[0].length;
    } else {
      source += char === "-" && !first && pattern[at + 1] !== "]" ? "-" : escapeInBrackets(char);
      at++;
    }
  }
  return { kind: "atom", source: source + "]", next: at + 1 };
}

function escapeInBrackets(text: string): string {
  return text.replace(/[\\\]\[^-]/g, "\\$&");
}
