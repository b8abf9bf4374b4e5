/**
 * The program: arguments in, exit status out. The work itself is done by lib/run.ts.
 *
 * @module
 */
import type { Options } from "./lib/cli/options.ts";
import { parseOptions } from "./lib/cli/parse_options.ts";
import { findReport, makePlans } from "./lib/cli/plan.ts";
import { renderHelp, renderVersion } from "./lib/cli/usage.ts";
import { loadConfig } from "./lib/discover/inputs.ts";
import { describeFailure, UsageError } from "./lib/errors.ts";
import { findGrants, renderGrants } from "./lib/grants.ts";
import { Log, writeError } from "./lib/log.ts";
import type { Message, Progress } from "./lib/model.ts";
import type { Reporting } from "./lib/reporting.ts";
import { type Outcome, type Outlet, run, runAll } from "./lib/run.ts";

const EXIT_STATUSES: Readonly<Record<Outcome, number>> = {
  "complete": 0,
  "incomplete": 2,
  "nothing written": 1,
  "up to date": 0,
  "out of date": 3,
  "damaged": 4,
  "known": 0,
  "unknown": 1,
};

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    const reporting = await startReporting(options);
    const log = new Log(options.verbosity);
    const status = await work(options, log, reporting);
    if (reporting === undefined || interrupted !== undefined) return status;
    const isTold = await tell(options, log, { reporting, status });
    return isTold ? status : lessen(status, options);
  } catch (error) {
    return fail(error);
  }
}

/** Does what the options say, and gives the exit status. */
async function work(
  options: Options,
  log: Log,
  reporting: Reporting | undefined,
): Promise<number> {
  try {
    const status = EXIT_STATUSES[await perform(options, log, reporting)];
    return log.stdoutFailed ? lessen(status, options) : status;
  } catch (error) {
    if (interrupted !== undefined) return interrupted;
    reporting?.report(toMessage(error));
    return fail(error);
  } finally {
    endProgress();
  }
}

/** Shows what ends the run, and gives the exit status. */
function fail(error: unknown): number {
  writeError(`depmod: ${describe(error)}\n`);
  if (error instanceof UsageError) writeError("Try 'depmod --help' for more information.\n");
  return 1;
}

/** The exit status where something was to be written, to stdout or as a report, and could not be. */
function lessen(status: number, { action, show, check, explain }: Options): number {
  if (status !== 0 && status !== 2) return status;
  const writes = action === "run" && !show && check === undefined && explain === undefined;
  return writes ? 2 : 1;
}

/**
 * What collects what is to be told of the run; most runs load nothing for that.
 *
 * @throws UsageError (as a rejection) when a report must not go where it is to go
 */
async function startReporting(options: Options): Promise<Reporting | undefined> {
  const { action, report, summary, allKernels, sync } = options;
  if (action !== "run" || (report === undefined && !summary)) return undefined;
  const path = findReport(options);
  const { Reporting } = await import("./lib/reporting.ts");
  return new Reporting({ path, allKernels, sync });
}

/** Shows the summary, and writes the report. Gives false if that fails. */
async function tell(
  { report, summary }: Options,
  log: Log,
  { reporting, status }: { reporting: Reporting; status: number },
): Promise<boolean> {
  const run = reporting.finish(status);
  if (summary) { for (const line of reporting.summarize(run)) writeError(`depmod: ${line}\n`); }
  if (report === undefined) return true;
  if (report === "-") log.write(reporting.encode(run));
  if (report !== "-") stopOnSignals(() => reporting.settle());
  const messages = report === "-" ? [] : await reporting.save(run);
  messages.forEach((message) => log.report(message));
  return messages.length === 0 && !log.stdoutFailed;
}

async function perform(
  options: Options,
  log: Log,
  reporting: Reporting | undefined,
): Promise<Outcome> {
  const report = (message: Message) => {
    log.report(message);
    reporting?.report(message);
  };
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
      const outlet: Outlet = {
        report: options.report === "-" ? withoutOutput(log) : (message) => log.report(message),
        write: (bytes: Uint8Array) => log.write(bytes),
        handOver: giveUpFiles,
        publishing: stopOnSignals,
        reporter: reporting,
        ...options.progress && Deno.stderr.isTerminal() ? { reading: followReading } : {},
      };
      const [plan, ...others] = makePlans(options, report);
      return await (options.allKernels ? runAll([plan!, ...others], outlet) : run(plan!, outlet));
    }
  }
}

/** Shows messages, but for what belongs on stdout, where only the report goes. */
function withoutOutput(log: Log): (message: Message) => void {
  return (message) => message.level === "output" ? undefined : log.report(message);
}

/** The signals that end the program, and their numbers. */
const SIGNALS = [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]] as const;

/** The exit status of a shell for a program that a signal has ended, once there was one. */
let interrupted: number | undefined;

/** Whether signals are listened to. */
let isListening = false;

/** Removes the temporary files; undefined until files are written. */
let stopWriting: (() => Promise<void>) | undefined;

/**
 * Until files are written, signals end the program at once. From then on, it first removes its
 * temporary files; a second signal does not wait for that.
 */
function stopOnSignals(stop: () => Promise<void>): void {
  stopWriting = stop;
  listenToSignals();
}

/** Lets signals remove what is not to stay, and then end the program. */
function listenToSignals(): void {
  if (isListening) return;
  isListening = true;
  for (const [name, number] of SIGNALS) {
    Deno.addSignalListener(name, async () => {
      endProgress();
      if (interrupted !== undefined) Deno.exit(interrupted);
      interrupted = 128 + number;
      await stopWriting?.();
      Deno.exit(interrupted);
    });
  }
}

/** Milliseconds that the process has to last before progress is shown. */
const PATIENCE = 500;

/** Removes the progress bar for good. */
let endProgress = () => {};

/** Shows how far the reading of modules is, if it lasts. */
function followReading(look: () => Progress): void {
  const begin = performance.now();
  let isOver = false;
  const timer = setTimeout(async () => {
    const { showProgress } = await import("./lib/report/progress.ts");
    if (isOver) return;
    listenToSignals(); // the bar must not outlive the program
    endProgress = showProgress(look, begin);
  }, Math.max(0, PATIENCE - begin));
  endProgress = () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** From here on, only the workers reach any file. */
function giveUpFiles(): void {
  Deno.permissions.revokeSync({ name: "read" });
  Deno.permissions.revokeSync({ name: "write" });
}

/** What ends the run, as the report has it. */
function toMessage(error: unknown): Message {
  if (!(error instanceof UsageError)) return { level: "fatal", ...describeFailure(error) };
  return { level: "error", code: error.code, text: error.message };
}

function describe(error: unknown): string {
  if (error instanceof UsageError) {
    return error.level === undefined ? error.message : `ERROR: ${error.message}`;
  }
  return `FATAL: ${describeFailure(error).text}`;
}

const status = await main(Deno.args);
Deno.exit(interrupted ?? status);
