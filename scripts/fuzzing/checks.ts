/**
 * The checks of what the program made: index files and messages.
 *
 * @module
 */
import { reject } from "./findings.ts";
import { ENTRIES, LINES } from "./neighbours.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import type { Message, OutputFile } from "../../lib/model.ts";
import { type IndexEntry, readIndex } from "../../tests/support/index_reader.ts";

/** How each line looks that is no comment. */
const LINE: Readonly<Record<string, RegExp>> = {
  "modules.dep": /^[^ :]+:( [^ ]+)*$/,
  "modules.alias": /^alias .* [^ ]+$/,
  "modules.softdep": /^softdep [^ ]+ .*$/,
  "modules.weakdep": /^weakdep [^ ]+ .*$/,
  "modules.symbols": /^alias symbol:.* [^ ]+$/,
  "modules.devname": /^[^ ]+ .* [bc]\d+:\d+$/,
};

/** What is expected of an index file. */
export interface Expectation {
  /** It has the entries of the good modules. */
  readonly hasNeighbours: boolean;
  /** Lines that it has beside comments, if that is known. */
  readonly lineCount?: number | undefined;
}

/** Makes sure that an index file is sound, holds no control character, and what is expected. */
export function checkFile(file: OutputFile, expectation: Expectation): void {
  if (file.name.endsWith(".bin")) checkIndex(file, expectation);
  else checkLines(file, expectation);
}

function checkIndex({ name, bytes }: OutputFile, { hasNeighbours }: Expectation): void {
  const held = new Map(parseIndex(name, bytes).map(({ key, values }) => [key, values]));
  for (const [key, values] of held) {
    checkText(name, name === "modules.builtin.bin" ? key.replace(/\n$/, "") : key);
    for (const { value } of values) checkText(name, value);
  }
  if (!hasNeighbours) return;
  for (const [key, value] of ENTRIES[name] ?? []) {
    const isThere = held.get(key)?.some((each) => each.value === value);
    if (!isThere) reject(`good module lost from ${name}`, key);
  }
}

function checkLines(file: OutputFile, { hasNeighbours, lineCount }: Expectation): void {
  const { name } = file;
  const lines = listLines(file).filter((line) => !line.startsWith("#"));
  for (const line of lines) {
    checkText(name, line);
    if (!LINE[name]?.test(line)) reject(`bad line in ${name}`, line);
  }
  if (lineCount !== undefined && lines.length !== lineCount) {
    reject(`wrong number of lines in ${name}`, `${lines.length}, not ${lineCount}`);
  }
  if (!hasNeighbours) return;
  for (const line of LINES[name] ?? []) {
    if (!lines.includes(line)) reject(`good module lost from ${name}`, line);
  }
}

/**
 * Makes sure that no message holds a control character or asks for a report.
 *
 * @param typed what the user typed, which may be shown as it is
 */
export function checkMessages(messages: readonly Message[], typed = ""): void {
  for (const { text } of messages) checkMessage(text, typed);
}

/** The same for one message. */
export function checkMessage(text: string, typed = ""): void {
  const own = [...text].filter((character) => !typed.includes(character)).join("");
  if (text.includes("internal error")) reject("internal error", text);
  checkText("a message", typed === "" ? withoutNewlines(text) : own);
}

/** The newlines that the reference's messages have too. */
function withoutNewlines(text: string): string {
  return text.replace(/^(duplicate module \w+:)\n/, "$1 ")
    .replace(/^(.*(?:[Ii]nvalid line|modules\.builtin line): .*)\n$/, "$1");
}

function checkText(where: string, text: string): void {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(text)) reject(`control character in ${where}`, JSON.stringify(text));
}

function parseIndex(name: string, bytes: Uint8Array): IndexEntry[] {
  try {
    return readIndex(bytes);
  } catch (error) {
    return reject(`unsound ${name}`, String(error));
  }
}

function listLines({ name, bytes }: OutputFile): string[] {
  const text = decodeLatin1(bytes);
  if (text === "") return [];
  if (!text.endsWith("\n")) reject(`no newline at the end of ${name}`, text.slice(-100));
  return text.slice(0, -1).split("\n");
}
