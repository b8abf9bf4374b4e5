/**
 * Explains a symbol: which modules export it, which of them is loaded for it, and who needs it.
 *
 *     symbol crc16
 *       exported by crc16 (kernel/lib/crc16.ko)
 *       needed by 2 modules:
 *         ext4 jbd2
 *
 * @module
 */
import { stringText } from "../bytes/strings.ts";
import { excerpt } from "../bytes/text.ts";
import { lookUp } from "../resolve/symbols.ts";
import { findString, type Knowledge, numbersOf } from "./knowledge.ts";
import { count, wrapWords } from "./lines.ts";

/** The explanation, line by line; none if no module and no list of the kernel has the symbol. */
export function explainSymbol(name: string, knowledge: Knowledge): string[] {
  const number = findString(knowledge.table.names, name);
  if (number === undefined) return [];
  const exporters = listExporters(name, knowledge);
  const users = listUsers(number, knowledge);
  const isKernels = knowledge.kernel.some((symbol) => symbol.name === name);
  if (exporters.length + users.length === 0 && !isKernels) return [];
  return [
    `symbol ${excerpt(name)}`,
    ...explainExporters(exporters, knowledge.table.owners[number]!, knowledge),
    ...isKernels ? [explainKernel(exporters.length)] : [],
    ...explainUsers(users, knowledge),
  ];
}

/** The modules that export a symbol, in their order. */
function listExporters(name: string, { symbols, prefix }: Knowledge): number[] {
  const hasPrefix = prefix !== undefined && name.startsWith(prefix);
  const forms = [...hasPrefix ? [] : [name], ...prefix === undefined ? [] : [prefix + name]];
  const numbers = new Set(forms.map((form) => findString(symbols.names, form)));
  return listModules(symbols.exportStarts, (at) => numbers.has(symbols.exportNames[at]));
}

/** The modules that need a symbol of the table. */
function listUsers(number: number, { symbols, table }: Knowledge): number[] {
  return listModules(symbols.needStarts, (at) => lookUp(table, symbols.needNames[at]!) === number);
}

function listModules(starts: Uint32Array, has: (at: number) => boolean): number[] {
  const modules: number[] = [];
  for (let module = 0; module + 1 < starts.length; module++) {
    if (numbersOf(starts, module).some(has)) modules.push(module);
  }
  return modules;
}

function explainExporters(
  exporters: readonly number[],
  owner: number,
  { modules }: Knowledge,
): string[] {
  if (exporters.length === 0) return ["  exported by no module"];
  return exporters.flatMap((module) => {
    const path = stringText(modules.indexPaths, module);
    const line = `  exported by ${stringText(modules.names, module)} (${path})`;
    if (exporters.length === 1 || module !== owner) return [line];
    return [line, "    which owns it: of several, the last in the order of modules.dep does"];
  });
}

function explainKernel(exporters: number): string {
  const text = "  defined by the kernel itself";
  return exporters === 0 ? text : `${text}; a module that exports it counts before that`;
}

function explainUsers(users: readonly number[], { modules }: Knowledge): string[] {
  if (users.length === 0) return ["  needed by no module"];
  const names = users.map((user) => stringText(modules.names, user));
  return [`  needed by ${count(users.length, "module")}:`, ...wrapWords(names, "    ")];
}
