/**
 * Whether the index files are newer than the modules, so that nothing is to be done (-A).
 *
 * @module
 */
import { systemReason } from "../errors.ts";
import type { Message, Report } from "../model.ts";
import type { Bounds } from "./bounds.ts";
import { walkModules } from "./walk.ts";

/**
 * Whether no module file in `directory` is newer, in whole seconds, than `modules.dep` in
 * `outputDirectory`. False if anything cannot be read.
 */
export function isUpToDate(
  { directory, outputDirectory }: { directory: string; outputDirectory: string },
  { bounds, report }: { bounds: Bounds; report: Report },
): boolean {
  try {
    Deno.statSync(directory);
  } catch (error) {
    const text = `could not open directory ${directory}: ${systemReason(error)}`;
    report({ level: "error", text });
    return false;
  }
  let written: number;
  try {
    written = modifiedSecond(`${outputDirectory}/modules.dep`);
  } catch (error) {
    const text = `could not fstatat(${outputDirectory}, modules.dep): ${systemReason(error)}`;
    report({ level: "error", text });
    return false;
  }
  const messages: Message[] = [];
  const newest = findNewest(directory, { bounds, report: (message) => messages.push(message) });
  if (newest > written) return false;
  messages.forEach(report); // otherwise the run goes on and reports the same
  return true;
}

/**
 * When the newest module file in `directory` was changed, in whole seconds. Infinity if one of them
 * cannot be looked at.
 */
export function findNewest(
  directory: string,
  { bounds, report }: { bounds: Bounds; report: Report },
): number {
  try {
    let isWhole = true;
    const { files } = walkModules(directory, {
      excludes: [],
      bounds,
      refuse: () => isWhole = false,
      report: (message) => {
        if (message.fails) isWhole = false;
        report(message);
      },
    });
    const times = files.map(({ path }) => modifiedSecond(path));
    return isWhole ? times.reduce((newest, time) => Math.max(newest, time), -Infinity) : Infinity;
  } catch {
    return Infinity;
  }
}

function modifiedSecond(path: string): number {
  return Math.floor((Deno.statSync(path).mtime?.getTime() ?? Infinity) / 1000);
}
