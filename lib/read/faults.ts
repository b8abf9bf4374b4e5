/**
 * What is wrong with modules, as messages.
 *
 * @module
 */
import type { Fault, Message } from "../model.ts";

/**
 * The message for what is wrong with the module at `path`.
 *
 * @param options.indexPath its path as the index files have it
 * @param options.strict whether an unreadable module makes the run fail
 */
export function describeFault(
  { kind, reason }: Fault,
  { path, indexPath: module, strict }: { path: string; indexPath: string; strict: boolean },
): Message {
  if (kind === "dropped") {
    const text = `${path}: dropped ${reason}`;
    return { level: "error", code: "value-dropped", text, module, fails: true };
  }
  return {
    level: "error",
    code: kind === "unreadable" ? "module-unreadable" : "module-refused",
    text: `failed to load symbols from ${path}: ${reason}`,
    module,
    fails: kind !== "unreadable" || strict,
  };
}
