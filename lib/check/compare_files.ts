/**
 * Compares the index files with those that a run would write, byte for byte.
 *
 * @module
 */
import type { OutputFile } from "../model.ts";
import { findDifference } from "./compare_index.ts";
import { FindingList, type Findings } from "./findings.ts";
import type { IndexSet } from "./read_set.ts";

/** Which of the files in a set differ, and where; those that are missing are passed over. */
export function compareFiles(set: IndexSet, wanted: readonly OutputFile[]): Findings {
  const findings = new FindingList();
  for (const { name, bytes } of wanted) {
    const held = set.get(name);
    if (!(held instanceof Uint8Array)) continue;
    const offset = findDifference(held, bytes);
    if (offset !== undefined) findings.addStale(name, `differs from offset ${offset} on`);
  }
  return findings.finish();
}
