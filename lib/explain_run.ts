/**
 * A run with `--explain`, which tells what is known by a name and writes nothing. Readers read the
 * modules as in any other run, and this thread looks at what they say only after it has given its
 * permissions up.
 *
 * @module
 */
import { type Search, searchTree } from "./discover/discover.ts";
import { type ModuleFile, toModuleFile } from "./discover/select.ts";
import { FatalError } from "./errors.ts";
import { describeUnknown, explainName } from "./explain/explain.ts";
import type { Knowledge } from "./explain/knowledge.ts";
import { addTargets, findGranted } from "./grants.ts";
import type { Plan, Report } from "./model.ts";
import type { Sources } from "./prepare.ts";
import { describeFault } from "./read/faults.ts";
import { locate, mergeFaults, mergeStrings, mergeSymbols, type Part } from "./read/merge.ts";
import { recalledPart, type Survey } from "./remember.ts";
import { linkModules } from "./resolve/graph.ts";
import { findOwners, resolve } from "./resolve/resolve.ts";
import { buildSymbolTable } from "./resolve/symbols.ts";
import { ReaderPool } from "./threads/reader_pool.ts";
import { find, type Found, listCosts, type Outlet, read, startSearch } from "./update.ts";

/** Whether anything is known by a name. */
export type Answer = "known" | "unknown";

/**
 * Reads the modules of a tree, and explains the name that the plan has.
 *
 * @throws FatalError (as a rejection) when the tree cannot be searched or read
 */
export async function explain(
  sources: Sources,
  { plan, survey, report, outlet }: {
    plan: Plan;
    survey: Survey | undefined;
    report: Report;
    outlet: Outlet;
  },
): Promise<Answer> {
  const { readers: readable } = addTargets(sources.grants, survey?.targets ?? []);
  using readers = new ReaderPool(findGranted("read", readable), plan);
  const means = { plan, report, readers };
  const searching = survey === undefined ? startSearch(sources, readers) : undefined;
  const files = listFiles(sources.search); // meanwhile
  const found = await find(sources, { ...means, survey, searching });
  readers.admit(found.beyond);
  readers.growFor(listCosts(found));
  await readers.ready();
  outlet.handOver?.();
  outlet.reading?.(() => readers.measure([found]));
  const parts = await read(found, { ...means, handedOver: Promise.resolve() });
  const recalled = found.memory === undefined ? [] : recalledPart(found.memory);
  const knowledge = learn({ found, files, parts: [...recalled, ...parts] }, { plan, report });
  const name = plan.explain!;
  const lines = explainName(name, knowledge);
  if (lines.length === 0) {
    report({ level: "error", code: "unknown-name", text: describeUnknown(name, knowledge) });
    return "unknown";
  }
  outlet.write(new TextEncoder().encode(lines.join("\n") + "\n"));
  return "known";
}

/** All module files, with those that are not used; none if the tree cannot be searched. */
function listFiles(search: Search): readonly ModuleFile[] {
  if (search.files.length > 0) return [];
  try {
    return searchTree(search, () => 0).files.map((file) => toModuleFile(file, search));
  } catch (error) {
    if (error instanceof FatalError) return []; // the search of the reader tells
    throw error;
  }
}

/** What the modules say, resolved. */
function learn(
  { found, files, parts }: {
    found: Found;
    files: readonly ModuleFile[];
    parts: readonly Part[];
  },
  { plan, report }: { plan: Plan; report: Report },
): Knowledge {
  const { modules, costs, builtin, config, kernel: { kernel } } = found;
  const locations = locate(parts, costs.length);
  const facts = parts.map(({ facts }) => facts);
  const faults = mergeFaults(parts, locations);
  for (const fault of faults) report(describeFault(fault, { modules, strict: plan.strict }));
  const symbols = mergeSymbols(facts, { locations, detailed: plan.reportUnknown });
  const options = { ...plan, modules, kernel, reportUnknown: false, showDependencies: false };
  const { resolved, messages } = resolve(symbols, options);
  messages.forEach(report);
  const table = buildSymbolTable(symbols, options);
  return {
    modules,
    files,
    config,
    symbols,
    strings: mergeStrings(facts, locations),
    faults,
    table,
    kernel,
    prefix: plan.prefix,
    direct: linkModules(symbols, findOwners(table)),
    dependencies: resolved?.dependencies,
    ...builtin,
  };
}
