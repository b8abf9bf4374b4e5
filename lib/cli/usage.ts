/**
 * The texts of `--help`, rendered from the table of options, and of `--version`.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };
import { LIBLZMA_VERSION, ZSTD_VERSION } from "../read/unpack/versions.ts";
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
    "Exit status:",
    "  0  all that the tree holds is in the index files; with --check, these are up to date",
    "  1  nothing was written: a usage error, a FATAL message or dependency cycles say why;",
    "     with --explain, nothing is known by that name",
    "  2  the files were written, but something was left out of them: ERROR messages say what",
    "  3  --check: the files are out of date, as standard output says",
    "  4  --check: the files are damaged: one is missing, cut off or does not fit the others",
    "",
    "A module that cannot be read keeps its line in modules.dep: status 0, or 2 with --strict, as",
    "for a symbol that nobody supplies, or with another version (-e). With --strict, a -C that does",
    "not exist is FATAL.",
    "",
  ].join("\n");
}

function renderNames({ short, long, argument, optional }: OptionSpec): string {
  const letter = short === undefined ? "    " : `-${short}, `;
  const value = argument === undefined ? "" : `=${argument}`;
  return `  ${letter}--${long}${optional ? `[${value}]` : value}`;
}

/**
 * What `--version` shows. Scripts compare the first number with the release of kmod that they need,
 * among them the kernel's own (scripts/ver_linux).
 */
export function renderVersion({ deno, v8 }: { deno: string; v8: string }): string {
  return [
    `depmod, compatible with kmod 34, version ${manifest.version}`,
    "Deno " + `${deno}, V8 ${v8}, liblzma ${LIBLZMA_VERSION}, zstd ${ZSTD_VERSION}`,
    "",
  ].join("\n");
}
