/**
 * What a run with `--check` says of the index files, and a check of every byte of them.
 *
 * @module
 */
import { type Findings, listLines } from "./check/findings.ts";
import type { OutputFile, Plan, Report } from "./model.ts";
import type { ReaderPool } from "./threads/reader_pool.ts";

/** What a check says of the index files. */
export type Verdict =
  /** A run would leave them as they are. */
  | "up to date"
  /** A run would change them, as far as names, times and contents tell. */
  | "out of date"
  /** A file is missing, cut off or unreadable, or does not fit the others. */
  | "damaged";

/**
 * Compares the index files with those that were rendered. Each finding is reported as output.
 *
 * @throws FatalError (as a rejection) when the reader ends
 */
export async function checkFully(
  files: readonly OutputFile[],
  { plan, readers, report }: { plan: Plan; readers: ReaderPool; report: Report },
): Promise<Verdict> {
  return tell(await readers.first.compare(plan.outputDirectory, files), report);
}

/** Reports each finding as output, and gives what all of them come to. */
export function tell(parts: readonly Findings[], report: Report): Verdict {
  const lines = listLines(parts);
  const isDamage = parts.some(({ isDamage }) => isDamage);
  const code = isDamage ? "damaged" : "out-of-date";
  for (const text of lines) report({ level: "output", code, text });
  if (lines.length === 0) return "up to date";
  return isDamage ? "damaged" : "out of date";
}
