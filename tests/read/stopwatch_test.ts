/**
 * The time that a module may take, with a clock that the tests set.
 *
 * @module
 */
import { TimeError } from "../../lib/errors.ts";
import { Stopwatch } from "../../lib/read/stopwatch.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

/** Calls `body` with a function that sets the clock on by so many milliseconds. */
function withClock(body: (advance: (milliseconds: number) => void) => void): void {
  const { now } = performance;
  let time = 5000;
  performance.now = () => time;
  try {
    body((milliseconds) => time += milliseconds);
  } finally {
    performance.now = now;
  }
}

/** Does steps of so many milliseconds, with a check after each. */
function step(
  stopwatch: Stopwatch,
  { count, advance, time }: { count: number; advance: (time: number) => void; time: number },
): void {
  for (let i = 0; i < count; i++) {
    advance(time);
    stopwatch.check();
  }
}

Deno.test("a module may take just the limit, and not a millisecond more", () =>
  withClock((advance) => {
    const stopwatch = new Stopwatch(2);
    stopwatch.start();
    stopwatch.check();
    step(stopwatch, { count: 20, advance, time: 100 });
    const { message } = assertThrows(() => {
      step(stopwatch, { count: 1, advance, time: 1 });
    }, TimeError);
    assertEquals(message, "took longer than 2 s; see --module-timeout");
  }));

Deno.test("each module has the whole time", () =>
  withClock((advance) => {
    const stopwatch = new Stopwatch(2);
    for (let module = 0; module < 3; module++) {
      stopwatch.start();
      step(stopwatch, { count: 20, advance, time: 100 });
      advance(1900); // between two modules
    }
  }));

Deno.test("of the time for which the process was stopped, a second counts", () =>
  withClock((advance) => {
    const stopwatch = new Stopwatch(3);
    stopwatch.start();
    stopwatch.check();
    step(stopwatch, { count: 3, advance, time: 3_600_000 });
    assertThrows(() => step(stopwatch, { count: 1, advance, time: 1 }), TimeError);
  }));
