/**
 * What the options mean together: which directories are read and written, and what is reported.
 *
 * @module
 */
import { excerpt, printable } from "../bytes/text.ts";
import { toAbsolute } from "../discover/absolute.ts";
import { isDirectory, listVersions } from "../discover/versions.ts";
import { FatalError, UsageError } from "../errors.ts";
import type { Plan, Report } from "../model.ts";
import { MODULE_DIRECTORY, type Options } from "./options.ts";
import { isVersionNumber } from "./parse_options.ts";

/**
 * Most readers, unless --jobs asks for more: with so many, the rest of the work takes longer than
 * reading.
 */
const MOST_JOBS = 8;

/**
 * Makes a plan for each kernel version that is to be worked on: the one that is named, that of the
 * running kernel or, with --all-kernels, all of the module directory. Where another root or module
 * directory is named that has nothing of the running kernel, the only version there is taken.
 *
 * @throws UsageError as `makePlan`, or when a version should be named; FatalError when there is none
 */
export function makePlans(options: Options, report: Report): Plan[] {
  const { allKernels, operands } = options;
  if (allKernels) return findVersions(options).map((version) => planFor(options, version));
  const isElsewhere = options.basedir !== undefined || options.moduledir !== MODULE_DIRECTORY;
  if (operands.length > 0 || !isElsewhere) return [makePlan(options)];
  return [planFor(options, chooseVersion(options, report))];
}

function planFor(options: Options, version: string): Plan {
  return makePlan({ ...options, operands: [version] });
}

function findVersions(options: Options): string[] {
  if (options.operands.length > 0) throw new UsageError("--all-kernels takes no version");
  const { moduleDirectory } = planFor(options, "0.0");
  const versions = listVersions(moduleDirectory).filter(isVersionNumber);
  if (versions.length > 0) return versions;
  throw new FatalError(`${moduleDirectory} holds modules of no kernel version`, "no-versions");
}

/** The version to take if none is named, in a module directory that may be that of another system. */
function chooseVersion(options: Options, report: Report): string {
  const running = Deno.osRelease();
  const { moduleDirectory } = planFor(options, "0.0");
  if (isDirectory(`${moduleDirectory}/${running}`) || !isDirectory(moduleDirectory)) {
    return findRunning();
  }
  const versions = listVersions(moduleDirectory).filter(isVersionNumber);
  if (versions[0] === undefined) return findRunning();
  if (versions.length > 1) {
    const names = versions.map(printable).join(", ");
    throw new UsageError(`name a version; ${moduleDirectory} has modules of ${names}`, "error");
  }
  const text = `working on ${printable(versions[0])}, the only version in ${moduleDirectory}`;
  report({ level: "notice", code: "version-chosen", text });
  return versions[0];
}

/**
 * Makes a plan. Paths are joined, never normalised: messages show them as they were given.
 *
 * @throws UsageError when the first operand is no kernel version, or there is none and the running
 * kernel's is hidden; options contradict each other; the cache has the name of another file
 */
export function makePlan(options: Options): Plan {
  refuseContradictions(options);
  refuseWithExplain(options);
  const [version = findRunning(), ...files] = options.operands;
  if (!isVersionNumber(version)) {
    throw new UsageError(`Bad version passed ${version}`, "error");
  }
  const root = options.basedir === undefined ? "" : toAbsolute(options.basedir);
  const outputRoot = options.outdir === undefined ? root : toAbsolute(options.outdir);
  const moduledir = options.moduledir.replace(/^\/+/, "");
  const outputDirectory = `${outputRoot}/${moduledir}/${version}`;
  return {
    version,
    directory: `${root}/${moduledir}/${version}`,
    root: root || "/",
    moduleDirectory: `${root}/${moduledir}`,
    outputDirectory,
    outputRoot: outputRoot || "/",
    allowRead: options.allowRead.map(toAbsolute),
    configPaths: options.configPaths,
    files: options.all || options.quick ? [] : files,
    kernelSymbols: kernelSymbolsOf(options),
    quick: options.quick,
    cachePath: findCache(options, outputDirectory),
    report: findReport(options),
    lockWait: options.lockWait,
    sync: options.sync,
    show: options.show,
    check: options.check,
    explain: options.explain,
    writes: !options.show && options.check === undefined && options.explain === undefined,
    reportUnknown: options.reportUnknown,
    checkVersions: options.symvers !== undefined,
    prefix: options.prefix,
    warnDuplicates: options.warnDuplicates,
    showDependencies: options.verbosity > 0,
    strict: options.strict,
    maxModuleSize: options.maxModuleSize,
    moduleTimeout: options.moduleTimeout,
    readers: planReaders(options.jobs),
  };
}

/** Names of files that a tree is made of, and of index files: none of them is a cache. */
const TAKEN = /(^|\/)modules\.(?!cache\b)[^/]*$|\.ko(\.[a-z]+)?$/;

/** The usual names of caches. */
const CACHE = /(^|\/)modules\.cache\b[^/]*$/;

/** Debian's kernel packages remove `modules.*.bin` when they are purged. */
function findCache({ cache }: Options, outputDirectory: string): string | undefined {
  if (cache !== undefined && TAKEN.test(cache)) {
    throw new UsageError(`--cache would replace ${excerpt(cache)}, which is no cache`, "error");
  }
  return cache === "" ? `${outputDirectory}/modules.cache.bin` : cache && toAbsolute(cache);
}

/**
 * Where the report goes: an absolute path, or `-` for stdout.
 *
 * @throws UsageError when it would replace a file that a run reads or writes, or something else goes
 * to stdout
 */
export function findReport(options: Options): string | undefined {
  const { report, cache, symvers, systemMap, configPaths } = options;
  if (report === "-") refuseOnStdout(options);
  if (report === undefined || report === "-") return report;
  if (report === "") throw new UsageError("option '--report' takes the name of a file");
  const path = toAbsolute(report);
  const others = [cache, symvers, systemMap, ...configPaths].map((other) =>
    other && toAbsolute(other)
  );
  if (TAKEN.test(report) || CACHE.test(report) || others.includes(path)) {
    throw new UsageError(`--report would replace ${excerpt(report)}, which is no report`, "error");
  }
  return path;
}

/** Nothing but the report goes to standard output if that does. */
function refuseOnStdout({ show, verbosity }: Options): void {
  if (!show && verbosity === 0) return;
  const option = show ? "'--show' (-n)" : "'--verbose' (-v)";
  throw new UsageError(`option '--report=-' cannot be used with ${option}`);
}

/** Nothing is written with --check, to files or to standard output, be it the work or a part of it. */
function refuseContradictions({ check, show, quick }: Options): void {
  if (check === undefined || !(show || quick)) return;
  const option = show ? "'--show' (-n)" : "'--quick' (-A)";
  throw new UsageError(`option '--check' cannot be used with ${option}`);
}

/** One name is explained for one tree, whether its files are up to date or not, and for a reader. */
function refuseWithExplain(options: Options): void {
  const { explain, check, show, quick, allKernels, report, summary } = options;
  if (explain === undefined) return;
  const others = [
    ["'--check'", check !== undefined],
    ["'--show' (-n)", show],
    ["'--quick' (-A)", quick],
    ["'--all-kernels'", allKernels],
    ["'--report'", report !== undefined],
    ["'--summary'", summary],
  ] as const;
  const found = others.find(([, isGiven]) => isGiven);
  if (found === undefined) return;
  throw new UsageError(`option '--explain' cannot be used with ${found[0]}`);
}

/** More threads than twice the cores only take memory and time. */
function planReaders(jobs: number | undefined): Plan["readers"] {
  const cores = navigator.hardwareConcurrency;
  if (jobs === undefined) return { fewest: 1, most: Math.min(cores, MOST_JOBS) };
  const count = Math.min(jobs, 2 * cores);
  return { fewest: count, most: count };
}

/** The running kernel's version, which a sandbox may hide. */
function findRunning(): string {
  const release = Deno.osRelease();
  if (isVersionNumber(release)) return release;
  throw new UsageError("cannot tell which kernel runs: name its version", "error");
}

function kernelSymbolsOf({ symvers, systemMap }: Options): Plan["kernelSymbols"] {
  if (symvers !== undefined) return { format: "Module.symvers", path: symvers };
  if (systemMap !== undefined) return { format: "System.map", path: systemMap };
  return undefined;
}
