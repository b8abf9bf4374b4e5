/**
 * The modules in a report: JSON, a line for each.
 *
 *     {"path":"kernel/fs/ext4/ext4.ko","name":"ext4",…,"dependencies":["kernel/fs/mbcache.ko"],…},
 *
 * @module
 */
import { countStrings, decodeStrings } from "../bytes/strings.ts";
import type { ModuleStrings, Strings } from "../model.ts";
import type { ModuleDetails } from "./observer.ts";

/** Modules that are encoded at once: 60,000 take 0.30 s, and with 2,048 at once 0.45 s. */
const PIECE = 256;

/** What the end of a path, in quotation marks, says about the compression. */
const COMPRESSIONS: readonly (readonly [end: string, compression: string])[] = [
  ['.ko"', "none"],
  ['.xz"', "xz"],
  ['.gz"', "gzip"],
  ['.zst"', "zstd"],
];

/** The entries of all modules, in order, as UTF-8 in pieces: lines with a comma between them. */
export function* renderModules(details: ModuleDetails): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const render = makeRenderer(details);
  const count = countStrings(details.modules.paths);
  for (let start = 0; start < count; start += PIECE) {
    const end = Math.min(start + PIECE, count);
    let text = "";
    for (let module = start; module < end; module++) {
      text += `    ${render(module)}${module + 1 < count ? "," : ""}\n`;
    }
    yield encoder.encode(text);
  }
}

/** What renders the entry of a module. */
function makeRenderer(
  { modules, dependencies, owners, lists, sizes, positions }: ModuleDetails,
): (module: number) => string {
  const paths = quoteAll(modules.indexPaths);
  const names = quoteAll(modules.names);
  const symbols = countSymbols(owners, paths.length);
  const listSoft = makeLister(lists.softdep);
  const listWeak = makeLister(lists.weakdep);
  const { starts, modules: needed } = dependencies;
  const { aliasStarts } = lists;
  return (module) => {
    const path = paths[module]!;
    const size = sizes[module]!;
    let needs = "";
    for (let i = starts[module]!; i < starts[module + 1]!; i++) {
      needs += (needs === "" ? "" : ",") + paths[needed[i]!]!;
    }
    return `{"path":${path},"name":${names[module]},"compression":"${compressionOf(path)}"` +
      `,"size":${size >= 0 ? size : null},"cached":${(positions?.[module] ?? -1) >= 0}` +
      `,"aliases":${aliasStarts[module + 1]! - aliasStarts[module]!}` +
      `,"symbols":${symbols[module]},"dependencies":[${needs}]` +
      `,"softDependencies":[${listSoft(module)}],"weakDependencies":[${listWeak(module)}]}`;
  };
}

/** The strings as JSON. */
function quoteAll(strings: Strings): string[] {
  return decodeStrings(strings).map((text) => JSON.stringify(text));
}

function countSymbols(owners: Uint32Array, count: number): Uint32Array {
  const symbols = new Uint32Array(count);
  for (const owner of owners) symbols[owner]!++;
  return symbols;
}

/** What lists the strings of a module; few modules have any. */
function makeLister({ starts, values }: ModuleStrings): (module: number) => string {
  const texts = quoteAll(values);
  return (module) => {
    const [start, end] = [starts[module]!, starts[module + 1]!];
    return start === end ? "" : texts.slice(start, end).join(",");
  };
}

/** The compression that a path, in quotation marks, is named for. */
function compressionOf(path: string): string {
  return COMPRESSIONS.find(([end]) => path.endsWith(end))?.[1] ?? "none";
}
