/**
 * Explains a module: its file, what it needs, who needs it, and its aliases.
 *
 * @module
 */
import { stringText } from "../bytes/strings.ts";
import { excerpt } from "../bytes/text.ts";
import type { ModuleStrings } from "../model.ts";
import { listDecisions } from "./choice.ts";
import {
  findUsers,
  groupNeeds,
  type Knowledge,
  latin1At,
  modulesOf,
  numbersOf,
} from "./knowledge.ts";
import { count, fitWords, wrapWords } from "./lines.ts";

/** Symbols that are named of those needed from one module: a hostile one may export a million. */
const MOST_SYMBOLS = 200;

/**
 * The explanation, line by line.
 *
 * @param matching the numbers of its aliases that match the name in question
 */
export function explainModule(
  module: number,
  matching: readonly number[],
  knowledge: Knowledge,
): string[] {
  const { modules, strings } = knowledge;
  return [
    `module ${stringText(modules.names, module)}`,
    `  file: ${stringText(modules.indexPaths, module)}`,
    ...explainChoice(module, knowledge),
    ...explainFaults(module, knowledge),
    ...explainAliases(module, matching, knowledge),
    ...explainNeeds(module, knowledge),
    ...listLines("softdep", strings.softdep, module),
    ...listLines("weakdep", strings.weakdep, module),
    ...explainUsers(module, knowledge),
  ];
}

/** Why that file is used, and not another one of its name. */
function explainChoice(module: number, { modules, files, config }: Knowledge): string[] {
  const name = stringText(modules.names, module);
  const decisions = listDecisions(files.filter((file) => file.name === name), config);
  if (decisions.length === 0) return ["    the only one of that name"];
  return decisions.map(({ winner, loser, reason }) => {
    const isFinal = winner.path === stringText(modules.paths, module);
    const subject = isFinal ? "" : `${winner.indexPath} `;
    return `    ${subject}wins over ${loser.indexPath}: ${excerpt(reason)}`;
  });
}

function explainFaults(module: number, { faults }: Knowledge): string[] {
  const fatal = faults.find((fault) => fault.module === module && fault.kind !== "dropped");
  return fatal === undefined
    ? []
    : ["    it cannot be read, so that nothing is known of its needs"];
}

function explainAliases(
  module: number,
  matching: readonly number[],
  { strings: { alias } }: Knowledge,
): string[] {
  const all = numbersOf(alias.starts, module).length;
  if (matching.length === 0) return all === 0 ? [] : [`  has ${count(all, "alias", "aliases")}`];
  const texts = matching.map((number) => latin1At(alias.values, number));
  return [
    `  ${matching.length} of its ${count(all, "alias", "aliases")} ` +
    `${matching.length === 1 ? "matches" : "match"}:`,
    ...texts.flatMap((text) => wrapWords([text], "    ")),
  ];
}

/** The modules that it needs, and the symbols for which it does. */
function explainNeeds(module: number, knowledge: Knowledge): string[] {
  const { modules, dependencies } = knowledge;
  const { byOwner, others } = groupNeeds(knowledge, module);
  const all = dependencies === undefined ? [...byOwner.keys()] : modulesOf(dependencies, module);
  const lines: string[] = [];
  for (const owner of all) {
    const symbols = byOwner.get(owner);
    if (symbols === undefined) continue;
    lines.push(
      `  needs ${stringText(modules.names, owner)} for ${count(symbols.length, "symbol")}:`,
    );
    lines.push(...wrapWords(symbols, "    ", MOST_SYMBOLS));
  }
  const indirect = [...all].filter((owner) => !byOwner.has(owner));
  if (indirect.length > 0) lines.push("  needs through these:", ...wrapNames(indirect, knowledge));
  if (all.length === 0) lines.push("  needs no other module");
  if (others.length > 0) {
    lines.push(`  needs ${count(others.length, "symbol")} that no module exports`);
  }
  return lines;
}

/** The modules that need it, with some of the symbols for which they do. */
function explainUsers(module: number, knowledge: Knowledge): string[] {
  const { modules, direct, dependencies } = knowledge;
  const users = findUsers(direct, module);
  const lines = users.map((user) => {
    const symbols = groupNeeds(knowledge, user).byOwner.get(module) ?? [];
    return fitWords(`  needed by ${stringText(modules.names, user)} for`, symbols);
  });
  const known = new Set(users);
  const all = dependencies === undefined ? [] : findUsers(dependencies, module);
  const indirect = all.filter((user) => !known.has(user));
  if (indirect.length > 0) {
    lines.push("  needed through these by:", ...wrapNames(indirect, knowledge));
  }
  if (users.length === 0) lines.push("  needed by no other module");
  return lines;
}

function wrapNames(numbers: readonly number[], { modules }: Knowledge): string[] {
  return wrapWords(numbers.map((number) => stringText(modules.names, number)), "    ");
}

/** The module's soft or weak dependencies, in its own words. */
function listLines(keyword: string, { starts, values }: ModuleStrings, module: number): string[] {
  const texts = numbersOf(starts, module).map((number) => latin1At(values, number));
  return texts.flatMap((text) => `  ${keyword}: ${excerpt(text)}`);
}
