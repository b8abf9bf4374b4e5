/**
 * What the options mean together: which directories are read and written, and what is reported.
 *
 * @module
 */
import { toAbsolute } from "../discover/absolute.ts";
import { UsageError } from "../errors.ts";
import type { Plan } from "../model.ts";
import type { Options } from "./options.ts";
import { isVersionNumber } from "./parse_options.ts";

/**
 * Most readers, unless --jobs asks for more: with so many, the rest of the work takes longer than
 * reading.
 */
const MOST_JOBS = 8;

/**
 * Makes a plan. Paths are joined, never normalised: messages show them as they were given.
 *
 * @throws UsageError when the first operand is no kernel version, or there is none and the running
 * kernel's is hidden
 */
export function makePlan(options: Options): Plan {
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
    lockWait: options.lockWait,
    sync: options.sync,
    show: options.show,
    reportUnknown: options.reportUnknown,
    checkVersions: options.symvers !== undefined,
    prefix: options.prefix,
    warnDuplicates: options.warnDuplicates,
    showDependencies: options.verbosity > 0,
    strict: options.strict,
    maxModuleSize: options.maxModuleSize,
    readers: planReaders(options.jobs),
  };
}

/** Debian's kernel packages remove `modules.*.bin` when they are purged. */
function findCache({ cache }: Options, outputDirectory: string): string | undefined {
  return cache === "" ? `${outputDirectory}/modules.cache.bin` : cache && toAbsolute(cache);
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
