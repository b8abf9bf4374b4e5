/**
 * Runs the program as its users do: as a process of its own. That is main.ts under the Deno that
 * runs the tests, with the grants that the program needs; or the executable that the environment
 * variable DEPMOD names.
 *
 * @module
 */
import { parseReport } from "./report.ts";
import { decodeBytes, withTemporary } from "./tree.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const GRANTS = ["--no-prompt", "--allow-read", "--allow-write", "--allow-sys=osRelease"];

/** What a process left. The streams' bytes are characters, one for each. */
export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  /** Its working directory. */
  readonly cwd: string;
  /**
   * A shell's commands around the program, which is "$@" there, such as `"$@" >/dev/full`; by
   * default the program is run without a shell.
   */
  readonly shell?: string;
}

/** The program's command line up to its own arguments. */
export function programCommand(): string[] {
  const executable = Deno.env.get("DEPMOD");
  if (executable) return [Deno.realPathSync(executable)];
  return [Deno.execPath(), "run", "--quiet", ...GRANTS, MAIN];
}

/**
 * Runs the program. If the environment variable DEPMOD_REPORTED is set, it is asked for a report too,
 * which is judged by the schema: so can be those of all runs that tests make. (With --explain, there is
 * none.)
 */
export function runProgram(args: readonly string[], options: RunOptions): Result {
  const mayReport = ![...args, options.shell].join(" ").includes("--explain");
  if (mayReport && Deno.env.get("DEPMOD_REPORTED")) return runReported(args, options);
  return runCommand([...programCommand(), ...args], options);
}

function runReported(args: readonly string[], options: RunOptions): Result {
  return withTemporary((directory) => {
    const path = `${directory}/report.json`;
    const result = runCommand([...programCommand(), `--report=${path}`, ...args], options);
    if (exists(path)) parseReport(Deno.readTextFileSync(path), result.status);
    return result;
  });
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Runs any command. */
export function runCommand(words: readonly string[], { cwd, shell }: RunOptions): Result {
  const around = shell === undefined ? [] : ["sh", "-c", shell, "sh"];
  const [file = "", ...args] = [...around, ...words];
  const command = new Deno.Command(file, { args, cwd, env: { LC_ALL: "C" }, stdin: "null" });
  const { code, stdout, stderr } = command.outputSync();
  return { status: code, stdout: decodeBytes(stdout), stderr: decodeBytes(stderr) };
}

/** Whether a program is on PATH, or a file is where its path says. */
export function isInstalled(program: string): boolean {
  return runCommand(["sh", "-c", 'command -v "$1" || test -e "$1"', "sh", program], { cwd: "/" })
    .status === 0;
}
