/**
 * The table of options, and what they set. parse_options.ts parses a command line by it; plan.ts works
 * out what the options mean together.
 *
 * @module
 */
import { FatalError, UsageError } from "../errors.ts";

/** The options and operands, as typed. */
export interface Options {
  /** What to do: the work, or to show something. The first option that asks to show wins. */
  action: "run" | "help" | "version" | "grants";
  /** -a */
  all: boolean;
  /** -A */
  quick: boolean;
  /** -n */
  show: boolean;
  /** --check, and whether all that a run would write is compared. */
  check: "quick" | "full" | undefined;
  /** --explain: the name. */
  explain: string | undefined;
  /** -b */
  basedir: string | undefined;
  /** -m */
  moduledir: string;
  /** -o */
  outdir: string | undefined;
  /** -C, each */
  configPaths: string[];
  /** -E */
  symvers: string | undefined;
  /** -F */
  systemMap: string | undefined;
  /** -e */
  reportUnknown: boolean;
  /** -w */
  warnDuplicates: boolean;
  /** --allow-read, each */
  allowRead: string[];
  /** --strict */
  strict: boolean;
  /** -P: one ASCII character. */
  prefix: string | undefined;
  /** How many times -v was given. */
  verbosity: number;
  /** --max-module-size, in bytes. */
  maxModuleSize: number;
  /** --all-kernels */
  allKernels: boolean;
  /** --cache: a path, or "" for the usual place. */
  cache: string | undefined;
  /** --report: a path, or `-`. */
  report: string | undefined;
  /** --summary */
  summary: boolean;
  /** --lock-wait, in seconds; Infinity unless it is given. */
  lockWait: number;
  /** False by --no-sync. */
  sync: boolean;
  /** A progress bar may be shown: false by --no-progress, and -q. */
  progress: boolean;
  /** --module-timeout, in seconds. */
  moduleTimeout: number;
  /** -j */
  jobs: number | undefined;
  /** Arguments that are not options: a kernel version, then module files. */
  operands: string[];
  /** A notice for each deprecated option that was given. */
  deprecated: string[];
}

/** A row of the table of options. */
export interface OptionSpec {
  readonly short?: string;
  readonly long?: string;
  /** Name of its argument, if it takes one. */
  readonly argument?: string;
  /** The argument may be left out; it is attached to the long name by `=`, else the value is "". */
  readonly optional?: true;
  /** It may be given several times, and each time counts. */
  readonly repeatable?: true;
  /** What it does, for the help text; undefined for options that only old scripts use. */
  readonly help?: string;
  /**
   * The reference has this option: its long name may be abbreviated. Our own must be written in
   * full, so that each abbreviation that works with the reference works here.
   */
  readonly reference?: true;
  readonly set: (options: Options, value: string) => void;
}

/** Bytes that a module may have unless another limit is given. */
export const DEFAULT_MODULE_SIZE = 1 << 30;

/** Where the trees of all versions are below the root, unless -m says something else. */
export const MODULE_DIRECTORY = "lib/modules";

/**
 * Seconds that reading a module may take unless another limit is given. The largest of Debian's
 * 6.12 kernel for amd64 takes 2 as .ko.xz.
 */
export const DEFAULT_MODULE_TIMEOUT = 60;

/** All options: the reference's, in the order in which its messages list them, then our own. */
export const OPTIONS: readonly OptionSpec[] = [
  {
    short: "a",
    long: "all",
    reference: true,
    help: "probe all modules; the default without file operands",
    set: (options) => options.all = true,
  },
  {
    short: "A",
    long: "quick",
    reference: true,
    help: "do nothing if no module is newer than modules.dep",
    set: (options) => options.quick = true,
  },
  {
    short: "b",
    long: "basedir",
    argument: "DIR",
    reference: true,
    help: "root of the tree (default: /)",
    set: (options, value) => options.basedir = value,
  },
  {
    short: "m",
    long: "moduledir",
    argument: "DIR",
    reference: true,
    help: "module directory below the root (default: lib/modules)",
    set: (options, value) => options.moduledir = value,
  },
  {
    short: "o",
    long: "outdir",
    argument: "DIR",
    reference: true,
    help: "root of the output (default: that of the tree)",
    set: (options, value) => options.outdir = value,
  },
  {
    short: "C",
    long: "config",
    argument: "PATH",
    reference: true,
    repeatable: true,
    help: "configuration file or directory, instead of depmod.d; repeatable",
    set: (options, value) => options.configPaths.push(value),
  },
  {
    short: "E",
    long: "symvers",
    argument: "FILE",
    reference: true,
    help: "Module.symvers with the kernel's symbols; - is standard input",
    set: (options, value) => options.symvers = value,
  },
  {
    short: "F",
    long: "filesyms",
    argument: "FILE",
    reference: true,
    help: "System.map with the kernel's symbols; - is standard input",
    set: (options, value) => options.systemMap = value,
  },
  {
    short: "e",
    long: "errsyms",
    reference: true,
    help: "report symbols that nobody supplies; needs -E or -F",
    set: (options) => options.reportUnknown = true,
  },
  {
    short: "v",
    long: "verbose",
    reference: true,
    repeatable: true,
    help: "show each dependency found; more levels when repeated",
    set: (options) => options.verbosity++,
  },
  {
    short: "n",
    long: "show",
    reference: true,
    help: "write the text files to standard output instead",
    set: (options) => options.show = true,
  },
  {
    long: "dry-run",
    reference: true,
    help: "the same as --show",
    set: (options) => options.show = true,
  },
  {
    short: "P",
    long: "symbol-prefix",
    argument: "CHAR",
    reference: true,
    help: "character that the architecture puts before symbols",
    set: setPrefix,
  },
  {
    short: "w",
    long: "warn",
    reference: true,
    help: "warn of duplicate entries",
    set: (options) => options.warnDuplicates = true,
  },
  {
    short: "V",
    long: "version",
    reference: true,
    help: "show the version",
    set: (options) => options.action = "version",
  },
  {
    short: "h",
    long: "help",
    reference: true,
    help: "show this help",
    set: (options) => options.action = "help",
  },
  {
    long: "allow-read",
    argument: "DIR",
    repeatable: true,
    help: "let symbolic links lead to DIR too; repeatable",
    set: allowRead,
  },
  {
    long: "show-grants",
    help: "show what each thread may read and write, and do nothing else",
    set: (options) => options.action = "grants",
  },
  {
    long: "check",
    argument: "full",
    optional: true,
    help: "only tell whether the files are up to date; full: to the byte",
    set: (options, value) => options.check = parseCheck(value),
  },
  {
    long: "explain",
    argument: "NAME",
    help: "only tell what is known of a module, an alias or a symbol",
    set: explain,
  },
  {
    long: "strict",
    help: "exit with status 2 where a module or symbol is only reported",
    set: (options) => options.strict = true,
  },
  {
    long: "max-module-size",
    argument: "BYTES",
    help: "refuse larger modules; K, M, G may follow (default: 1G)",
    set: (options, value) => options.maxModuleSize = parseSize(value),
  },
  {
    long: "module-timeout",
    argument: "SECONDS",
    help: "refuse modules that take longer to read (default: 60)",
    set: (options, value) => options.moduleTimeout = parseTimeout(value),
  },
  {
    short: "j",
    long: "jobs",
    argument: "N",
    help: "threads that read modules (default: as many as pay, up to 8)",
    set: (options, value) => options.jobs = parseJobs(value),
  },
  {
    long: "all-kernels",
    help: "work on every version that has modules in the module directory",
    set: (options) => options.allKernels = true,
  },
  {
    long: "cache",
    argument: "FILE",
    optional: true,
    help: "read only what has changed (default: modules.cache.bin there)",
    set: (options, value) => options.cache = value,
  },
  {
    long: "report",
    argument: "FILE",
    help: "write a report of the run as JSON; - is standard output",
    set: (options, value) => options.report = value,
  },
  {
    long: "summary",
    help: "show at the end what was read and what has changed",
    set: (options) => options.summary = true,
  },
  {
    long: "lock-wait",
    argument: "SECONDS",
    help: "fail if another depmod writes there for longer (default: wait)",
    set: (options, value) => options.lockWait = parseSeconds(value),
  },
  {
    long: "no-sync",
    help: "do not wait until the files are on the disk",
    set: (options) => options.sync = false,
  },
  {
    long: "no-progress",
    help: "show no progress bar on a terminal",
    set: (options) => options.progress = false,
  },
  {
    short: "u",
    long: "unresolved-error",
    set: (options) => {
      options.reportUnknown = true;
      options.deprecated.push("-u (--unresolved-error) is deprecated: use -e");
    },
  },
  {
    short: "q",
    long: "quiet",
    set: (options) => {
      options.progress = false;
      options.deprecated.push("-q (--quiet) is deprecated: use --no-progress");
    },
  },
  { short: "r", long: "root", set: (options) => ignore(options, "-r (--root)") },
  { long: "map", set: (options) => ignore(options, "--map") },
];

/** Takes an option that has no effect any more. */
export function ignore(options: Options, name: string): void {
  options.deprecated.push(`${name} is deprecated and has no effect`);
}

function explain(options: Options, value: string): void {
  if (value === "") throw new FatalError("--explain takes a name", "option-value");
  options.explain = value;
}

function allowRead(options: Options, value: string): void {
  if (value === "") throw new FatalError("--allow-read takes a directory", "option-value");
  options.allowRead.push(value);
}

function setPrefix(options: Options, value: string): void {
  if (new TextEncoder().encode(value).length !== 1) {
    throw new FatalError("-P only takes a single char", "option-value");
  }
  options.prefix = value;
}

function parseCheck(value: string): "quick" | "full" {
  if (value === "") return "quick";
  if (value === "full") return value;
  throw new UsageError(`option '--check' takes no argument but 'full', not '${value}'`);
}

function parseJobs(value: string): number {
  const jobs = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (jobs < 1) {
    throw new FatalError(`--jobs takes a number from 1 to 999, not '${value}'`, "option-value");
  }
  return jobs;
}

function parseSeconds(value: string): number {
  if (/^\d{1,6}$/.test(value)) return Number(value);
  throw new FatalError(`--lock-wait takes a number of seconds, not '${value}'`, "option-value");
}

/** There is no way to have no limit: every run ends. */
function parseTimeout(value: string): number {
  const seconds = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (seconds < 1) {
    throw new FatalError(
      `--module-timeout takes a number from 1 to 99999, not '${value}'`,
      "option-value",
    );
  }
  return seconds;
}

function parseSize(value: string): number {
  const match = /^(\d{1,15})([KMG]?)$/.exec(value);
  if (match === null) {
    throw new FatalError(
      `--max-module-size takes a number of bytes, such as 64M, not '${value}'`,
      "option-value",
    );
  }
  return Number(match[1]) * 1024 ** " KMG".indexOf(match[2] || " ");
}
