/**
 * The texts of `--help` and `--version`.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };
import { OPTIONS, type OptionSpec } from "./options.ts";

/** What `--help` shows. */
export function renderHelp(): string {
  const options = OPTIONS.filter(({ help }) => help !== undefined);
  const width = Math.max(...options.map((option) => renderNames(option).length));
  return [
    "Usage: depmod [OPTION]... [VERSION [MODULE]...]",
    "",
    "Reads the kernel modules of VERSION (default: that of the running kernel) and writes",
    "modules.dep and the other index files that modprobe goes by. With MODULEs, absolute paths,",
    "only those are read.",
    "",
    "Options:",
    ...options.map((option) => `${renderNames(option).padEnd(width)}  ${option.help}`),
    "",
  ].join("\n");
}

function renderNames({ short, long, argument }: OptionSpec): string {
  const letter = short === undefined ? "    " : `-${short}, `;
  return `  ${letter}--${long}${argument === undefined ? "" : `=${argument}`}`;
}

/** What `--version` shows. */
export function renderVersion(): string {
  return `depmod ${manifest.version}, index files as of kmod 34\n`;
}
