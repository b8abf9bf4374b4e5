/**
 * A watch over another thread: whether it still gets on with its work. A thread that waits for the
 * system, such as for a file system that does not answer, can look at no clock itself.
 *
 * @module
 */
import { TimeError } from "../errors.ts";

/** Milliseconds between two looks at a counter. */
const TICK = 1000;

/** Ticks after the limit: a thread that can notice the time itself does so first. */
const GRACE = 2;

/** One number in shared memory, which a thread changes with each piece of work. */
export type Counter = Int32Array<SharedArrayBuffer>;

/** Waits for answers of one thread. */
export class Watch {
  /** For the thread. */
  readonly counter: Counter = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #timer: number | undefined;

  /** @param limit seconds that a piece of work may take */
  constructor(readonly limit: number) {}

  /**
   * Waits for an answer, as long as the counter changes. It counts looks, not time: if the whole
   * process is stopped for an hour, nobody is late.
   *
   * @throws TimeError (as a rejection) when the counter rests for longer than the limit
   */
  async wait<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const late = Promise.withResolvers<never>();
    this.#start(() => late.reject(new TimeError(this.limit)));
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      this.stop();
    }
  }

  /** Ends the watch over an answer that nobody needs any more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #start(onLate: () => void): void {
    let last = Atomics.load(this.counter, 0);
    let resting = 0;
    this.#timer = setInterval(() => {
      const now = Atomics.load(this.counter, 0);
      resting = now === last ? resting + 1 : 0;
      last = now;
      if (resting >= this.limit + GRACE) onLate();
    }, TICK);
  }
}
