/**
 * Compares the modules that `modules.dep` lists with those that are there.
 *
 * @module
 */
import { FindingList, type Findings } from "./findings.ts";

/**
 * Which modules are only in `modules.dep`, and which only in the tree.
 *
 * @param listed paths of `modules.dep`
 * @param modules paths of the modules that a run would list there
 */
export function compareModules(
  listed: readonly string[],
  modules: readonly string[],
): Findings {
  const findings = new FindingList();
  const [inFile, inTree] = [new Set(listed), new Set(modules)];
  for (const path of modules) if (!inFile.has(path)) findings.addStale(path, "not in modules.dep");
  for (const path of listed) {
    if (!inTree.has(path)) findings.addStale(path, "in modules.dep, but not among the modules");
  }
  return findings.finish();
}
