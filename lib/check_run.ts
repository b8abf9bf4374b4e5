/**
 * A run with `--check`, which tells whether the index files are up to date and writes nothing. A
 * reader parses the files, since whoever made them need not be trusted; this thread meanwhile goes by
 * the names and times of the modules, and reads none.
 *
 * @module
 */
import { decodeStrings, stringText } from "./bytes/strings.ts";
import { compareModules } from "./check/compare_modules.ts";
import { FindingList, type Findings } from "./check/findings.ts";
import { discoverUnordered, type Discovery, type Search } from "./discover/discover.ts";
import { listConfigFiles, readBuiltin } from "./discover/inputs.ts";
import { findNewer, findSecond } from "./discover/newer.ts";
import { throwFailure } from "./errors.ts";
import { findGranted } from "./grants.ts";
import type { ModuleFiles, Plan, Report } from "./model.ts";
import type { Sources } from "./prepare.ts";
import { type Memory, recall, type Survey } from "./remember.ts";
import type { Observer } from "./report/observer.ts";
import { hasTemporaryFiles } from "./publish/temporary.ts";
import { ReaderPool } from "./threads/reader_pool.ts";
import { tell, type Verdict } from "./verdict.ts";

/**
 * Checks the index files by the cache or, where there is none, by the names and times of what they
 * are made from, and by what they say to each other. Each finding is reported as output.
 *
 * @param options.handOver called when this thread itself no longer reads anything
 * @throws FatalError (as a rejection) when the tree cannot be searched
 */
export async function checkQuickly(
  sources: Sources,
  { plan, survey, report, observer, handOver }: {
    plan: Plan;
    survey: Survey | undefined;
    report: Report;
    observer?: Observer | undefined;
    handOver?: (() => void) | undefined;
  },
): Promise<Verdict> {
  if (survey?.unchanged !== undefined) return "up to date";
  const { grants, search } = sources;
  const limits = { readers: { fewest: 1, most: 1 }, moduleTimeout: plan.moduleTimeout };
  using readers = new ReaderPool(findGranted("read", grants.readers), limits);
  const recalling = survey && recall(survey, { readers, needsFacts: false, report });
  recalling?.catch(() => {}); // waited for below
  const builtin = survey?.builtin ?? readBuiltin(plan, search.bounds);
  const selection = await survey?.select();
  const { modules, costs, contests } = selection?.discovery ?? discoverHere(search, report); // meanwhile
  observer?.found({ count: costs.length, wanted: 0, contests });
  const changed = findChanged(plan, modules);
  const memory = await recalling;
  const checking = readers.first.check(plan.outputDirectory, builtin);
  checking.catch(() => {}); // waited for below
  await readers.ready();
  handOver?.();
  const { findings, listed } = await checking;
  const paths = decodeStrings(modules.indexPaths);
  const compared = listed === undefined ? [] : [compareModules(listed, paths)];
  const remembered = memory ? [findForgotten(plan, modules, memory)] : [];
  return tell([findings, ...compared, changed, ...remembered], report);
}

function discoverHere(search: Search, report: Report): Discovery {
  const discovery = discoverUnordered(search);
  discovery.messages.forEach(report);
  if (discovery.failure !== undefined) throwFailure(discovery.failure);
  return discovery;
}

/** What has changed since the run that wrote the cache, which is not up to date. */
function findForgotten(
  { directory }: Plan,
  modules: ModuleFiles,
  { inputs, recollection, positions }: Memory,
): Findings {
  const findings = new FindingList();
  if (recollection === undefined) return findings.finish(); // the cache cannot be used
  for (const [module, position] of positions.entries()) {
    if (position >= 0) continue;
    findings.addStale(stringText(modules.indexPaths, module), "not as it was read for the cache");
  }
  const { result } = recollection.record;
  if (result === undefined) {
    findings.addStale(directory, "the run that wrote the cache said more than is kept there");
  } else if (result.inputs !== inputs) {
    findings.addStale(
      directory,
      "modules, modules.order, configuration or options are not those of the cache",
    );
  } else if (!positions.includes(-1)) {
    findings.addStale(directory, "index files are not those of the cache, or too old");
  }
  return findings.finish();
}

/** What has changed since `modules.dep` was written, and whether a run was interrupted since. */
function findChanged(plan: Plan, modules: ModuleFiles): Findings {
  const { directory, outputDirectory } = plan;
  const findings = new FindingList();
  if (hasTemporaryFiles(outputDirectory)) {
    findings.addStale(outputDirectory, "temporary files of a run that was cut short or is at work");
  }
  const written = findSecond(`${outputDirectory}/modules.dep`);
  if (written === undefined) return findings.finish(); // the reader tells that it is missing
  const sources = [...decodeStrings(modules.paths), ...listSources(plan)];
  for (const { path, reason } of findNewer(sources, written)) {
    const shown = path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
    findings.addStale(shown, reason ?? "newer than modules.dep");
  }
  return findings.finish();
}

/** The files besides modules that the index files are made from. */
function listSources(plan: Plan): string[] {
  const { directory, kernelSymbols } = plan;
  const lists = ["modules.order", "modules.builtin", "modules.builtin.modinfo"];
  return [
    ...lists.map((name) => `${directory}/${name}`),
    ...listConfigFiles(plan),
    ...(kernelSymbols === undefined || kernelSymbols.path === "-" ? [] : [kernelSymbols.path]),
  ];
}
