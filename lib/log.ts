/**
 * Messages to stderr and results to stdout. Nothing else writes to either.
 *
 *     depmod: WARNING: could not open modules.order at /lib/modules/6.1.0: No such file or directory
 *
 * @module
 */
import { systemReason } from "./errors.ts";
import type { Level, Message } from "./model.ts";

/** The levels, from the most severe to the most detailed. */
const LEVELS: readonly Level[] = ["fatal", "error", "warning", "notice", "info", "debug"];

const encoder = new TextEncoder();

/** The line at the end of stderr that the next one replaces, whoever writes it; ASCII. */
let status = "";

/** Shows messages down to a level, and remembers whether stdout could be written. */
export class Log {
  #threshold: number;
  #stdoutFailed = false;

  /** @param verbosity levels to show beyond warnings */
  constructor(verbosity: number) {
    this.#threshold = LEVELS.indexOf("warning") + verbosity;
  }

  /** Whether something could not be written to stdout. */
  get stdoutFailed(): boolean {
    return this.#stdoutFailed;
  }

  /** Shows a message if its level is to be shown. */
  report({ level, text }: Message): void {
    if (level === "output") this.writeText(text + "\n");
    else if (LEVELS.indexOf(level) <= this.#threshold) {
      writeError(`depmod: ${level.toUpperCase()}: ${text}\n`);
    }
  }

  /** Writes text to stdout. */
  writeText(text: string): void {
    this.write(encoder.encode(text));
  }

  /** Writes to stdout. The first failure is reported, then nothing more is written. */
  write(bytes: Uint8Array): void {
    if (this.#stdoutFailed) return;
    if (status !== "") showStatus(""); // both may be the same terminal
    try {
      writeAll(Deno.stdout, bytes);
    } catch (error) {
      this.#stdoutFailed = true;
      const text = `could not write to standard output: ${systemReason(error)}`;
      this.report({ level: "error", code: "standard-output", text });
    }
  }
}

/**
 * Shows a line on stderr, which is a terminal, in the place of the last one. It stays until anything
 * else is written. The cursor is left at its start, so that it is written over even by others.
 *
 * @param line shorter than the terminal is wide; empty to remove the last one
 */
export function showStatus(line: string): void {
  const last = status;
  status = "";
  if (line !== last) writeError(`\r${line.padEnd(last.length)}\r`);
  status = line;
}

/** Columns of the terminal; 80 if it does not tell. */
export function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** Writes to stderr; if that fails, nothing else can report it. */
export function writeError(text: string): void {
  if (status !== "") showStatus("");
  try {
    writeAll(Deno.stderr, encoder.encode(text));
  } catch {
    // The exit status is all that remains.
  }
}

/** Milliseconds to wait for whoever reads a pipe that is full, before it is tried again. */
const PAUSE = 5;

/**
 * Bytes that are written at once: a pipe that does not block takes so many whole, or none of them
 * (PIPE_BUF). Of more, the runtime does not tell how many were written before it was full.
 */
const PIECE = 4096;

function writeAll(target: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += target.writeSync(bytes.subarray(done, done + PIECE));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}
