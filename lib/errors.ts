/**
 * The errors that this program throws on purpose. UsageError and FatalError end the run. The others
 * say what is wrong with one file; the code that knows its path makes a message of them, and the
 * run goes on.
 *
 * @module
 */
import type { Code } from "./codes.ts";
import type { Message } from "./model.ts";

/** The command line is wrong; the message is complete but for the program's name. */
export class UsageError extends Error {
  /** For the stack trace. */
  override name = "UsageError";
  /** The code of its message. */
  readonly code: Code = "usage";

  /**
   * Makes an error.
   *
   * @param message one line
   * @param level the level to show it at; getopt's own messages have none
   */
  constructor(message: string, readonly level?: "error") {
    super(message);
  }
}

/** The run cannot go on; the message is one line, to be logged at the level FATAL. */
export class FatalError extends Error {
  /** For the stack trace. */
  override name = "FatalError";

  /**
   * Makes an error.
   *
   * @param message one line
   * @param code what kind of message that is
   */
  constructor(message: string, readonly code: Code) {
    super(message);
  }
}

/** An index would outgrow its format, whose offsets have 28 bits. */
export class IndexSizeError extends FatalError {
  /** For the stack trace. */
  override name = "IndexSizeError";

  /** @param file the index file, which may not be known where it is noticed */
  constructor(file = "an index") {
    super(`${file} would be larger than 256 MiB`, "index-size");
  }
}

/** The error for a mistake in this program: neither the user nor a module can cause it. */
export function internalError(what: string): FatalError {
  const line = what.replace(/\s*\n\s*/g, " ");
  const text = `internal error: ${line}: please report this, with the command line`;
  return new FatalError(text, "internal");
}

/** Why a run cannot go on: what a FatalError is made from. */
export type Failure = Pick<Message, "code" | "text">;

/** Ends a run. */
export function throwFailure({ code, text }: Failure): never {
  throw new FatalError(text, code);
}

/**
 * What ends a run: what a FatalError says, or that any other error is a mistake in this program, with
 * the line where it was made.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof FatalError) return { code: error.code, text: error.message };
  if (isOutOfMemory(error)) return { code: "out-of-memory", text: "out of memory" };
  if (!(error instanceof Error)) return describeFailure(internalError(String(error)));
  const trace = (error.stack ?? error.message).split("\n    at ");
  return describeFailure(internalError(trace.slice(0, 2).join(" at ")));
}

/** Bytes are not what their format demands. */
export class FormatError extends Error {
  override name = "FormatError";

  /**
   * @param what what is wrong
   * @param offset byte offset in the file at which it was noticed
   * @param code the reference's error number: `ENOEXEC` for another kind of file altogether,
   * `EINVAL` for a broken one
   */
  constructor(
    what: string,
    readonly offset: number,
    readonly code: "ENOEXEC" | "EINVAL" = "EINVAL",
  ) {
    super(what);
  }
}

/** A compressed file cannot be unpacked; the message says what is wrong with it. */
export class CompressionError extends Error {
  override name = "CompressionError";
}

/** A file passes a limit, or there is no memory for it. */
export class LimitError extends Error {
  override name = "LimitError";
}

/** A file is larger than it may be. */
export class SizeError extends LimitError {
  override name = "SizeError";
}

/** Reading a module takes longer than it may. */
export class TimeError extends LimitError {
  override name = "TimeError";

  /** @param limit seconds that a module may take */
  constructor(limit: number) {
    super(`took longer than ${limit} s; see --module-timeout`);
  }
}

/** There is no memory for what is being done. */
export class MemoryError extends LimitError {
  override name = "MemoryError";

  /** Makes an error. */
  constructor() {
    super("there is no memory for it");
  }
}

/** A module's facts do not fit into the memory below its file; they may after `Parser.enlarge`. */
export class SpaceError extends LimitError {
  override name = "SpaceError";
}

/** The system's words for an error of a file operation: `No such file or directory`. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith("Requires all access")) {
    return "the runtime lets no program open files below /dev, /proc and /sys";
  }
  return /^(.*?) \(os error \d+\)/.exec(message)?.[1] ?? message;
}

/** Whether an error is that of a file operation. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && /\(os error \d+\)/.test(error.message);
}

/** Whether the runtime refused an operation because the permission for it was not granted. */
export function isNotGranted(error: unknown): boolean {
  return error instanceof Error && error.name === "NotCapable";
}

/** Whether the runtime has no memory for an array or for WebAssembly, by an error or its message. */
export function isOutOfMemory(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof MemoryError ||
    /\b(allocation failed|out of memory|could not allocate)\b/i.test(message);
}

/** Whether a file operation failed because there is no such file. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === "NotFound";
}
