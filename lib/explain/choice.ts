/**
 * Why one of several files with the same module name is used: what discover/select.ts has decided,
 * and by which rule.
 *
 *     wins over kernel/drivers/net/foo.ko: search word updates ranks above built-in
 *
 * @module
 */
import { type Config, EXTERNAL } from "../discover/config.ts";
import { type ModuleFile, rank, refuseName, selectModules, stem } from "../discover/select.ts";

/** Two files of one name, and why the first is preferred. */
export interface Decision {
  readonly winner: ModuleFile;
  readonly loser: ModuleFile;
  readonly reason: string;
}

/**
 * The decisions about files of one name, in order: one less than there are files that can be used.
 *
 * @param files in the order in which they were found
 */
export function listDecisions(files: readonly ModuleFile[], config: Config): Decision[] {
  const [first, ...others] = files.filter((file) => refuseName(file) === undefined);
  const decisions: Decision[] = [];
  let held = first;
  for (const file of others) {
    const reason = describeRule(file, held!, config);
    const isHeld = selectModules([held!, file], config).modules[0] === held;
    const [winner, loser] = isHeld ? [held!, file] : [file, held!];
    decisions.push({ winner, loser, reason: reason(winner) });
    held = winner;
  }
  return decisions;
}

/** Gives the rule as a reason for the file that has won by it. */
function describeRule(
  file: ModuleFile,
  held: ModuleFile,
  config: Config,
): (winner: ModuleFile) => string {
  const override = config.overrides.find((path) => path === stem(file) || path === stem(held));
  if (override !== undefined) return () => `an override names ${override}`;
  const [filePriority, heldPriority] = rank(file, held, config);
  if (filePriority === heldPriority) {
    return () => "the search words rank them alike, and it was found first";
  }
  const words = listWords(config);
  return (winner) => {
    const [high, low] = winner === file
      ? [filePriority, heldPriority]
      : [heldPriority, filePriority];
    const other = words[low] ?? "files that no search word matches";
    return `search word ${words[high]} ranks above ${other}`;
  };
}

/** The search words by priority; that for external directories stands for each of them. */
function listWords({ searches, externals }: Config): string[] {
  return searches.flatMap((word) => {
    return word === EXTERNAL ? externals.map((directory) => `${EXTERNAL} (${directory})`) : [word];
  });
}
