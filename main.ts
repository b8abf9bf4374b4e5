/**
 * The program: arguments in, exit status out. The work itself is done by lib/run.ts.
 *
 * @module
 */
import type { Options } from "./lib/cli/options.ts";
import { parseOptions } from "./lib/cli/parse_options.ts";
import { makePlans } from "./lib/cli/plan.ts";
import { renderHelp, renderVersion } from "./lib/cli/usage.ts";
import { loadConfig } from "./lib/discover/inputs.ts";
import { describeFailure, UsageError } from "./lib/errors.ts";
import { findGrants, renderGrants } from "./lib/grants.ts";
import { Log, writeError } from "./lib/log.ts";
import type { Message } from "./lib/model.ts";
import { type Outcome, run, runAll } from "./lib/run.ts";

const EXIT_STATUSES: Readonly<Record<Outcome, number>> = {
  "complete": 0,
  "incomplete": 2,
  "nothing written": 1,
  "up to date": 0,
  "out of date": 3,
  "damaged": 4,
};

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    const log = new Log(options.verbosity);
    const outcome = await perform(options, log);
    const wasToWrite = outcome === "complete" || outcome === "incomplete";
    if (log.stdoutFailed && wasToWrite) return writes(options) ? 2 : 1;
    return EXIT_STATUSES[outcome];
  } catch (error) {
    if (interrupted !== undefined) return interrupted;
    writeError(`depmod: ${describe(error)}\n`);
    if (error instanceof UsageError) writeError("Try 'depmod --help' for more information.\n");
    return 1;
  }
}

/** Whether what a run makes goes to files, and only messages to standard output. */
function writes({ action, show }: Options): boolean {
  return action === "run" && !show;
}

async function perform(options: Options, log: Log): Promise<Outcome> {
  const report = (message: Message) => log.report(message);
  for (const text of options.deprecated) {
    report({ level: "warning", code: "deprecated-option", text });
  }
  switch (options.action) {
    case "help":
      log.writeText(renderHelp());
      return "complete";
    case "version":
      log.writeText(renderVersion(Deno.version));
      return "complete";
    case "grants": {
      for (const plan of makePlans(options, report)) {
        log.writeText(renderGrants(findGrants(plan, loadConfig(plan, report)), plan));
      }
      return "complete";
    }
    case "run": {
      const outlet = {
        report,
        write: (bytes: Uint8Array) => log.write(bytes),
        handOver: giveUpFiles,
        publishing: stopOnSignals,
      };
      const [plan, ...others] = makePlans(options, report);
      return options.allKernels
        ? await runAll([plan!, ...others], outlet)
        : await run(plan!, outlet);
    }
  }
}

/** The signals that end the program, and their numbers. */
const SIGNALS = [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]] as const;

/** The exit status of a shell for a program that a signal has ended, once there was one. */
let interrupted: number | undefined;

/** Whether signals are listened to. */
let isListening = false;

/**
 * Until files are written, signals end the program at once. From then on, it first removes its
 * temporary files; a second signal does not wait for that.
 */
function stopOnSignals(stop: () => Promise<void>): void {
  if (isListening) return;
  isListening = true;
  for (const [name, number] of SIGNALS) {
    Deno.addSignalListener(name, async () => {
      if (interrupted !== undefined) Deno.exit(interrupted);
      interrupted = 128 + number;
      await stop();
      Deno.exit(interrupted);
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
  return `FATAL: ${describeFailure(error).text}`;
}

const status = await main(Deno.args);
Deno.exit(interrupted ?? status);
