/**
 * What comes before the search for modules: permission, lock and configuration.
 *
 * @module
 */
import { findBase } from "./discover/absolute.ts";
import { findRealPaths } from "./discover/bounds.ts";
import type { Config } from "./discover/config.ts";
import type { Search } from "./discover/discover.ts";
import { isUpToDate } from "./discover/fresh.ts";
import { type KernelInput, loadConfig, loadKernelSymbols } from "./discover/inputs.ts";
import {
  addRealPlaces,
  checkOutput,
  checkTree,
  findBounds,
  type Grants,
  planGrants,
} from "./grants.ts";
import type { Plan, Report } from "./model.ts";
import { type DirectoryLock, lockDirectory } from "./publish/lock.ts";
import { hasTemporaryFiles, removeTemporaryFiles } from "./publish/temporary.ts";
import { OUTPUT_NAMES } from "./render/files.ts";

/** What a tree is searched by. */
export interface Sources {
  readonly kernel: KernelInput;
  readonly config: Config;
  readonly grants: Grants;
  readonly search: Search;
}

/**
 * Locks the output directory, and loads what the tree is searched by. Gives undefined if there is
 * nothing to do (-A).
 *
 * @param locks takes the lock
 * @throws FatalError (as a rejection) when the tree or its output must not be used
 */
export async function prepare(
  { plan, report }: { plan: Plan; report: Report },
  locks: DisposableStack,
): Promise<Sources | undefined> {
  checkTree(plan);
  if (plan.quick && (plan.show || isFresh(plan, report))) return undefined;
  checkOutput(plan);
  const lock = plan.writes ? locks.use(await lockOutput(plan, report)) : undefined;
  if (plan.quick && lock?.waited && isFresh(plan, report)) return undefined;
  const kernel = loadKernelSymbols(plan, report);
  return { kernel, ...loadSearch(plan, report) };
}

function loadSearch(plan: Plan, report: Report): Omit<Sources, "kernel"> {
  const { directory, files } = plan;
  const config = loadConfig(plan, report);
  const grants = addRealPlaces(planGrants(plan, config.externals));
  const bounds = findBounds(grants, plan);
  return {
    config,
    grants,
    search: {
      ...{ directory, files, config, bounds },
      base: findBase(config.externals),
      isReported: plan.report !== undefined,
    },
  };
}

/** Whether -A has nothing to do. */
function isFresh(plan: Plan, report: Report): boolean {
  if (plan.cachePath !== undefined) return false; // the cache knows better
  if (hasTemporaryFiles(plan.outputDirectory)) return false; // a run was interrupted
  const { search } = loadSearch(plan, () => {});
  return isUpToDate(search, { outputDirectory: plan.outputDirectory, names: OUTPUT_NAMES, report });
}

/**
 * Locks the output directory, which may have to be made, and removes what killed runs have left in
 * it. Nothing is made for a tree that is not there: the search for modules will tell.
 */
async function lockOutput(
  { directory, files, outputDirectory, lockWait }: Plan,
  report: Report,
): Promise<DirectoryLock | undefined> {
  if (files.length === 0 && findRealPaths([directory]).length === 0) return undefined;
  const lock = await lockDirectory(outputDirectory, { wait: lockWait, report });
  if (lock.isExclusive) removeTemporaryFiles(outputDirectory);
  return lock;
}
