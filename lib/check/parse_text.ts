/**
 * Parses those index files that are text. They may begin with comments,
 * which are lines that begin with `#`.
 *
 *     modules.dep        PATH: DEPENDENCY…
 *     modules.alias      alias PATTERN MODULE
 *     modules.symbols    alias symbol:NAME MODULE
 *     modules.softdep    softdep MODULE TEXT
 *     modules.weakdep    weakdep MODULE TEXT
 *     modules.devname    MODULE NAME [bc]MAJOR:MINOR
 *
 * All functions throw FormatError where a line is none of these, or the last one was cut off.
 *
 * @module
 */
import { decodeLatin1 } from "../bytes/text.ts";
import { FormatError } from "../errors.ts";

/** Lines that are taken: a tree of 60,000 modules has a quarter as many. */
const MOST_LINES = 1 << 22;

/** The lines of `modules.dep`. */
export interface DependencyLines {
  /** The path that each line is about. */
  readonly paths: readonly string[];
  /** The whole lines, without their newlines. */
  readonly lines: readonly string[];
}

/** Parses `modules.dep`. Each path must have one line, and each dependency must be such a path. */
export function parseDependencies(bytes: Uint8Array): DependencyLines {
  const lines = splitLines(bytes, { isAscii: true, heading: "none" });
  const paths = new Set<string>();
  const dependencies = new Set<string>();
  let offset = 0;
  for (const line of lines) {
    const [first = "", ...others] = line.split(" ");
    const path = first.slice(0, -1);
    if (path === "" || !first.endsWith(":")) throw new FormatError("a line without a path", offset);
    if (paths.has(path)) throw new FormatError(`a second line for ${path}`, offset);
    paths.add(path);
    for (const other of others) dependencies.add(other);
    offset += line.length + 1;
  }
  const missing = [...dependencies].find((path) => !paths.has(path));
  if (missing !== undefined) throw noLine(bytes, missing);
  return { paths: [...paths], lines };
}

function noLine(bytes: Uint8Array, path: string): FormatError {
  const needed = decodeLatin1(bytes).indexOf(` ${path}`) + 1;
  return new FormatError(`no line for ${path}, which another one needs`, needed);
}

/** Aliases, and by alias the module's name. */
export interface AliasLines {
  readonly patterns: readonly string[];
  readonly modules: readonly string[];
}

/** Parses `modules.alias` or `modules.symbols`; every pattern begins with `start`. */
export function parseAliases(bytes: Uint8Array, start = ""): AliasLines {
  const keyword = "alias ";
  const beginning = keyword + start;
  const patterns: string[] = [];
  const modules: string[] = [];
  for (const line of splitLines(bytes, { isAscii: true, heading: "always" })) {
    const space = line.lastIndexOf(" ");
    const isAlias = line.startsWith(beginning) && space >= beginning.length;
    if (!isAlias) throw badLine(bytes, line, "that is no alias");
    patterns.push(line.slice(keyword.length, space));
    modules.push(line.slice(space + 1));
  }
  return { patterns, modules };
}

/**
 * Parses `modules.softdep`, `modules.weakdep` or `modules.devname`, for the names of the modules.
 *
 * @param line what a line is like; its first group is the name
 * @param options.heading whether the file has a heading even if nothing follows
 */
export function parseNames(
  bytes: Uint8Array,
  line: RegExp,
  { heading }: { heading: "always" | "maybe" },
): string[] {
  return splitLines(bytes, { isAscii: false, heading }).map((text) => {
    const match = line.exec(text);
    if (match === null) throw badLine(bytes, text, "of another kind");
    return match[1]!;
  });
}

function badLine(bytes: Uint8Array, line: string, what: string): FormatError {
  const at = `\n${decodeLatin1(bytes)}`.indexOf(`\n${line}\n`);
  return new FormatError(`a line ${what}`, at);
}

interface LineOptions {
  readonly isAscii: boolean;
  /** Whether the file begins with comments. */
  readonly heading: "always" | "maybe" | "none";
}

/** The lines, without their newlines, but for the comments that the file begins with. */
function splitLines(bytes: Uint8Array, { isAscii, heading }: LineOptions): string[] {
  const text = decodeLatin1(bytes);
  const unfit = text.search(isAscii ? /[\0\x80-\xff]/ : /\0/);
  if (unfit >= 0) throw new FormatError("a character that no line has", unfit);
  if (heading === "always" && !text.startsWith("#")) throw new FormatError("no heading", 0);
  const lines = text.split("\n", MOST_LINES);
  if (lines.length === MOST_LINES) throw new FormatError("more lines than any tree has", 0);
  if (lines.pop() !== "") throw new FormatError("the last line is cut off", text.length);
  if (heading === "none") return lines;
  const comments = lines.findIndex((line) => !line.startsWith("#"));
  return lines.slice(comments < 0 ? lines.length : comments);
}
