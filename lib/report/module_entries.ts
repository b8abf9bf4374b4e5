/**
 * The modules in a report: JSON, a line for each. What they depend on, and how many aliases and
 * symbols they have, is taken from the texts of the index files:
 *
 *     {"path":"kernel/fs/ext4/ext4.ko","name":"ext4",…,"dependencies":["kernel/fs/mbcache.ko"],…},
 *
 * @module
 */
import { decodeStrings } from "../bytes/strings.ts";
import type { ModuleDetails } from "./observer.ts";

/** Modules that are encoded at once: 60,000 take 0.30 s, and with 2,048 at once 0.45 s. */
const PIECE = 256;

/** What the last characters of a path say about the compression. */
const COMPRESSIONS = new Map([[".ko", "none"], [".xz", "xz"], [".gz", "gzip"], ["zst", "zstd"]]);

/** The entries of all modules, in order, as UTF-8 in pieces: lines with a comma between them. */
export function* renderModules(details: ModuleDetails): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const names = decodeStrings(details.modules.names);
  const render = makeRenderer(names, details);
  for (let start = 0; start < names.length; start += PIECE) {
    const end = Math.min(start + PIECE, names.length);
    let text = "";
    for (let module = start; module < end; module++) text += render(module);
    yield encoder.encode(end < names.length ? text : text.slice(0, -2) + "\n");
  }
}

/** What renders the line of a module. */
function makeRenderer(
  names: readonly string[],
  { sizes, wanted, texts }: ModuleDetails,
): (module: number) => string {
  const textOf = (file: string) => texts.get(`modules.${file}`) ?? "";
  const numbers = new Map<string, number>();
  for (let module = 0; module < names.length; module++) numbers.set(names[module]!, module);
  const quoted = escape(names.join("\n")).split("\n");
  const lines = quoteWords(textOf("dep"));
  const aliases = countLines(textOf("alias"), numbers);
  const symbols = countLines(textOf("symbols"), numbers);
  const soft = listValues(textOf("softdep"));
  const weak = listValues(textOf("weakdep"));
  const read = new Set(wanted);
  return (module) => {
    const name = names[module]!;
    const line = lines[module] ?? "";
    const colon = line.indexOf(':","');
    const [path, needs] = colon < 0
      ? [line.endsWith(":") ? line.slice(0, -1) : line, ""]
      : [line.slice(0, colon), `${line.slice(colon + 3)}"`];
    const compression = COMPRESSIONS.get(path.slice(-3)) ?? "none";
    const size = sizes[module]!;
    return `    {"path":"${path}","name":"${quoted[module]}","compression":"${compression}"` +
      `,"size":${size >= 0 ? size : null},"cached":${!read.has(module)}` +
      `,"aliases":${aliases[module]},"symbols":${symbols[module]}` +
      `,"dependencies":[${needs}]` +
      `,"softDependencies":[${soft.get(name) ?? ""}]` +
      `,"weakDependencies":[${weak.get(name) ?? ""}]},\n`;
  };
}

/** Text as JSON has it between quotation marks, but for newlines, which stay. */
function escape(text: string): string {
  return text.replace(/["\\]|[^\n -~]/g, (character) => JSON.stringify(character).slice(1, -1));
}

/**
 * The lines of `modules.dep`, with what JSON has between the words of a list. In a word itself, a
 * quotation mark is escaped:
 *
 *     kernel/fs/ext4/ext4.ko:","kernel/fs/mbcache.ko","kernel/fs/jbd2/jbd2.ko
 */
function quoteWords(text: string): string[] {
  return escape(text).replace(/ /g, '","').split("\n");
}

/** By module: how many lines end with its name. Mostly, the line before ends with the same. */
function countLines(text: string, numbers: ReadonlyMap<string, number>): Uint32Array {
  const counts = new Uint32Array(numbers.size);
  let ending = "\n";
  let module: number | undefined;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    if (!text.startsWith(ending, end - ending.length)) {
      ending = text.slice(text.lastIndexOf(" ", end), end);
      module = numbers.get(ending.slice(1));
    }
    if (module !== undefined) counts[module]!++;
  }
  return counts;
}

/** By module: its values, as in a list of JSON, from lines like `softdep MODULE VALUE`. */
function listValues(text: string): Map<string, string> {
  const lists = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line.startsWith("#") || line === "") continue;
    const nameAt = line.indexOf(" ") + 1;
    const valueAt = line.indexOf(" ", nameAt) + 1;
    const name = line.slice(nameAt, valueAt - 1);
    const list = lists.get(name);
    lists.set(name, (list === undefined ? "" : `${list},`) + JSON.stringify(line.slice(valueAt)));
  }
  return lists;
}
