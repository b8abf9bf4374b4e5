/**
 * Makes index files of facts, and checks them and the messages.
 *
 * @module
 */
import { checkFile, checkMessages } from "./checks.ts";
import { reject } from "./findings.ts";
import { AFTER_PATH, BEFORE_PATH } from "./neighbours.ts";
import type { Stages } from "./stages.ts";
import { countStrings } from "../../lib/bytes/strings.ts";
import type { Facts, KernelSymbol, Message, ModuleFiles } from "../../lib/model.ts";
import type { RenderedFile } from "../../lib/render/files.ts";
import { latin1 } from "../../tests/support/elf_builder.ts";

/** What index files are made of. */
export interface Content {
  readonly facts: Facts;
  /** The modules of the facts, the good ones among them. */
  readonly modules: ModuleFiles;
  readonly kernel?: readonly KernelSymbol[];
  readonly builtin?: Uint8Array;
  readonly builtinModinfo?: Uint8Array;
}

const REPORTING = { reportUnknown: true, checkVersions: true, showDependencies: true };
const HOW = { textOnly: false, warnDuplicates: true };

/** Resolves and renders, and checks all that comes of it. */
export function checkIndexes(content: Content, stages: Stages): void {
  const { facts, modules, kernel = [] } = content;
  const options = { ...REPORTING, prefix: undefined, strict: false, modules, kernel };
  const { resolved, messages } = stages.resolve(facts, options);
  checkMessages(messages);
  checkBlame(messages);
  const { builtin = latin1("a.ko\n"), builtinModinfo = latin1("a.alias=b\0") } = content;
  const strings = { ...facts, names: modules.names, builtin, builtinModinfo };
  checkFiles(stages.renderStrings(strings, HOW), content);
  if (resolved === undefined) checkCycle(messages);
  else checkFiles(stages.renderModel({ modules, ...resolved }, HOW), content);
}

function checkFiles(files: readonly RenderedFile[], { facts, modules }: Content): void {
  const counts: Readonly<Record<string, number>> = {
    "modules.dep": countStrings(modules.names),
    "modules.alias": countStrings(facts.alias.values),
    "modules.softdep": countStrings(facts.softdep.values),
    "modules.weakdep": countStrings(facts.weakdep.values),
  };
  for (const file of files) {
    checkFile(file, { hasNeighbours: true, lineCount: counts[file.name] });
    checkMessages(file.messages);
  }
}

/** Makes sure that no good module is blamed for anything. */
function checkBlame(messages: readonly Message[]): void {
  const good = [BEFORE_PATH, AFTER_PATH].map((path) => `/tree/${path}`);
  for (const { level, text } of messages) {
    const isBlame = level !== "output" && good.some((path) => text.startsWith(path));
    if (isBlame) reject("message about a good module", text);
  }
}

/** A module that needs its own symbols ends the run, as with the reference; no other one may. */
function checkCycle(messages: readonly Message[]): void {
  const cycles = messages.filter(({ text }) => text.startsWith("Cycle detected: "));
  if (cycles.length !== 1 || cycles[0]!.text !== "Cycle detected: broken -> broken") {
    reject("good modules lost to a cycle", JSON.stringify(cycles));
  }
}
