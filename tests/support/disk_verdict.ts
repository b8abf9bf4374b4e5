/**
 * Whether what is found after a power cut is what was promised: the old set or the new one; or,
 * once files were renamed, whole files of each, and something by which the next run knows.
 *
 * @module
 */
import { hasTemporaryFiles } from "../../lib/publish/temporary.ts";
import type { Content, DiskLog, Files, Outcome } from "./disk_model.ts";

/** What was found. */
export type Verdict =
  | "old"
  | "new"
  /** Whole files of both sets, with temporary files or an aged modules.dep beside them. */
  | "mixed and told"
  | "mixed"
  /** A file that belongs to neither set. */
  | "broken";

/** Contents of the index files by their names. */
export type IndexSet = ReadonlyMap<string, string>;

/** The old set and the new one. */
export interface Sets {
  readonly before: IndexSet;
  readonly after: IndexSet;
}

/** Judges what was found. */
export function judge(files: Files, { before, after }: Sets): Verdict {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const isOf = (set: IndexSet) => (name: string) => files.get(name)?.text === set.get(name);
  if (names.every(isOf(after))) return "new";
  if (names.every(isOf(before))) return "old";
  if (!names.every((name) => isOf(before)(name) || isOf(after)(name))) return "broken";
  return isTold(files) ? "mixed and told" : "mixed";
}

/** Whether -A works anew. */
function isTold(files: Files): boolean {
  const dep: Content | undefined = files.get("modules.dep");
  return dep === undefined || dep.isAged || holdsTemporaryFiles([...files.keys()]);
}

/** What the program itself finds in a directory of these names. */
function holdsTemporaryFiles(names: readonly string[]): boolean {
  const { readDirSync } = Deno;
  try {
    Deno.readDirSync = () => {
      const entries = names.map((name) => ({ name, isFile: true, isDirectory: false }));
      return entries.map((entry) => ({ ...entry, isSymlink: false }))[Symbol.iterator]();
    };
    return hasTemporaryFiles("/directory");
  } finally {
    Deno.readDirSync = readDirSync;
  }
}

/** The verdicts that are no breach at the moment of a power cut. */
export function allowedAfter(events: number, log: DiskLog): readonly Verdict[] {
  const renames = log.events.flatMap(({ kind }, i) => kind === "rename" ? [i] : []);
  if (events === log.events.length) return ["new"];
  if (events <= (renames[0] ?? Infinity)) return ["old"];
  return ["old", "mixed and told", "new"];
}

/** What was found, and how often. */
export class Findings {
  readonly counts = new Map<Verdict, number>();
  readonly breaches: string[] = [];

  /** Judges an outcome. */
  add(outcome: Outcome, { log, sets }: { log: DiskLog; sets: Sets }): void {
    const verdict = judge(outcome.files, sets);
    this.counts.set(verdict, (this.counts.get(verdict) ?? 0) + 1);
    if (allowedAfter(outcome.events, log).includes(verdict)) return;
    const names = [...outcome.files].map(([name, { text }]) => `${name} (${text.length} bytes)`);
    this.breaches.push(`${verdict} after ${outcome.events} events: ${names.sort().join(", ")}`);
  }

  /** How often something was found. */
  count(verdict: Verdict): number {
    return this.counts.get(verdict) ?? 0;
  }
}
