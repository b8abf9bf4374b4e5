/**
 * From facts to dependencies: who defines what a module needs, and in which order what it depends
 * on is written.
 *
 * @module
 */
import { Column } from "../bytes/column.ts";
import { stringBytes, stringText } from "../bytes/strings.ts";
import { decodeLatin1, printable } from "../bytes/text.ts";
import type { Message, Model, ModuleFiles, SymbolFacts } from "../model.ts";
import {
  collectDependencies,
  findCycles,
  isComplete,
  type ModuleLists,
  sortTopologically,
  traceCycle,
} from "./graph.ts";
import type { KernelSymbol } from "./kernel_symbols.ts";
import { buildSymbolTable, type SymbolTable, UNDEFINED } from "./symbols.ts";

/** What is known beside the facts, and what is to be told. */
export interface ResolveOptions {
  /** The modules of the facts. */
  readonly modules: ModuleFiles;
  readonly kernel: readonly KernelSymbol[];
  /** One character dropped from the start of symbol names (-P). */
  readonly prefix: string | undefined;
  /** Warn of symbols that nobody defines (-e). */
  readonly reportUnknown: boolean;
  /** With `reportUnknown`, warn of CRCs that differ too (-E). */
  readonly checkVersions: boolean;
  /** Tell each new dependency on stdout (-v). */
  readonly showDependencies: boolean;
}

/** The resolved part of the model, undefined when there is a cycle, and what there is to say. */
export interface Resolution {
  readonly resolved: Pick<Model, "dependencies" | "symbols"> | undefined;
  readonly messages: readonly Message[];
}

/** Resolves symbols to dependencies. */
export function resolve(facts: SymbolFacts, options: ResolveOptions): Resolution {
  const messages: Message[] = [];
  const table = buildSymbolTable(facts, options);
  const direct = findDependencies(facts, table, { ...options, messages });
  const order = sortTopologically(direct);
  if (!isComplete(order)) {
    messages.push(...describeCycles(direct, options.modules));
    return { resolved: undefined, messages };
  }
  const dependencies = collectDependencies(direct, order);
  return { resolved: { dependencies, symbols: table.exported }, messages };
}

/** The modules that each module needs a symbol of, in the order they are met. */
function findDependencies(
  facts: SymbolFacts,
  table: SymbolTable,
  options: ResolveOptions & { messages: Message[] },
): ModuleLists {
  const count = facts.needStarts.length - 1;
  const starts = new Uint32Array(count + 1);
  const search: Search = {
    ...options,
    facts,
    table,
    found: new Column(),
    foundBy: new Uint32Array(count),
    speaks: options.reportUnknown || options.showDependencies,
  };
  for (let module = 0; module < count; module++) {
    findOwners(search, module);
    starts[module + 1] = search.found.length;
  }
  return { starts, modules: search.found.finish() };
}

/** What the search for dependencies goes by, and what it has found. */
interface Search extends ResolveOptions {
  readonly facts: SymbolFacts;
  readonly table: SymbolTable;
  readonly messages: Message[];
  /** Modules depended on, module by module. */
  readonly found: Column;
  /** By module: which one depended on it last, plus one. */
  readonly foundBy: Uint32Array;
  readonly speaks: boolean;
}

/** Adds the modules that one module needs a symbol of. */
function findOwners(search: Search, module: number): void {
  const { needStarts, needNames } = search.facts;
  const { lookup, owners } = search.table;
  const { found, foundBy } = search;
  const end = needStarts[module + 1]!;
  for (let need = needStarts[module]!; need < end; need++) {
    const owner = owners[lookup[needNames[need]!]!]!;
    const isNew = owner >= 0 && foundBy[owner] !== module + 1;
    if (isNew) {
      foundBy[owner] = module + 1;
      found.push(owner);
    }
    if (search.speaks) speak(search, { module, need, isNew });
  }
}

function speak(
  search: Search,
  { module, need, isNew }: { module: number; need: number; isNew: boolean },
): void {
  const symbol = search.table.lookup[search.facts.needNames[need]!]!;
  if (search.reportUnknown) report(search, { module, need, symbol });
  if (search.showDependencies && isNew) {
    const { messages, table } = search;
    const { paths } = search.modules;
    const name = printable(decodeLatin1(stringBytes(table.names, symbol)));
    const owner = stringText(paths, table.owners[symbol]!);
    const text = `${stringText(paths, module)} needs "${name}": ${owner}`;
    messages.push({ level: "output", text });
  }
}

/** Warns if nobody defines a needed symbol, or with another CRC; a weak need may be unmet. */
function report(
  { facts, table, modules, messages, checkVersions }: Search,
  { module, need, symbol }: { module: number; need: number; symbol: number },
): void {
  if (facts.needWeak[need] === 1) return;
  const path = stringText(modules.paths, module);
  if (table.owners[symbol] === UNDEFINED) {
    const text = `${path} needs unknown symbol ${needName(facts, need)}`;
    messages.push({ level: "warning", text });
  } else if (
    checkVersions &&
    (table.crcLow[symbol] !== facts.needCrcLow[need] ||
      table.crcHigh[symbol] !== facts.needCrcHigh[need])
  ) {
    const text = `${path} disagrees about version of symbol ${needName(facts, need)}`;
    messages.push({ level: "warning", text });
  }
}

function needName({ names, needNames }: SymbolFacts, need: number): string {
  return printable(decodeLatin1(stringBytes(names, needNames[need]!)));
}

function describeCycles(direct: ModuleLists, { names }: ModuleFiles): Message[] {
  const groups = findCycles(direct);
  const messages: Message[] = groups.map((group) => {
    const cycle = traceCycle(direct, group).map((module) => stringText(names, module));
    return { level: "error", text: `Cycle detected: ${cycle.join(" -> ")}` };
  });
  const count = groups.reduce((sum, group) => sum + group.length, 0);
  messages.push({ level: "error", text: `Found ${count} modules in dependency cycles!` });
  return messages;
}
