/**
 * The writer, as the main thread sees it: a thread that may read and write the output directory
 * and nothing else.
 *
 * @module
 */
import { ConfinedWorker } from "../confined_worker.ts";
import { FatalError } from "../errors.ts";
import type { Edition, Outcome } from "./messages.ts";

/** A thread that has been started, and waits for the files. */
export class Writer {
  readonly #worker: ConfinedWorker;

  /** @param writable what it may read and write */
  constructor(writable: readonly string[]) {
    this.#worker = new ConfinedWorker("publish/worker", { read: writable, write: writable });
  }

  /** Waits until the writer no more needs this thread's permissions. */
  async ready(): Promise<void> {
    await this.#worker.next();
  }

  /**
   * Replaces the index files of a directory, all or none. Their memory goes to the writer.
   *
   * @throws FatalError (as a rejection) when anything fails
   */
  async publish(edition: Edition): Promise<void> {
    const memory = new Set(edition.files.map(({ bytes }) => bytes.buffer as ArrayBuffer));
    this.#worker.post(edition, [...memory]);
    const { failure } = await this.#worker.next<Outcome>();
    if (failure !== undefined) throw new FatalError(failure);
  }

  /** Ends the writer. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
