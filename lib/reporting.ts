/**
 * Reports and summaries of runs: collects what is observed, and writes it at the end (--report,
 * --summary). A usual run does not load this file.
 *
 * @module
 */
// @ts-types="./std_path.d.ts"
import { dirname } from "@std/path";
import { packStrings } from "./bytes/strings.ts";
import { describeFailure } from "./errors.ts";
import type { Message, Plan } from "./model.ts";
import { realPlace } from "./discover/bounds.ts";
import type { Observer, Reporter, ReportWriter, Threads } from "./report/observer.ts";
import { renderReport, type RunRecord } from "./report/render_report.ts";
import { renderSummary } from "./report/summary.ts";
import { TreeRecord } from "./report/tree_record.ts";
import { Writer } from "./threads/writer_handle.ts";

/** What is to be told of a run. */
export interface ReportOptions {
  /** Where the report goes: an absolute path, or "-" for standard output; undefined for none. */
  readonly path: string | undefined;
  /** Whether the run is about each version of the module directory. */
  readonly allKernels: boolean;
  /** Whether to wait until the report is on the disk. */
  readonly sync: boolean;
}

/** Collects what is observed of a run. */
export class Reporting implements Reporter {
  readonly #began = Date.now();
  readonly #messages: Message[] = [];
  readonly #trees: TreeRecord[] = [];
  #readers = 0;
  #writer: ReportWriter | undefined;
  #saving: Promise<unknown> = Promise.resolve();

  /** @param options what is to be told */
  constructor(readonly options: ReportOptions) {}

  /** Takes a message that comes before the work on any tree, or ends the run. */
  report(message: Message): void {
    const tree = this.options.allKernels ? undefined : this.#trees[0];
    if (tree === undefined) this.#messages.push(message);
    else tree.report(message);
  }

  observe(plan: Plan): Observer {
    const record = new TreeRecord(plan, this.options.path !== undefined);
    this.#trees.push(record);
    return record;
  }

  started({ readers, writer }: Threads): void {
    this.#readers = Math.max(readers, this.#readers);
    this.#writer = writer;
  }

  /** The run so far, which ends with this exit status. */
  finish(status: number): RunRecord {
    return {
      began: this.#began,
      total: performance.now(),
      status,
      readers: this.#readers,
      messages: this.#messages,
      allKernels: this.options.allKernels,
      trees: this.#trees,
    };
  }

  /** The lines of the summary. */
  summarize(run: RunRecord): string[] {
    return renderSummary(run);
  }

  /** The bytes of the report. */
  encode(run: RunRecord): Uint8Array<ArrayBuffer> {
    return packStrings([...renderReport(run)]).bytes;
  }

  /**
   * Writes the report to its file. A run that has not come so far as to give up this thread's
   * permissions has no writer that may do it: then one is started.
   *
   * @returns the messages about that: if there are any, there may be no report
   */
  save(run: RunRecord): Promise<readonly Message[]> {
    const saving = this.#save(run);
    this.#saving = saving;
    return saving;
  }

  /** Waits until no temporary file is left. */
  async settle(): Promise<void> {
    await this.#saving;
  }

  async #save(run: RunRecord): Promise<readonly Message[]> {
    const path = this.options.path!;
    try {
      using writer = this.#writer ?? await startWriter(path);
      return await writer.save(path, { bytes: this.encode(run), sync: this.options.sync });
    } catch (error) {
      const text = `could not write ${path}: ${describeFailure(error).text}`;
      return [{ level: "error", code: "report", text }];
    }
  }
}

async function startWriter(path: string): Promise<Writer> {
  const directory = dirname(path);
  const writer = new Writer([...new Set([directory, realPlace(directory)])]);
  await writer.ready();
  return writer;
}
