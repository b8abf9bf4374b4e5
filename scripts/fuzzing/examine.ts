/**
 * Tries inputs on the stages of the program, in this process.
 *
 * A broken module is read between two good ones, and all three go through every stage. As it takes
 * long to start a reader, one reads the modules of many cases; see sets.ts.
 *
 * @module
 */
import { checkMessage, checkMessages } from "./checks.ts";
import { attempt, type Finding, reject } from "./findings.ts";
import { checkIndexes } from "./indexes.ts";
import { type Input, isModule, parseArguments } from "./inputs.ts";
import {
  AFTER,
  AFTER_PATH,
  BEFORE,
  BEFORE_PATH,
  BROKEN_PATH,
  NEIGHBOUR_FACTS,
} from "./neighbours.ts";
import { checkNeighbours, describeBroken, takeFaults, takeSet } from "./sets.ts";
import type { Stages } from "./stages.ts";
import { decodeLatin1, decodeUtf8 } from "../../lib/bytes/text.ts";
import { FatalError, UsageError } from "../../lib/errors.ts";
import type { Facts, Message } from "../../lib/model.ts";
import { describeFault } from "../../lib/read/faults.ts";
import { moduleFileOf, moduleFilesOf } from "../../tests/support/facts.ts";
import { VERSION } from "../../tests/support/tree.ts";

/** How inputs are tried. */
export interface Trial {
  readonly stages: Stages;
  /** A directory for module files, which is the trial's own. */
  readonly directory: string;
  /** Called before each part, with the place of its input. */
  readonly begin: (place: number) => void;
  /** Facts of which index files have been made: from the same ones, the same files are made. */
  readonly seen: Set<string>;
}

/** What goes wrong with these inputs, the modules of which are read by one reader. */
export async function examine(
  inputs: readonly Input[],
  trial: Trial,
): Promise<Finding | undefined> {
  const { stages, begin } = trial;
  const modules = [...inputs.keys()].filter((place) => isModule(inputs[place]!));
  const reading = { ...trial, begin: (i: number) => begin(modules[i]!) };
  const finding = modules.length === 0
    ? undefined
    : await examineModules(modules.map((place) => inputs[place]!.bytes), reading);
  if (finding !== undefined) return finding;
  for (const [place, input] of inputs.entries()) {
    if (isModule(input)) continue;
    begin(place);
    const finding = await attempt(() => examineText(input, stages));
    if (finding !== undefined) return finding;
  }
  return undefined;
}

async function examineModules(
  files: readonly Uint8Array[],
  trial: Trial,
): Promise<Finding | undefined> {
  const { stages, directory, begin } = trial;
  const paths = ["before", "broken", "after"].map((name) => `${directory}/${name}.ko`);
  Deno.writeFileSync(paths[0]!, BEFORE);
  Deno.writeFileSync(paths[2]!, AFTER);
  const reader = stages.startReader();
  for (const [i, bytes] of files.entries()) {
    begin(i);
    Deno.writeFileSync(paths[1]!, bytes);
    const finding = await attempt(() => reader.read(paths));
    if (finding !== undefined) return finding;
  }
  const facts = reader.finish();
  for (const i of files.keys()) {
    begin(i);
    const finding = await attempt(() => checkSet(facts, i, trial));
    if (finding !== undefined) return finding;
  }
  return undefined;
}

const MODULES = moduleFilesOf([BEFORE_PATH, BROKEN_PATH, AFTER_PATH]);

/** Facts that are remembered. */
const MOST_SEEN = 20_000;

/** Checks the facts of a set and, unless they have been met before, the index files. */
function checkSet(facts: Facts, number: number, { stages, seen }: Trial): void {
  for (const fault of takeFaults(facts, number)) {
    checkMessage(describeFault({ ...fault, module: 1 }, { modules: MODULES, strict: true }).text);
  }
  checkNeighbours(facts, number);
  const broken = describeBroken(facts, number);
  if (seen.has(broken)) return;
  if (seen.size > MOST_SEEN) seen.clear();
  seen.add(broken);
  checkIndexes({ facts: takeSet(facts, number), modules: MODULES }, stages);
}

const NEIGHBOURS = moduleFilesOf([BEFORE_PATH, AFTER_PATH]);

function examineText(input: Input, stages: Stages): void {
  const content = { facts: NEIGHBOUR_FACTS, modules: NEIGHBOURS };
  switch (input.name) {
    case "depmod.conf":
      return examineConfig(input, stages);
    case "modules.order":
      return examineOrder(input, stages);
    case "modules.builtin":
      return checkIndexes({ ...content, builtin: input.bytes }, stages);
    case "modules.builtin.modinfo":
      return checkIndexes({ ...content, builtinModinfo: input.bytes }, stages);
    case "System.map":
    case "Module.symvers": {
      const parse = input.name === "System.map" ? stages.parseSystemMap : stages.parseSymvers;
      const options = { path: `/boot/${input.name}`, prefix: undefined };
      const { symbols, messages } = parse(decodeLatin1(input.bytes), options);
      checkMessages(messages);
      return checkIndexes({ ...content, kernel: symbols }, stages);
    }
    case "args":
      return examineArguments(input, stages);
    default:
      throw new Error(`there is no input of the name ${input.name}`);
  }
}

/** Files of a tree: two good ones, and one whose name three files share. */
const FILES = [
  ...[BEFORE_PATH, AFTER_PATH, "updates/twin.ko", "kernel/twin.ko.xz", "/elsewhere/twin.ko"],
].map(moduleFileOf);

function examineConfig({ bytes }: Input, stages: Stages): void {
  const path = "/etc/depmod.d/fuzz.conf";
  const { config, messages } = stages.parseConfig([{ path, text: decodeUtf8(bytes) }], VERSION);
  checkMessages(messages);
  const selection = stages.selectModules(FILES, config);
  checkMessages(selection.messages);
  const names = selection.modules.map(({ name }) => name).sort().join();
  if (names !== "after,before,twin") reject("good module not selected", names);
}

function examineOrder({ bytes }: Input, stages: Stages): void {
  const path = "/tree/modules.order";
  const { order, messages } = stages.orderModules(FILES, { path, text: decodeLatin1(bytes) });
  checkMessages(messages);
  const sorted = [...order].sort((a, b) => a - b).join();
  if (sorted !== [...FILES.keys()].join()) reject("good module lost from the order", sorted);
}

function examineArguments(input: Input, stages: Stages): void {
  const args = parseArguments(input);
  try {
    const options = stages.parseOptions(args);
    const messages = options.deprecated.map((text): Message => {
      return { level: "warning", code: "deprecated-option", text };
    });
    checkMessages(messages, args.join());
    if (options.action === "run") stages.makePlan(options);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof FatalError)) throw error;
    checkMessage(error.message, args.join());
  }
}
