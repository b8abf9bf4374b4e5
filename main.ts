/**
 * The program: arguments in, exit status out.
 *
 * @module
 */
import { type Options, parseOptions } from "./lib/cli/options.ts";
import { renderGrants } from "./lib/cli/grants.ts";
import { makePlan, planGrants } from "./lib/cli/plan.ts";
import { renderHelp, VERSION } from "./lib/cli/usage.ts";
import { loadConfig } from "./lib/discover/discover.ts";
import { FatalError, UsageError } from "./lib/errors.ts";
import { Log, writeError } from "./lib/log.ts";
import type { Message } from "./lib/model.ts";
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
  const report = (message: Message) => log.report(message);
  for (const text of options.deprecated) report({ level: "warning", text });
  switch (options.action) {
    case "help":
      log.writeText(renderHelp());
      return true;
    case "version":
      log.writeText(VERSION);
      return true;
    case "grants": {
      const plan = makePlan(options);
      const { externals } = loadConfig(plan, report);
      log.writeText(renderGrants(planGrants(plan, externals), plan));
      return true;
    }
    case "run":
      return await run(makePlan(options), {
        report,
        write: (bytes) => log.write(bytes),
        handOver: giveUpFiles,
      });
  }
}

/** From here on, only the workers reach any file. */
function giveUpFiles(): void {
  Deno.permissions.revokeSync({ name: "read" });
  Deno.permissions.revokeSync({ name: "write" });
}

function describe(error: unknown): string {
  if (error instanceof UsageError) {
    return error.level === undefined ? error.message : `ERROR: ${error.message}`;
  }
  if (error instanceof FatalError) return `FATAL: ${error.message}`;
  return `FATAL: internal error: ${error instanceof Error ? error.stack : error}`;
}

Deno.exit(await main(Deno.args));
