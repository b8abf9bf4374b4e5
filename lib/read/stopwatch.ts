/**
 * Measures how long one module takes, so that none takes all the time that there is. What reads a
 * module looks at the clock after each piece of work; no piece can be interrupted.
 *
 * @module
 */
import { TimeError } from "../errors.ts";

/**
 * Most milliseconds that count between two checks. A piece of work takes some milliseconds: if more
 * pass, the process was stopped, or waited for the system, which the main thread watches.
 */
const LONGEST_STEP = 1000;

/** Measures one module after another. */
export class Stopwatch {
  /** Milliseconds that the module has taken. */
  #spent = 0;
  /** When they were counted last. */
  #last: number | undefined;

  /** @param limit seconds that a module may take */
  constructor(readonly limit: number) {}

  /** Begins a module. Its time begins with the first check: most modules need none. */
  start(): void {
    this.#spent = 0;
    this.#last = undefined;
  }

  /**
   * Counts the time since the last check.
   *
   * @throws TimeError when the module has taken too long
   */
  check(): void {
    const now = performance.now();
    this.#spent += Math.min(now - (this.#last ?? now), LONGEST_STEP);
    this.#last = now;
    if (this.#spent > this.limit * 1000) throw new TimeError(this.limit);
  }
}
