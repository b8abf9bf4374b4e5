/**
 * The program itself, main.ts with its workers, but that each of its threads tries what it may not
 * do: a program for tests. It takes the program's arguments, and from `probe.json` in the working
 * directory what to try; the last line that it writes to stdout says what came of that.
 *
 * The program cannot tell: its workers' code comes after the attempts (see
 * confinement_probe_worker.ts), the first message to a worker with what modules say is held up until
 * this thread has made its own, and so is the exit.
 *
 * @module
 */
import type { ToReader, ToWriter } from "../../lib/threads/messages.ts";
import {
  type Assignment,
  attemptAll,
  type Findings,
  type Places,
} from "./confinement_probe_worker.ts";

/** What to try. */
export interface ProbeTask {
  readonly places: Places;
  /** Leave out what the program does to confine its threads, so that all attempts succeed. */
  readonly unconfined?: boolean;
}

/** What the threads could do. */
export interface ProbeReport {
  readonly status: number;
  readonly main: {
    readonly before: Findings;
    /** As soon as it passes on what modules say. */
    readonly handedOver: Findings;
    readonly after: Findings;
  };
  readonly readers: readonly Findings[];
  readonly writers: readonly Findings[];
}

const { places, unconfined = false } = JSON.parse(
  Deno.readTextFileSync("probe.json"),
) as ProbeTask;

const STAND_IN = new URL(
  Deno.build.standalone
    ? "./tests/support/confinement_probe_worker.js"
    : "./confinement_probe_worker.ts",
  import.meta.url,
);

const readers: Findings[] = [];
const writers: Findings[] = [];
let handedOver: Promise<Findings> | undefined;

/** Messages that the main thread sends before it gets to know what modules say. */
const EARLY: readonly string[] = ["discover", "read", "finish"];

/** A worker of the program, with the attempts put before its work. */
class ProbedWorker extends Worker {
  constructor(source: string | URL, options: WorkerOptions = {}) {
    const assignment: Assignment = { source: String(source), places };
    const { deno: _, ...unlimited } = options;
    super(STAND_IN, {
      ...(unconfined ? unlimited : options),
      name: JSON.stringify(assignment),
    });
    const found = assignment.source.includes("writer") ? writers : readers;
    this.addEventListener("message", (event) => {
      if (event.data.findings === undefined) return;
      event.stopImmediatePropagation();
      found.push(event.data.findings);
    });
  }

  override postMessage(
    message: ToReader | ToWriter,
    options?: Transferable[] | StructuredSerializeOptions,
  ) {
    if (EARLY.includes(message.kind)) {
      return super.postMessage(message, options as StructuredSerializeOptions);
    }
    handedOver ??= attemptAll(places);
    handedOver.then(() => super.postMessage(message, options as StructuredSerializeOptions));
  }
}

const before = await attemptAll(places);
const exit = Deno.exit;
let status = NaN;
globalThis.Worker = ProbedWorker;
Deno.exit = ((code: number) => status = code) as typeof Deno.exit;
if (unconfined) Deno.permissions.revokeSync = () => new EventTarget() as Deno.PermissionStatus;

await import("../../main.ts");

const after = await attemptAll(places);
const report: ProbeReport = {
  status,
  main: { before, handedOver: await handedOver ?? {}, after },
  readers,
  writers,
};
console.log(JSON.stringify(report));
exit(0);
