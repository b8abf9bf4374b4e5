/**
 * Tries an input on the whole program, as a process of its own, on a small tree with good modules.
 *
 * @module
 */
import { checkFile, checkMessage } from "./checks.ts";
import { attempt, type Finding, MOST_MEMORY, MOST_TIME, reject } from "./findings.ts";
import { type Input, isModule, parseArguments } from "./inputs.ts";
import { AFTER, AFTER_PATH, BEFORE, BEFORE_PATH, BROKEN_PATH } from "./neighbours.ts";
import { OUTPUT_NAMES } from "../../lib/render/files.ts";
import { latin1 } from "../../tests/support/elf_builder.ts";
import { type Result, runCommand } from "../../tests/support/program.ts";
import { MODULES, VERSION, withTemporary, writeTree } from "../../tests/support/tree.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Where files lie that are not in the tree, by the root. */
const PLACES: Readonly<Record<string, string>> = {
  "depmod.conf": "depmod.conf",
  "System.map": "System.map",
  "Module.symvers": "Module.symvers",
};

/** The options by which the program reads them. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "depmod.conf": ["-C", "@/depmod.conf"],
  "System.map": ["-e", "-F", "@/System.map"],
  "Module.symvers": ["-e", "-E", "@/Module.symvers"],
};

/**
 * Tells on stderr, at last, how many KB of memory the program took at most, and how much time of the
 * processor: minutes and seconds, of itself and of the system. Ends the program after a minute.
 */
const MEASURED = `
  "$@" & pid=$!
  turns=0
  while line=$(grep VmHWM: "/proc/$pid/status" 2>/dev/null); do
    peak=$line turns=$((turns + 1))
    [ "$turns" -le 1200 ] || kill -KILL "$pid"
    sleep 0.05
  done
  wait $pid; status=$?
  { echo "$peak"; times | tail -n 1; } >&2
  exit $status
`;

/** The two lines that it tells. */
const MEASURES = /VmHWM:\s*(\d+) kB\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$/;

/** What goes wrong in a run with this input. */
export function examineRun(input: Input): Promise<Finding | undefined> {
  return attempt(() => withTemporary((root) => checkRun(input, root)));
}

function checkRun(input: Input, root: string): void {
  writeTree(root, treeOf(input));
  const { status, stdout, stderr } = runProgram(argumentsOf(input, root), root);
  const [lines, ...measures] = MEASURES.exec(stderr)!;
  checkMeasures(measures.map(Number));
  const messages = stderr.slice(0, -lines.length);
  if (status > 2) reject(`run ends with status ${status}`, messages);
  const typed = input.name === "args" ? parseArguments(input).join() : "";
  for (const text of splitMessages(messages)) checkMessage(text, typed);
  if (input.name === "args") return;
  for (const text of stdout.split("\n")) checkMessage(text);
  checkTree(`${root}/${MODULES}`, { status, input, messages });
}

function checkMeasures([peak = 0, ...times]: readonly number[]): void {
  const [minutes = 0, seconds = 0, systemMinutes = 0, systemSeconds = 0] = times;
  const time = (minutes + systemMinutes) * 60 + seconds + systemSeconds;
  if (time * 1000 > MOST_TIME) reject("run takes more than 5 s", `${time} s`);
  if (peak * 1024 > MOST_MEMORY) reject("run takes more than 512 MiB", `${peak} KiB`);
}

/** Without the permission to write elsewhere: a command line may name any directory. */
function runProgram(args: readonly string[], root: string): Result {
  const grants = ["--no-prompt", "--allow-read", `--allow-write=${root}`, "--allow-sys=osRelease"];
  const command = [Deno.execPath(), "run", "--quiet", "--no-check", ...grants, MAIN, ...args];
  return runCommand(command, { cwd: root, shell: MEASURED });
}

function treeOf(input: Input): Map<string, Uint8Array> {
  const place = isModule(input)
    ? `${MODULES}/${BROKEN_PATH}${input.name.slice("ko".length)}`
    : PLACES[input.name] ?? `${MODULES}/${input.name}`;
  return new Map([
    [`${MODULES}/${BEFORE_PATH}`, BEFORE],
    [`${MODULES}/${AFTER_PATH}`, AFTER],
    [`${MODULES}/modules.order`, latin1(`${BEFORE_PATH}\n${BROKEN_PATH}\n${AFTER_PATH}\n`)],
    [`${MODULES}/modules.builtin`, latin1("a.ko\n")],
    [`${MODULES}/modules.builtin.modinfo`, latin1("a.alias=b\0")],
    [place, input.bytes],
  ]);
}

function argumentsOf(input: Input, root: string): string[] {
  const args = input.name === "args"
    ? ["-b", "@", ...parseArguments(input)] // not the system's own modules, unless it asks for them
    : [...OPTIONS[input.name] ?? [], "-vvw", "-b", "@", VERSION];
  return args.map((argument) => argument.replaceAll("@", root));
}

/** Messages, of which some have a second line. */
function splitMessages(text: string): string[] {
  return text.split(/\n(?=depmod: |Try '|$)/)
    .map((message) => message.replace(/^depmod: (?:[A-Z]+: )?/, ""));
}

/** Checks the files that were written. Only configuration may keep good modules out of them. */
function checkTree(
  tree: string,
  { status, input, messages }: { status: number; input: Input; messages: string },
): void {
  const isConfig = input.name === "depmod.conf";
  if (status === 1 && (isConfig || messages.includes("Cycle detected: broken -> broken"))) return;
  if (status === 1) reject("run writes nothing", messages);
  for (const name of OUTPUT_NAMES) {
    const file = { name, bytes: Deno.readFileSync(`${tree}/${name}`) };
    checkFile(file, { hasNeighbours: !isConfig });
  }
}
