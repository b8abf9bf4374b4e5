/**
 * What the options mean together: which directories are read and written, and what is reported.
 *
 * @module
 */
import { toAbsolute } from "../discover/absolute.ts";
import { UsageError } from "../errors.ts";
import type { Plan } from "../model.ts";
import { isVersionNumber, type Options } from "./options.ts";

/** Threads at most unless more are asked for: beyond that, the rest of the work takes longer. */
const MOST_JOBS = 8;

/**
 * Makes a plan. Paths are put together, never normalised: messages show them as they were given.
 *
 * @throws UsageError when the first operand is no kernel version
 */
export function makePlan(options: Options): Plan {
  const [version = findRunning(), ...files] = options.operands;
  if (!isVersionNumber(version)) {
    throw new UsageError(`Bad version passed ${version}`, "error");
  }
  const root = options.basedir === undefined ? "" : toAbsolute(options.basedir);
  const outputRoot = options.outdir === undefined ? root : toAbsolute(options.outdir);
  const moduledir = options.moduledir.replace(/^\/+/, "");
  const around = [root || "/", `${root}/${moduledir}`];
  const outputAround = [outputRoot || "/", `${outputRoot}/${moduledir}`];
  return {
    version,
    directory: `${around[1]}/${version}`,
    around,
    outputDirectory: `${outputAround[1]}/${version}`,
    outputAround,
    allowRead: options.allowRead.map(toAbsolute),
    configPaths: options.configPaths,
    files: options.all || options.quick ? [] : files,
    kernelSymbols: kernelSymbolsOf(options),
    quick: options.quick,
    show: options.show,
    reportUnknown: options.reportUnknown,
    checkVersions: options.symvers !== undefined,
    prefix: options.prefix,
    warnDuplicates: options.warnDuplicates,
    showDependencies: options.verbosity > 0,
    strict: options.strict,
    maxModuleSize: options.maxModuleSize,
    readers: {
      fewest: options.jobs ?? 1,
      most: options.jobs ?? Math.min(navigator.hardwareConcurrency, MOST_JOBS),
    },
  };
}

/** The version of the kernel that runs, which a sandbox may hide. */
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
