/**
 * The summary of a run: one to three lines.
 *
 *     4023 modules: 3 read, 4020 from the cache; replaced modules.dep, modules.dep.bin; 0.21 s
 *     1 error, 2 warnings: 2 alias-bracket, 1 module-unreadable
 *
 * @module
 */
import type { Message } from "../model.ts";
import type { RunRecord } from "./render_report.ts";
import type { TreeRecord } from "./tree_record.ts";

/** Names of files or versions that are shown one by one. */
const MOST_NAMES = 4;

/** The lines of the summary, one for all trees. */
export function renderSummary(run: RunRecord): string[] {
  const { trees, total } = run;
  const time = `${(total / 1000).toFixed(2)} s`;
  const messages = [...run.messages, ...trees.flatMap(({ messages }) => messages)];
  return [
    [...describeModules(run), ...describeChanges(run), time].join("; "),
    ...foldMessages(messages),
  ];
}

/** What was found, and what was read. */
function describeModules({ trees, allKernels }: RunRecord): string[] {
  const known = trees.flatMap(({ modules }) => modules ?? []);
  if (known.length === 0) return [];
  const count = sum(known.map(({ count }) => count));
  const read = sum(known.map(({ wanted }) => wanted));
  const where = allKernels ? ` of ${countOf(known.length, "version")}` : "";
  const isCached = trees.some(({ plan }) => plan.cachePath !== undefined);
  const cached = isCached ? `, ${count - read} from the cache` : "";
  return [`${countOf(count, "module")}${where}: ${read} read${cached}`];
}

/** What was made of the index files. */
function describeChanges({ trees, allKernels }: RunRecord): string[] {
  if (trees.length === 0) return ["nothing written"];
  if (!allKernels) return trees.map(describeChange);
  const changed = trees.filter((tree) => !isUnchanged(tree));
  if (changed.length === 0) return ["nothing has changed"];
  return changed.slice(0, MOST_NAMES).map((tree) => `${tree.plan.version}: ${describeChange(tree)}`)
    .concat(
      changed.length > MOST_NAMES ? [`${changed.length - MOST_NAMES} more have changed`] : [],
    );
}

function isUnchanged({ outcome, changed, plan }: TreeRecord): boolean {
  if (outcome === "up to date") return true;
  return plan.writes && changed.length === 0 && outcome === "complete";
}

function describeChange(tree: TreeRecord): string {
  const { outcome, changed, plan } = tree;
  if (plan.check !== undefined || outcome === "nothing written") return outcome;
  if (plan.show) return "shown";
  const remark = outcome === "complete" ? "" : ", not complete";
  if (changed.length === 0) return `nothing has changed${remark}`;
  const names = changed.length > MOST_NAMES
    ? `${changed.length} files`
    : changed.toSorted().join(", ");
  return `replaced ${names}${remark}`;
}

/** How many messages there were, by level and by code; nothing if there were none. */
function foldMessages(messages: readonly Message[]): string[] {
  const shown = messages.filter(({ level }) => LEVELS.includes(level));
  if (shown.length === 0) return [];
  const byLevel = LEVELS.flatMap((level) => {
    const count = shown.filter((message) => message.level === level).length;
    return count === 0 ? [] : [countOf(count, level === "fatal" ? "fatal error" : level)];
  });
  const byCode = Array.from(Map.groupBy(shown, ({ code }) => code))
    .map(([code, { length }]) => ({ code, length }))
    .sort((a, b) => b.length - a.length || (a.code < b.code ? -1 : 1));
  const kinds = byCode.map(({ code, length }) => `${length} ${code}`).join(", ");
  return [`${byLevel.join(", ")}: ${kinds}`];
}

/** The levels that are counted, from the most severe. */
const LEVELS: readonly Message["level"][] = ["fatal", "error", "warning"];

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
