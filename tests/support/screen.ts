/**
 * A terminal: what a program shows there, and what is on the screen when it has ended.
 *
 * @module
 */
import { runCommand } from "./program.ts";

/** What a program showed on a terminal. */
export interface Shown {
  /** All that it wrote, in order, after what the terminal makes of it. */
  readonly text: string;
  /** The lines on the screen at the end, without the empty ones after the last. */
  readonly screen: readonly string[];
  /** Milliseconds that it took. */
  readonly elapsed: number;
}

/** Whether there is the program that makes terminals. */
export const SCRIPT = "script";

/**
 * Runs a shell's commands on a terminal.
 *
 * @param commands with "$@" for the words
 * @param options.columns how wide the terminal is
 */
export function runOnTerminal(
  commands: string,
  words: readonly string[],
  { columns, cwd }: { columns: number; cwd: string },
): Shown {
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const inner = `stty cols ${columns} rows 24; set -- ${quoted}; ${commands}`;
  const start = performance.now();
  const { stdout } = runCommand([SCRIPT, "-qec", inner, "/dev/null"], { cwd });
  const elapsed = performance.now() - start;
  return { text: stdout, screen: renderScreen(stdout, columns), elapsed };
}

/**
 * The lines that a terminal without an end shows: characters replace those that are there, and go on
 * in the next line after the last column.
 *
 * @throws Error for control characters other than carriage return and newline
 */
export function renderScreen(text: string, columns: number): string[] {
  const lines: string[][] = [[]];
  let row = 0;
  let column = 0;
  const startRow = () => lines[++row] ??= [];
  for (const char of text) {
    if (char === "\r") column = 0;
    else if (char === "\n") startRow();
    else if (char < " ") throw new Error(`a control character: ${JSON.stringify(char)}`);
    else {
      if (column === columns) {
        startRow();
        column = 0;
      }
      lines[row]![column++] = char;
    }
  }
  const shown = lines.map((line) => Array.from(line, (char) => char ?? " ").join("").trimEnd());
  while (shown.at(-1) === "") shown.pop();
  return shown;
}
