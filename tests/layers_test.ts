/**
 * The layers of the program: a file imports from lower layers, and from its own folder, but never
 * from another folder of its own layer. Only the files named here touch the system, which is
 * `Deno` and the modules of Node but `node:zlib`.
 *
 * @module
 */
import { assert, assertEquals } from "./support/assert.ts";

/** Layer of each file or folder; of two that fit, the longer one holds. */
const LAYERS: Readonly<Record<string, number>> = {
  "lib/codes.ts": 0,
  "lib/model.ts": 0,
  "lib/errors.ts": 0,
  "lib/message_list.ts": 0,
  "lib/bytes/": 1,
  "lib/wasm/": 2,
  "lib/read/": 3,
  "lib/render/": 3,
  "lib/check/": 4,
  "lib/resolve/": 4,
  "lib/discover/config.ts": 4,
  "lib/discover/hash_order.ts": 4,
  "lib/discover/order.ts": 4,
  "lib/discover/pattern_match.ts": 4,
  "lib/discover/posix_regexp.ts": 4,
  "lib/discover/select.ts": 4,
  "lib/discover/": 5,
  "lib/cache/columns.ts": 4,
  "lib/cache/facts.ts": 4,
  "lib/cache/record.ts": 4,
  "lib/cache/sections.ts": 4,
  "lib/cache/": 5,
  "lib/publish/": 5,
  "lib/log.ts": 5,
  "lib/explain/": 6,
  "lib/grants.ts": 6,
  "lib/threads/": 7,
  "lib/cli/": 7,
  "lib/report/": 7,
  "lib/prepare.ts": 8,
  "lib/remember.ts": 8,
  "lib/reporting.ts": 8,
  "lib/update.ts": 8,
  "lib/verdict.ts": 8,
  "lib/check_run.ts": 8,
  "lib/explain_run.ts": 8,
  "lib/run.ts": 8,
  "lib/mod.ts": 9,
  "main.ts": 9,
};

const SYSTEM_LAYER = 5;
/** Files outside that layer that may use the system too. */
const SYSTEM_FILES: readonly string[] = [
  "lib/check/read_set.ts",
  "lib/read/extract.ts",
  "lib/read/file_key.ts",
  "lib/read/file_source.ts",
  "lib/grants.ts",
  "lib/threads/confined_worker.ts",
  "lib/cli/plan.ts",
  "main.ts",
];

/** What is compiled for itself: nothing of it comes from elsewhere. */
const ASSEMBLY = "lib/wasm/assembly/";

/** Path of each file, from the root of the project, and its text. */
type Sources = ReadonlyMap<string, string>;

/** What breaks the rules, a line each. */
function findBreaches(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    const code = withoutComments(text);
    const imports = findImports(code);
    const targets = imports.filter(isOurs).map((specifier) => resolvePath(path, specifier));
    return [
      ...(layerOf(path) === undefined ? [`${path} has no layer`] : []),
      ...targets.filter((target) => !mayImport(path, target))
        .map((target) => `${path} imports ${target}`),
      ...(usesSystem(code, imports) && !maySystem(path) ? [`${path} uses the system`] : []),
    ];
  });
}

function mayImport(path: string, target: string): boolean {
  const [from, to] = [layerOf(path), layerOf(target)];
  if (from === undefined || to === undefined) return false;
  if (path.startsWith(ASSEMBLY)) return target.startsWith(ASSEMBLY);
  return to < from || (to === from && folderOf(path) === folderOf(target));
}

function layerOf(path: string): number | undefined {
  const places = Object.keys(LAYERS).filter((place) =>
    place === path || (place.endsWith("/") && path.startsWith(place))
  );
  const longest = places.sort((a, b) => a.length - b.length).at(-1);
  return longest === undefined ? undefined : LAYERS[longest];
}

/** The folder in lib that a file is in, at any depth; that of main.ts is the root. */
function folderOf(path: string): string {
  return /^(?:lib\/(?:[^/]+\/)?)?/.exec(path)![0];
}

function usesSystem(code: string, imports: readonly string[]): boolean {
  return /\bDeno\b/.test(withoutStrings(code)) ||
    imports.some((specifier) => specifier.startsWith("node:") && specifier !== "node:zlib");
}

function maySystem(path: string): boolean {
  return layerOf(path) === SYSTEM_LAYER || SYSTEM_FILES.includes(path);
}

/** Specifiers of imports, re-exports and dynamic imports, and files that a worker is made from. */
function findImports(code: string): string[] {
  const pattern = /(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*["']([^"']+)["']/g;
  return Array.from(code.matchAll(pattern), (match) => match[1]!);
}

function isOurs(specifier: string): boolean {
  return specifier.startsWith(".") && specifier.endsWith(".ts");
}

function resolvePath(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

const STRINGS_AND_COMMENTS = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[^]*?\*\/|\/\/.*/g;

function withoutComments(text: string): string {
  return text.replaceAll(STRINGS_AND_COMMENTS, (match) => match.startsWith("/") ? " " : match);
}

function withoutStrings(code: string): string {
  return code.replaceAll(STRINGS_AND_COMMENTS, " ");
}

const ROOT = new URL("../", import.meta.url);

/** main.ts and all of lib. */
function readSources(): Sources {
  const paths = ["main.ts", ...listFiles("lib/")];
  return new Map(paths.map((path) => [path, Deno.readTextFileSync(new URL(path, ROOT))]));
}

function listFiles(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return listFiles(`${folder}${name}/`);
    return /(?<!\.d)\.ts$/.test(name) ? [folder + name] : [];
  });
}

Deno.test("every file of the program keeps to its layer", () => {
  assertEquals(findBreaches(readSources()), []);
});

/** What only those runs load that are asked for it, or last. */
const ON_DEMAND = ["lib/explain/", "lib/explain_run.ts", "lib/report/progress.ts"];

/** Adds a file, and what is loaded with it, which types and dynamic imports are not. */
function addLoaded(path: string, sources: Sources, loaded: Set<string>): Set<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  const code = withoutComments(sources.get(path)!).replaceAll(
    /\b(import|export) type\b[^;]*;/g,
    "",
  );
  for (const [, specifier] of code.matchAll(/\b(?:from|import)\s*["']([^"']+)["']/g)) {
    if (isOurs(specifier!)) addLoaded(resolvePath(path, specifier!), sources, loaded);
  }
  return loaded;
}

Deno.test("a usual run does not load what only few runs need", () => {
  const sources = readSources();
  const loaded = [...addLoaded("main.ts", sources, new Set())];
  assert(loaded.includes("lib/update.ts") && loaded.includes("lib/discover/walk.ts"));
  for (const place of ON_DEMAND) {
    assert([...sources.keys()].some((path) => path.startsWith(place)), place);
    assertEquals(loaded.filter((path) => path.startsWith(place)), []);
  }
});

/** What is found in a file of this path and text. */
function findIn(path: string, text: string): string[] {
  return findBreaches(new Map([[path, text]]));
}

const KEPT: readonly (readonly [string, string])[] = [
  ["lib/read/parser.ts", 'import { Image } from "./image.ts";'],
  ["lib/read/parser.ts", 'import { Workspace } from "../wasm/workspace.ts";'],
  ["lib/read/parser.ts", 'import { ALIAS } from "../wasm/assembly/codes.ts";'],
  ["lib/read/extract.ts", "Deno.openSync(path);"],
  ["lib/wasm/module.ts", 'import * as codes from "./assembly/codes.ts";'],
  ["lib/wasm/module.ts", 'import { LimitError } from "../errors.ts";'],
  ["lib/wasm/assembly/facts.ts", 'import { ALIAS } from "./codes.ts";'],
  ["lib/render/dep.ts", 'import type { Input } from "./input.ts";'],
  ["lib/discover/walk.ts", 'import { select } from "./select.ts";'],
  ["lib/discover/order.ts", 'import { splitLines } from "../bytes/text.ts";'],
  ["lib/discover/inputs.ts", 'import { parse } from "../resolve/kernel_symbols.ts";'],
  ["lib/threads/reader_pool.ts", 'new Worker(new URL("./reader.ts", import.meta.url));'],
  ["lib/threads/confined_worker.ts", 'import { requireGrants } from "../grants.ts";'],
  ["lib/publish/publish.ts", "Deno.renameSync(a, b);"],
  ["lib/run.ts", 'import { planGrants } from "./grants.ts";'],
  ["lib/cli/plan.ts", "Deno.osRelease();"],
  ["lib/mod.ts", 'export { run } from "./run.ts";\n/** See Deno.stdout. */'],
  ["lib/bytes/text.ts", 'const text = "Deno.exit"; // Deno.exit'],
  ["lib/read/unpack/gzip.ts", 'const { createGunzip } = await import("node:zlib");'],
  ["lib/read/unpack/gzip.ts", 'import { CompressionError } from "../../errors.ts";'],
  ["main.ts", 'import { run } from "./lib/run.ts";\nDeno.exit(0);'],
];

for (const [path, text] of KEPT) {
  Deno.test(`findBreaches() of the tests finds nothing in ${path}: ${text}`, () => {
    assertEquals(findIn(path, text), []);
  });
}

const BROKEN: readonly (readonly [string, string, string])[] = [
  ["lib/bytes/text.ts", 'import { parse } from "../read/parser.ts";', "imports lib/read/parser.ts"],
  ["lib/model.ts", 'import type { A } from "./bytes/a.ts";', "imports lib/bytes/a.ts"],
  ["lib/read/parser.ts", 'import {\n  a,\n} from "../render/a.ts";', "imports lib/render/a.ts"],
  ["lib/bytes/text.ts", 'import { a } from "../wasm/a.ts";', "imports lib/wasm/a.ts"],
  ["lib/wasm/module.ts", 'import { a } from "../read/a.ts";', "imports lib/read/a.ts"],
  ["lib/wasm/assembly/a.ts", 'import { a } from "../module.ts";', "imports lib/wasm/module.ts"],
  ["lib/wasm/assembly/a.ts", 'import { A } from "../../errors.ts";', "imports lib/errors.ts"],
  ["lib/read/a.ts", 'import { a } from "../threads/a.ts";', "imports lib/threads/a.ts"],
  ["lib/threads/a.ts", "Deno.exit();", "uses the system"],
  ["lib/threads/a.ts", 'import { a } from "../cli/a.ts";', "imports lib/cli/a.ts"],
  ["lib/render/a.ts", 'export * from "../resolve/a.ts";', "imports lib/resolve/a.ts"],
  ["lib/render/a.ts", 'import "../discover/order.ts";', "imports lib/discover/order.ts"],
  ["lib/resolve/a.ts", 'import "../discover/order.ts";', "imports lib/discover/order.ts"],
  ["lib/discover/order.ts", 'import { walk } from "./walk.ts";', "imports lib/discover/walk.ts"],
  ["lib/read/a.ts", 'import { walk } from "../discover/walk.ts";', "imports lib/discover/walk.ts"],
  ["lib/read/a.ts", "import { Log } from '../log.ts';", "imports lib/log.ts"],
  ["lib/render/a.ts", 'import { Log } from "../log.ts";', "imports lib/log.ts"],
  ["lib/log.ts", 'import { a } from "./publish/a.ts";', "imports lib/publish/a.ts"],
  ["lib/grants.ts", 'import { a } from "./threads/a.ts";', "imports lib/threads/a.ts"],
  ["lib/cli/plan.ts", 'import { a } from "../run.ts";', "imports lib/run.ts"],
  ["lib/cli/a.ts", 'const { run } = await import("../run.ts");', "imports lib/run.ts"],
  ["lib/run.ts", 'new Worker(new URL("../main.ts", import.meta.url));', "imports main.ts"],
  ["lib/read/a.ts", 'import { a } from "../strange/a.ts";', "imports lib/strange/a.ts"],
  ["lib/strange/a.ts", "", "has no layer"],
  ["lib/read/a.ts", "Deno.readFileSync(path);", "uses the system"],
  ["lib/read/a.ts", 'const url = "a//b"; Deno.exit();', "uses the system"],
  ["lib/run.ts", "const { exit } = Deno;", "uses the system"],
  ["lib/render/a.ts", 'import { readFileSync } from "node:fs";', "uses the system"],
  ["lib/read/a.ts", 'import { spawn } from "node:child_process";', "uses the system"],
  ["lib/read/unpack/a.ts", 'const fs = await import("node:fs/promises");', "uses the system"],
  ["lib/resolve/a.ts", 'import { parse } from "../render/a.ts";\nDeno.exit();', "uses the system"],
];

for (const [path, text, breach] of BROKEN) {
  Deno.test(`findBreaches() of the tests finds that ${path} ${breach}: ${text}`, () => {
    assertEquals(findIn(path, text), [`${path} ${breach}`]);
  });
}
