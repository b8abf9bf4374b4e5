/**
 * The command line, as typed, parsed as GNU getopt_long does, with its messages.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import {
  DEFAULT_MODULE_SIZE,
  DEFAULT_MODULE_TIMEOUT,
  ignore,
  MODULE_DIRECTORY,
  OPTIONS,
  type Options,
  type OptionSpec,
} from "./options.ts";

/**
 * Parses the arguments. Options may come after operands; `--` ends them. They take effect in order,
 * so that `--help` before a mistake still shows the help.
 *
 * @throws UsageError where getopt would complain; FatalError for a value that an option does not
 * take
 */
export function parseOptions(args: readonly string[]): Options {
  const options: Options = {
    action: "run",
    all: false,
    quick: false,
    show: false,
    check: undefined,
    explain: undefined,
    basedir: undefined,
    moduledir: MODULE_DIRECTORY,
    outdir: undefined,
    configPaths: [],
    symvers: undefined,
    systemMap: undefined,
    reportUnknown: false,
    warnDuplicates: false,
    allowRead: [],
    strict: false,
    prefix: undefined,
    verbosity: 0,
    maxModuleSize: DEFAULT_MODULE_SIZE,
    allKernels: false,
    cache: undefined,
    report: undefined,
    summary: false,
    lockWait: Infinity,
    sync: true,
    progress: true,
    moduleTimeout: DEFAULT_MODULE_TIMEOUT,
    jobs: undefined,
    operands: [],
    deprecated: [],
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--") options.operands.push(...rest.splice(0));
    else if (arg.startsWith("--")) parseLong(options, arg.slice(2), rest);
    else if (arg.startsWith("-") && arg !== "-") parseShort(options, arg.slice(1), rest);
    else options.operands.push(arg);
    if (isFinal(options)) break;
  }
  return options;
}

/** Whether the arguments after this action are ignored. */
function isFinal({ action }: Options): boolean {
  return action === "help" || action === "version";
}

/**
 * `name`, `name=value` or an unambiguous beginning of a name; `rest` holds the arguments after it.
 */
function parseLong(options: Options, text: string, rest: string[]): void {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const spec = findLong(name, text);
  spec.set(options, takeValue(spec, equals < 0 ? undefined : text.slice(equals + 1), rest));
}

/** The value of a long option: what is attached to its name or, if it needs one, the next argument. */
function takeValue(
  { long, argument, optional }: OptionSpec,
  attached: string | undefined,
  rest: string[],
): string {
  if (argument === undefined && attached !== undefined) {
    throw new UsageError(`option '--${long}' doesn't allow an argument`);
  }
  if (argument === undefined || optional) return attached ?? "";
  const value = attached ?? rest.shift();
  if (value === undefined) throw new UsageError(`option '--${long}' requires an argument`);
  return value;
}

function findLong(name: string, text: string): OptionSpec {
  const exact = OPTIONS.find(({ long }) => long === name);
  if (exact !== undefined) return exact;
  const candidates = OPTIONS.filter(({ long, reference }) => reference && long?.startsWith(name));
  if (candidates.length > 1) {
    const names = candidates.map(({ long }) => ` '--${long}'`).join("");
    throw new UsageError(`option '--${text}' is ambiguous; possibilities:${names}`);
  }
  if (candidates[0] === undefined) throw new UsageError(`unrecognized option '--${text}'`);
  return candidates[0];
}

/**
 * Bundled letters. The first option that takes an argument takes the rest of the letters or, if
 * there are none, the next argument.
 */
function parseShort(options: Options, letters: string, rest: string[]): void {
  for (let at = 0; at < letters.length && !isFinal(options); at++) {
    const letter = letters[at]!;
    const spec = OPTIONS.find(({ short }) => short === letter);
    if (spec === undefined) throw new UsageError(`invalid option -- '${letter}'`);
    if (spec.argument === undefined) {
      spec.set(options, "");
      continue;
    }
    const attached = letters.slice(at + 1);
    if (letter === "m" && attached === "" && isLoneM(rest[0])) {
      ignore(options, "-m without a directory");
      continue;
    }
    const value = attached !== "" ? attached : rest.shift();
    if (value === undefined) throw new UsageError(`option requires an argument -- '${letter}'`);
    return spec.set(options, value);
  }
}

/** Whether the `-m` before `next` has no argument: old scripts wrote that for `--map`. */
function isLoneM(next: string | undefined): boolean {
  return next === undefined || next.startsWith("-") || isVersionNumber(next);
}

/**
 * Whether a text begins like a kernel version, as scanf(3) reads `%u.%u`. One with a slash would
 * name a directory elsewhere.
 */
export function isVersionNumber(text: string): boolean {
  return /^[ \t\n\v\f\r]*[+-]?\d+\.[ \t\n\v\f\r]*[+-]?\d[^/]*$/.test(text);
}
