/**
 * depmod as a library: make a plan, from a command line or by hand, and run it.
 *
 * ```ts
 * import { makePlan, parseOptions, run } from "./lib/mod.ts";
 *
 * const plan = makePlan(parseOptions(["--basedir", "/srv/image", "6.1.0-50-amd64"]));
 * const outcome = await run(plan, {
 *   report: ({ level, text }) => console.error(`${level}: ${text}`),
 *   write: (bytes) => Deno.stdout.writeSync(bytes),
 * });
 * ```
 *
 * A run needs read permission on the module tree, its configuration and its own code, write (and
 * read) permission on the output directory, and `--unstable-worker-options`: it reads and writes in
 * workers that have only their part of these permissions.
 *
 * @module
 */
export type { Answer } from "./explain_run.ts";
export type { Verdict } from "./verdict.ts";
export type { Options } from "./cli/options.ts";
export { parseOptions } from "./cli/parse_options.ts";
export { makePlan, makePlans } from "./cli/plan.ts";
export { type Code, CODES } from "./codes.ts";
export { FatalError, UsageError } from "./errors.ts";
export type { Level, Message, Plan, Progress, Report } from "./model.ts";
export { type Outcome, type Outlet, run, runAll } from "./run.ts";
