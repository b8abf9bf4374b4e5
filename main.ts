/**
 * The program: arguments in, exit status out.
 *
 * @module
 */
import { type Options, parseOptions } from "./lib/cli/options.ts";
import { makePlan } from "./lib/cli/plan.ts";
import { renderHelp, VERSION } from "./lib/cli/usage.ts";
import { FatalError, UsageError } from "./lib/errors.ts";
import { Log, writeError } from "./lib/log.ts";
import { run } from "./lib/run.ts";

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    const log = new Log(options.verbosity);
    const succeeded = await perform(options, log);
    return succeeded && !log.stdoutFailed ? 0 : 1;
  } catch (error) {
    writeError(`depmod: ${describe(error)}\n`);
    return 1;
  }
}

async function perform(options: Options, log: Log): Promise<boolean> {
  for (const text of options.deprecated) log.report({ level: "warning", text });
  switch (options.action) {
    case "help":
      log.write(new TextEncoder().encode(renderHelp()));
      return true;
    case "version":
      log.write(new TextEncoder().encode(VERSION));
      return true;
    case "run":
      return await run(makePlan(options), {
        report: (message) => log.report(message),
        write: (bytes) => log.write(bytes),
      });
  }
}

function describe(error: unknown): string {
  if (error instanceof UsageError) {
    return error.level === undefined ? error.message : `ERROR: ${error.message}`;
  }
  if (error instanceof FatalError) return `FATAL: ${error.message}`;
  return `FATAL: internal error: ${error instanceof Error ? error.stack : error}`;
}

Deno.exit(await main(Deno.args));
