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
  try {
    const messages: Message[] = [];
    let isRefused = false;
    const { files } = walkModules(directory, {
      excludes: [],
      bounds,
      refuse: () => isRefused = true,
      report: (message) => messages.push(message),
    });
    if (isRefused || messages.some(({ fails }) => fails)) return false;
    if (files.some(({ path }) => modifiedSecond(path) > written)) return false;
    messages.forEach(report); // otherwise the run goes on and reports the same
    return true;
  } catch {
    return false;
  }
}

function modifiedSecond(path: string): number {
  return Math.floor((Deno.statSync(path).mtime?.getTime() ?? Infinity) / 1000);
}
