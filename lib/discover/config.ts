/**
 * The configuration of depmod.d.
 *
 *     search WORD…                        subdirectories by priority; built-in, external
 *     override MODULE VERSION SUBDIR      the file to use for a module, whatever the priorities
 *     external VERSION DIR                a directory outside the tree
 *     exclude NAME…                       names that the walk passes over
 *
 * VERSION is `*` or a POSIX extended regular expression for the kernel version. A `\` at a line's
 * end joins the next line; elsewhere it is dropped and the character after it kept.
 *
 * @module
 */
import { excerpt, printable } from "../bytes/text.ts";
import { MOST_MESSAGES } from "../message_list.ts";
import type { Message } from "../model.ts";
import { compilePosixRegExp } from "./posix_regexp.ts";

/** What the configuration files say. In each list, the last word or line comes first. */
export interface Config {
  /** Subdirectories of the tree, `built-in` and `external`. */
  readonly searches: readonly string[];
  /** `SUBDIR/MODULE`, relative to the tree. */
  readonly overrides: readonly string[];
  /** Directories. */
  readonly externals: readonly string[];
  readonly excludes: readonly string[];
}

/** The word of `search` lines for modules that no other word matches. */
export const BUILT_IN = "built-in";
/** The word of `search` lines for the external directories. */
export const EXTERNAL = "external";

const DEFAULT_SEARCHES = ["updates"];

/**
 * Parses configuration files, in the order given.
 *
 * @param version the kernel version
 */
export function parseConfig(
  files: readonly { path: string; text: string }[],
  version: string,
): { config: Config; messages: Message[] } {
  const lists = { searches: [], overrides: [], externals: [], excludes: [] };
  const parser: Parser = { ...lists, version, messages: [], badLines: 0 };
  for (const { path, text } of files) {
    for (const { words, lineNumber } of readLines(text)) {
      parseLine(parser, words, `${path}:${lineNumber}`);
    }
  }
  const { searches, overrides, externals, excludes, messages, badLines } = parser;
  const config = {
    searches: searches.length > 0 ? searches.reverse() : DEFAULT_SEARCHES,
    overrides: overrides.reverse(),
    externals: externals.reverse(),
    excludes: excludes.reverse(),
  };
  if (badLines > MOST_MESSAGES) {
    const text = `ignoring ${badLines - MOST_MESSAGES} more bad lines of the configuration`;
    messages.push({ level: "error", code: "config-line", text });
  }
  return { config, messages };
}

/** The lists are in file order, which is the reverse of that in Config. */
interface Parser {
  readonly searches: string[];
  readonly overrides: string[];
  readonly externals: string[];
  readonly excludes: string[];
  readonly version: string;
  readonly messages: Message[];
  badLines: number;
}

function parseLine(parser: Parser, words: readonly string[], place: string): void {
  const [command, first, second, third] = words;
  const args = words.slice(1);
  switch (command) {
    case "search":
      return append(parser.searches, args);
    case "exclude":
      return append(parser.excludes, args);
    case "override":
      if (first === undefined || second === undefined || third === undefined) break;
      if (matchesVersion(second, parser.version)) parser.overrides.push(`${third}/${first}`);
      else inform(parser, `${place}: override kernel did not match ${printable(second)}`);
      return;
    case "external":
      if (first === undefined || second === undefined) break;
      if (matchesVersion(first, parser.version)) parser.externals.push(second);
      else inform(parser, `${place}: external directory did not match ${printable(first)}`);
      return;
    case "include":
    case "make_map_files":
      return inform(parser, `${place}: command ${command} not implemented yet`);
  }
  complain(parser, `${place}: ignoring bad line starting with '${excerpt(command ?? "")}'`);
}

/** Adds a message about a bad line: the first ones are kept, the others only counted. */
function complain(parser: Parser, text: string): void {
  if (++parser.badLines > MOST_MESSAGES) return;
  parser.messages.push({ level: "error", code: "config-line", text });
}

function append(list: string[], words: readonly string[]): void {
  for (const word of words) list.push(word);
}

function inform({ messages }: Parser, text: string): void {
  messages.push({ level: "info", code: "config-skipped", text });
}

function matchesVersion(pattern: string, version: string): boolean {
  if (pattern === "*") return true;
  return compilePosixRegExp(pattern)?.(version) ?? false;
}

/** Joined lines that are neither blank nor comments, with the number of their last line. */
function* readLines(text: string): Generator<{ words: string[]; lineNumber: number }> {
  let line = "";
  let lineNumber = 1;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at] ?? "\n";
    if (char === "\\" && at + 1 < text.length) {
      at++;
      if (text[at] === "\n") lineNumber++;
      else line += text[at];
    } else if (char === "\n") {
      const words = line.split(/[ \t]+/).filter((word) => word !== "");
      if (words.length > 0 && !line.startsWith("#")) yield { words, lineNumber };
      line = "";
      lineNumber++;
    } else if (char !== "\\") line += char;
  }
}
