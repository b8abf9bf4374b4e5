/**
 * The progress bar: a line on a terminal that tells how far the reading of modules is.
 *
 *     [#########                ]  38 %  usb_storage               3 s left
 *
 * @module
 */
import { printable } from "../bytes/text.ts";
import { showStatus, terminalWidth } from "../log.ts";
import type { Progress } from "../model.ts";

/** Milliseconds between two looks. */
const INTERVAL = 100;

/** Columns of the bar at most, and the share of the line that it takes. */
const LONGEST_BAR = 50;
const BAR_SHARE = 0.3;

/** Fewer columns are not worth a bar, or a name. */
const SHORTEST_BAR = 4;
const SHORTEST_NAME = 4;

/** Columns for a name at most: that of time follows it. */
const LONGEST_NAME = 32;

/** Columns for the time left. */
const TIME_COLUMNS = 9;

/** Share of the work after which it is told how long the rest will take. */
const ENOUGH = 0.02;

/**
 * Shows the progress bar until the function that it returns is called, which removes it.
 *
 * @param look tells how far the reading is
 * @param begin when it has begun, by `performance.now()`
 */
export function showProgress(look: () => Progress, begin: number): () => void {
  const show = () => {
    const elapsed = performance.now() - begin;
    showStatus(renderProgress(look(), { elapsed, width: terminalWidth() }));
  };
  show();
  const timer = setInterval(show, INTERVAL);
  return () => {
    clearInterval(timer);
    showStatus("");
  };
}

/**
 * The line, which leaves the terminal's last column free.
 *
 * @param options.elapsed milliseconds since the reading has begun
 * @param options.width columns of the terminal
 */
export function renderProgress(
  { total, left, module = "" }: Progress,
  { elapsed, width }: { elapsed: number; width: number },
): string {
  const share = total > 0 ? Math.min(1, Math.max(0, (total - left) / total)) : 1;
  const percent = `${Math.floor(share * 100)} %`.padStart(6);
  const time = renderTime(share, elapsed);
  const bar = renderBar(share, width);
  const others = [bar + percent, time];
  const nameColumns = Math.min(LONGEST_NAME, width - 1 - others.join("    ").length);
  const name = nameColumns < SHORTEST_NAME ? "" : cutName(printable(module), nameColumns);
  const line = [bar + percent, ...name === "" ? [] : [name], time].join("  ").trimEnd();
  return line.length < width ? line : percent.trim().slice(0, Math.max(0, width - 1));
}

function renderBar(share: number, width: number): string {
  const columns = Math.min(LONGEST_BAR, Math.floor(width * BAR_SHARE) - 2);
  if (columns < SHORTEST_BAR) return "";
  return `[${"#".repeat(Math.floor(share * columns)).padEnd(columns)}]`;
}

/** A name in just so many columns, so that what follows it stays where it is. */
function cutName(name: string, columns: number): string {
  return (name.length > columns ? `${name.slice(0, columns - 1)}~` : name).padEnd(columns);
}

/** How long the rest takes if it goes on like this; blank where that is not known. */
function renderTime(share: number, elapsed: number): string {
  if (share < ENOUGH || share === 1) return "".padEnd(TIME_COLUMNS);
  const seconds = Math.ceil(elapsed / share * (1 - share) / 1000);
  const [number, unit] = seconds < 100
    ? [seconds, "s"]
    : seconds < 6000
    ? [Math.round(seconds / 60), "m"]
    : [Math.min(99, Math.round(seconds / 3600)), "h"];
  return `${number} ${unit} left`.padStart(TIME_COLUMNS);
}
