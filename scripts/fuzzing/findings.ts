/**
 * What the fuzzer finds: a crasher is an input that makes the program break, take too long or too
 * much memory, lose other modules, or write a control character.
 *
 * @module
 */
import process from "node:process";

/** What is wrong. */
export interface Finding {
  /** The same for all inputs on which the same thing goes wrong. */
  readonly sign: string;
  /** More about this one. */
  readonly detail: string;
}

/** Milliseconds of the processor that a case may take; others may use the machine meanwhile. */
export const MOST_TIME = 5000;
/** Bytes of memory that a case may take. */
export const MOST_MEMORY = 512 * 2 ** 20;

/** Thrown by a check. */
class CheckError extends Error {
  constructor(readonly sign: string, readonly detail: string) {
    super(`${sign}: ${detail}`);
  }
}

/** Tells that something is wrong. */
export function reject(sign: string, detail: string): never {
  throw new CheckError(sign, detail);
}

/**
 * What goes wrong in a part of a case, if anything does.
 *
 * @param clock gives milliseconds
 */
export async function attempt(
  part: () => void | Promise<void>,
  clock: () => number = processorTime,
): Promise<Finding | undefined> {
  const start = clock();
  try {
    await part();
  } catch (error) {
    return describeError(error);
  }
  const time = clock() - start;
  return time > MOST_TIME ? tookTooLong(`${Math.round(time)} ms`) : undefined;
}

/** Milliseconds of the processor that this process has taken. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The finding for a case that takes too long. */
export function tookTooLong(detail: string): Finding {
  return { sign: "takes more than 5 s", detail };
}

function describeError(error: unknown): Finding {
  if (error instanceof CheckError) return { sign: error.sign, detail: error.detail };
  if (!(error instanceof Error)) return { sign: "throws no error", detail: String(error) };
  const stack = error.stack ?? error.message;
  const place = /\/(lib\/[^:)]*):\d+/.exec(stack)?.[1] ?? "an unknown place";
  return { sign: `throws ${error.name} in ${place}`, detail: stack };
}

/** Memory of this process that has been in use at once, in bytes, since it was last asked for. */
export function takePeakMemory(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)![1]) * 1024;
}
