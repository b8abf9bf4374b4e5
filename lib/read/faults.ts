/**
 * What is wrong with modules, as messages.
 *
 * @module
 */
import type { Fault, Message } from "../model.ts";

/**
 * The message for what is wrong with the module at `path`.
 *
 * @param options.strict whether an unreadable module makes the run fail
 */
export function describeFault(
  { kind, reason }: Fault,
  { path, strict }: { path: string; strict: boolean },
): Message {
  if (kind === "dropped") {
    return { level: "error", text: `${path}: dropped ${reason}`, fails: true };
  }
  return {
    level: "error",
    text: `failed to load symbols from ${path}: ${reason}`,
    fails: kind !== "unreadable" || strict,
  };
}
