/**
 * Checks what the eleven index files say, each for itself and against the others:
 *
 *     modules.dep      lists every module that another file names
 *     X and X.bin      hold the same, for modules.dep, modules.alias and modules.symbols
 *     builtin indexes  hold what modules.builtin and modules.builtin.modinfo make
 *
 * It does no I/O. All of it may be hostile: the files are taken for what they are, and the work is
 * bounded by their size.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { moduleName } from "../bytes/module_name.ts";
import { encodeStrings } from "../bytes/strings.ts";
import { FormatError, IndexSizeError } from "../errors.ts";
import type { BuiltinFiles, Strings } from "../model.ts";
import { normalizeAliases } from "../render/aliases.ts";
import { renderBuiltinAliasBin, renderBuiltinBin } from "../render/builtin.ts";
import { encodeIndex, type IndexEntries } from "../render/encode_index.ts";
import { compareIndexes } from "./compare_index.ts";
import { FindingList, type Findings } from "./findings.ts";
import { parseIndex } from "./parse_index.ts";
import {
  type AliasLines,
  type DependencyLines,
  parseAliases,
  parseDependencies,
  parseNames,
} from "./parse_text.ts";
import type { IndexSet } from "./read_set.ts";

/** What a check of the index files gives. */
export interface CheckedSet {
  readonly findings: Findings;
  /** The paths that `modules.dep` lists; undefined if it is damaged. */
  readonly listed: readonly string[] | undefined;
}

/** A check that has begun. */
interface Check {
  readonly set: IndexSet;
  readonly findings: FindingList;
}

/** The modules that `modules.dep` lists. */
interface Modules {
  readonly names: Strings;
  /** By name: its place in that file, which is its priority. */
  readonly numbers: ReadonlyMap<string, number>;
}

/**
 * Checks the files.
 *
 * @param builtin undefined to check of the indexes of what is built in only that they are sound
 */
export function checkSet(set: IndexSet, builtin: BuiltinFiles | undefined): CheckedSet {
  const check: Check = { set, findings: new FindingList() };
  const { findings } = check;
  for (const [name, bytes] of set) if (typeof bytes === "string") findings.addDamage(name, bytes);
  const lines = parse(check, "modules.dep", parseDependencies);
  const modules = lines && takeModules(lines);
  checkPair(check, "modules.dep", modules && encodeDependencies(lines, modules));
  checkAliases(check, modules);
  checkSymbols(check, modules);
  checkNames(check, "modules.softdep", { line: /^softdep (\S+) /, heading: "always", modules });
  checkNames(check, "modules.weakdep", { line: /^weakdep (\S+) /, heading: "always", modules });
  checkNames(check, "modules.devname", { line: DEVICE_NODE, heading: "maybe", modules });
  checkBuiltin(check, builtin);
  return { findings: findings.finish(), listed: lines?.paths };
}

/** What `parse` makes of a file; undefined if there is none, or it is damaged, which is noted. */
function parse<T>(
  { set, findings }: Check,
  name: string,
  parse: (bytes: Uint8Array) => T,
): T | undefined {
  const bytes = set.get(name);
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    return parse(bytes);
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof IndexSizeError)) throw error;
    const where = error instanceof FormatError ? ` (at offset ${error.offset})` : "";
    findings.addDamage(name, `${error.message}${where}`);
    return undefined;
  }
}

function takeModules({ paths }: DependencyLines): Modules {
  const names = paths.map(moduleName);
  return { names: encodeStrings(names), numbers: new Map(names.map((name, i) => [name, i])) };
}

/** Checks the index beside a text by what the text makes of it, undefined if the text is damaged. */
function checkPair(check: Check, text: string, wanted: (() => Uint8Array) | undefined): void {
  const name = `${text}.bin`;
  const difference = parse(check, name, (bytes) => {
    if (wanted !== undefined) return compareIndexes(bytes, wanted());
    parseIndex(bytes);
    return undefined;
  });
  if (difference !== undefined) {
    check.findings.addDamage(name, `not the same as ${text}: ${difference}`);
  }
}

function encodeDependencies(
  lines: DependencyLines | undefined,
  { names }: Modules,
): () => Uint8Array {
  const values = lines?.lines ?? [];
  const numbers = sequence(values.length);
  const entries = { keys: names, valueNumbers: numbers, priorities: numbers };
  return () => encodeIndex({ ...entries, values: encodeStrings(values) });
}

function checkAliases(check: Check, modules: Modules | undefined): void {
  const entries = parse(check, "modules.alias", (bytes) => {
    const lines = parseAliases(bytes);
    const values = modules && toValues(check, "modules.alias", { lines, modules });
    if (values === undefined) return undefined;
    const { keys, unpaired } = normalizeAliases(encodeStrings(lines.patterns));
    return { ...values, keys, omitted: unpaired };
  });
  checkPair(check, "modules.alias", entries && (() => encodeIndex(entries)));
}

function checkSymbols(check: Check, modules: Modules | undefined): void {
  const entries = parse(check, "modules.symbols", (bytes) => {
    const lines = parseAliases(bytes, "symbol:");
    const values = modules && toValues(check, "modules.symbols", { lines, modules });
    return values && { ...values, keys: encodeStrings(lines.patterns) };
  });
  checkPair(check, "modules.symbols", entries && (() => encodeIndex(entries)));
}

/** What an index of aliases has besides keys; undefined if it names unknown modules, which is noted. */
function toValues(
  check: Check,
  name: string,
  { lines, modules }: { lines: AliasLines; modules: Modules },
): Omit<IndexEntries, "keys"> | undefined {
  const owners = findNumbers(check, name, { names: lines.modules, modules });
  return owners && { values: modules.names, valueNumbers: owners, priorities: owners };
}

/** The numbers of the modules that a file names; undefined if one is unknown, which is noted. */
function findNumbers(
  { findings }: Check,
  file: string,
  { names, modules }: { names: readonly string[]; modules: Modules },
): Uint32Array | undefined {
  const numbers = new Uint32Array(names.length);
  for (let i = 0; i < names.length; i++) {
    const number = modules.numbers.get(names[i]!);
    if (number === undefined) {
      findings.addDamage(file, `${names[i]} is not in modules.dep`);
      return undefined;
    }
    numbers[i] = number;
  }
  return numbers;
}

const DEVICE_NODE = /^(\S+) .* [bc]\d+:\d+$/;

/** Checks a file whose lines begin with the names of modules. */
function checkNames(
  check: Check,
  name: string,
  { line, heading, modules }: {
    line: RegExp;
    heading: "always" | "maybe";
    modules: Modules | undefined;
  },
): void {
  parse(check, name, (bytes) => {
    const names = parseNames(bytes, line, { heading });
    if (modules !== undefined) findNumbers(check, name, { names, modules });
  });
}

/** Checks the indexes of what is built in; that they are not what the lists make is no damage. */
function checkBuiltin(check: Check, builtin: BuiltinFiles | undefined): void {
  for (const { index, list, render } of BUILTIN_INDEXES) {
    const difference = parse(check, index, (bytes) => {
      if (builtin !== undefined) return compareIndexes(bytes, render(builtin));
      parseIndex(bytes);
      return undefined;
    });
    if (difference !== undefined) {
      check.findings.addStale(index, `not that of ${list}: ${difference}`);
    }
  }
}

const BUILTIN_INDEXES = [
  { index: "modules.builtin.bin", list: "modules.builtin", render: renderBuiltin },
  {
    index: "modules.builtin.alias.bin",
    list: "modules.builtin.modinfo",
    render: renderBuiltinAliases,
  },
] as const;

function renderBuiltin({ builtin }: BuiltinFiles): Uint8Array {
  return renderBuiltinBin({ builtin, messages: [], warnDuplicates: false });
}

function renderBuiltinAliases({ builtinModinfo }: BuiltinFiles): Uint8Array {
  return renderBuiltinAliasBin({ builtinModinfo, messages: [], warnDuplicates: false });
}
