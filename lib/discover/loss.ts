/**
 * What an existing `modules.dep` would lose by a run to which something was refused.
 *
 *     kernel/fs/ext4/ext4.ko: kernel/fs/mbcache.ko …
 *
 * @module
 */
import { decodeStrings } from "../bytes/strings.ts";
import { FatalError, throwFailure } from "../errors.ts";
import { moduleName } from "../bytes/module_name.ts";
import type { Plan, Report } from "../model.ts";
import type { Discovery } from "./discover.ts";
import type { Refusal } from "./walk.ts";

/** Bytes of the largest `modules.dep` that is looked at: that of 65,000 modules has 10 MB. */
const LARGEST = 1 << 26;

/** Options that a message names at most. */
const MOST_REMEDIES = 3;

/**
 * Reports what the search for modules has met, and makes sure that the run can go on.
 *
 * @throws FatalError when it cannot
 */
export function acceptDiscovery(
  discovery: Discovery,
  { plan, report }: { plan: Plan; report: Report },
): void {
  discovery.messages.forEach(report);
  if (discovery.failure !== undefined) throwFailure(discovery.failure);
  if (plan.writes) refuseLoss(plan, discovery);
}

/**
 * Makes sure that no module is dropped from an existing `modules.dep` because a link or a permission
 * was refused.
 *
 * @throws FatalError that tells how many modules would be dropped, and what would keep them
 */
function refuseLoss(
  { directory, outputDirectory }: Plan,
  { modules, refusals }: Discovery,
): void {
  if (refusals.length === 0) return;
  const refused = new Map(
    refusals.map((refusal) => [relativeTo(directory, refusal.path), refusal]),
  );
  const names = new Set(decodeStrings(modules.names));
  const causes = new Set<Refusal>();
  let lost = 0;
  for (const listed of listPaths(readDep(outputDirectory))) {
    const refusal = findRefusal(listed, refused);
    if (refusal === undefined || names.has(moduleName(listed))) continue;
    causes.add(refusal);
    lost++;
  }
  if (lost === 0) return;
  const what = lost === 1 ? "a module" : `${lost} modules`;
  const remedy = describeRemedy([...causes]);
  const text = `${outputDirectory}/modules.dep would lose ${what}, and is kept: ${remedy}`;
  throw new FatalError(text, "would-lose-modules");
}

/** The path as `modules.dep` has it. */
function relativeTo(directory: string, path: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

/** The paths that the lines of a `modules.dep` begin with. */
export function listPaths(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.includes(":"));
  return lines.map((line) => line.slice(0, line.indexOf(":")));
}

/** The refusal of a path, or of a directory that it lies in. */
function findRefusal(path: string, refused: ReadonlyMap<string, Refusal>): Refusal | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const refusal = refused.get(path.slice(0, end));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function describeRemedy(causes: readonly Refusal[]): string {
  const remedies = [...new Set(causes.flatMap(({ remedy }) => remedy ?? []))];
  if (remedies.length === 0) return "see the messages above for what may not be read";
  const shown = remedies.slice(0, MOST_REMEDIES).join(" ");
  const more = remedies.length - MOST_REMEDIES;
  return `${shown}${more > 0 ? ` and ${more} more` : ""} would permit to read them`;
}

/** The text of the `modules.dep` in a directory; none if there is no such regular file. */
export function readDep(directory: string): string {
  const path = `${directory}/modules.dep`;
  try {
    const { isFile, size } = Deno.lstatSync(path);
    return isFile && size <= LARGEST ? Deno.readTextFileSync(path) : "";
  } catch {
    return "";
  }
}
