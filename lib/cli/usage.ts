/**
 * The help text, rendered from the table of options.
 *
 * @module
 */
import { OPTIONS, type OptionSpec } from "./options.ts";

const COLUMN = 28;

/** What `--help` shows. */
export function renderHelp(): string {
  const options = OPTIONS.filter(({ help }) => help !== undefined).map(renderOption);
  return [
    "Usage: depmod [OPTION]... [VERSION [MODULE]...]",
    "",
    "Reads the kernel modules of VERSION (default: that of the running kernel) and writes",
    "modules.dep and the other index files that modprobe goes by. With MODULEs, absolute paths,",
    "only those are read.",
    "",
    "Options:",
    ...options,
    "",
  ].join("\n");
}

function renderOption({ short, long, argument, help }: OptionSpec): string {
  const letter = short === undefined ? "    " : `-${short}, `;
  const left = `  ${letter}--${long}${argument === undefined ? "" : `=${argument}`}`;
  return left.padEnd(COLUMN) + " " + help;
}

/** What `--version` shows. */
export const VERSION = "depmod 0.1.0, index files as of kmod 34\n";
