/**
 * From facts to dependencies: which module defines each symbol that another one needs, and in which
 * order a module's dependencies are written.
 *
 * @module
 */
import { stringBytes, stringText } from "../bytes/strings.ts";
import { decodeLatin1, printable } from "../bytes/text.ts";
import type { KernelSymbol, Message, Model, ModuleFiles, SymbolFacts } from "../model.ts";
import { collectDependencies, isComplete, linkModules, sortTopologically } from "./graph.ts";
import { type CycleReport, findCycles } from "./cycles.ts";
import { buildSymbolTable, lookUp, type SymbolTable, UNDEFINED } from "./symbols.ts";

/** What is known besides the facts, and what is to be reported. */
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
  /** Show each new dependency on stdout (-v). */
  readonly showDependencies: boolean;
  /** Whether an unknown symbol or another CRC counts as something left out. */
  readonly strict: boolean;
}

/** The resolved part of the model, undefined when there is a cycle, and the messages. */
export interface Resolution {
  readonly resolved: Pick<Model, "dependencies" | "symbols"> | undefined;
  readonly messages: readonly Message[];
}

/** Resolves symbols to dependencies. */
export function resolve(facts: SymbolFacts, options: ResolveOptions): Resolution {
  const table = buildSymbolTable(facts, options);
  const direct = linkModules(facts, findOwners(table));
  const messages = describeNeeds({ ...options, facts, table });
  const order = sortTopologically(direct);
  if (!isComplete(order)) {
    const cycles = describeCycles(findCycles(direct, order), options.modules);
    return { resolved: undefined, messages: messages.concat(cycles) };
  }
  const dependencies = collectDependencies(direct, order);
  return { resolved: { dependencies, symbols: table.exported }, messages };
}

/** By name of the facts: its owner in the table. */
export function findOwners({ lookup, owners }: SymbolTable): Int32Array {
  return lookup === undefined ? owners : Int32Array.from(lookup, (name) => owners[name]!);
}

/** All that messages about needs are made from. */
interface Needs extends ResolveOptions {
  readonly facts: SymbolFacts;
  readonly table: SymbolTable;
}

/** The messages about each need, in order. */
function describeNeeds(needs: Needs): Message[] {
  if (!needs.reportUnknown && !needs.showDependencies) return [];
  const { needStarts, needNames } = needs.facts;
  const { owners } = needs.table;
  const messages: Message[] = [];
  for (let module = 0; module + 1 < needStarts.length; module++) {
    const found = new Set<number>();
    for (let need = needStarts[module]!; need < needStarts[module + 1]!; need++) {
      const symbol = lookUp(needs.table, needNames[need]!);
      if (needs.reportUnknown) messages.push(...describeUnknown(needs, { module, need, symbol }));
      const owner = owners[symbol]!;
      if (!needs.showDependencies || owner < 0 || found.has(owner)) continue;
      found.add(owner);
      messages.push(describeDependency(needs, { module, symbol }));
    }
  }
  return messages;
}

/** The line that shows which module is needed for a symbol. */
function describeDependency(
  { table, modules: { paths } }: Needs,
  { module, symbol }: { module: number; symbol: number },
): Message {
  const name = printable(decodeLatin1(stringBytes(table.names, symbol)));
  const owner = stringText(paths, table.owners[symbol]!);
  const text = `${stringText(paths, module)} needs "${name}": ${owner}`;
  return { level: "output", code: "dependency", text };
}

/** A warning if nobody defines a needed symbol, or if its CRC differs; none for a weak need. */
function describeUnknown(
  { facts, table, modules, checkVersions, strict }: Needs,
  { module, need, symbol }: { module: number; need: number; symbol: number },
): Message[] {
  if (facts.needWeak[need] === 1) return [];
  const isUnknown = table.owners[symbol] === UNDEFINED;
  const isOther = table.crcLow[symbol] !== facts.needCrcLow[need] ||
    table.crcHigh[symbol] !== facts.needCrcHigh[need];
  if (!isUnknown && !(checkVersions && isOther)) return [];
  const problem = isUnknown ? "needs unknown symbol" : "disagrees about version of symbol";
  const path = stringText(modules.paths, module);
  const text = `${path} ${problem} ${needName(facts, need)}`;
  const code = isUnknown ? "unknown-symbol" : "symbol-version";
  const indexPath = stringText(modules.indexPaths, module);
  return [{ level: "warning", code, text, module: indexPath, fails: strict }];
}

function needName({ names, needNames }: SymbolFacts, need: number): string {
  return printable(decodeLatin1(stringBytes(names, needNames[need]!)));
}

function describeCycles(reports: readonly CycleReport[], modules: ModuleFiles): Message[] {
  const count = reports.reduce((sum, { groupSize }) => sum + groupSize, 0);
  return [
    ...reports.flatMap((report) => describeReport(report, modules)),
    { level: "error", code: "cycle", text: `Found ${count} modules in dependency cycles!` },
  ];
}

function describeReport(
  { cycles, groupSize, hasMore }: CycleReport,
  { names }: ModuleFiles,
): Message[] {
  const messages: Message[] = cycles.map((cycle) => {
    const way = cycle.map((module) => stringText(names, module)).join(" -> ");
    return { level: "error", code: "cycle", text: `Cycle detected: ${way}` };
  });
  if (!hasMore) return messages;
  const text = `Not all cycles of these ${groupSize} modules are shown`;
  return [...messages, { level: "error", code: "cycle", text }];
}
