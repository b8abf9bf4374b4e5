/**
 * What is wrong with modules, as messages.
 *
 * @module
 */
import { stringText } from "../bytes/strings.ts";
import type { Fault, Message, ModuleFiles } from "../model.ts";

/**
 * The message for what is wrong with one of the modules.
 *
 * @param options.strict whether an unreadable module makes the run fail
 */
export function describeFault(
  { module: number, kind, reason }: Fault,
  { modules, strict }: { modules: ModuleFiles; strict: boolean },
): Message {
  const path = stringText(modules.paths, number);
  const module = stringText(modules.indexPaths, number);
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
