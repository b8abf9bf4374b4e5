/** The benchmark's results as a table (markdown). */
import { medianSample, type Sample } from "./measure.ts";

/** A row as measured; the samples stand in the order of the runs. */
export interface Result {
  readonly name: string;
  readonly title: string;
  /** Absent where no tree is read. */
  readonly modules?: number;
  readonly reference: readonly Sample[];
  readonly ours: readonly Sample[];
}

/** Everything that was measured; the format of --json. */
export interface Report {
  /** The machine that it was measured on. */
  readonly machine: string;
  readonly results: Result[];
  /** Rows that could not be measured, and why. */
  readonly leftOut: string[];
}

const COLUMNS = [
  "row",
  "tree",
  "modules",
  "pairs",
  ...["wall s", "CPU s", "peak MiB"].flatMap((unit) => [`${unit}: kmod`, "ours", "ratio"]),
];

/** The text above the table, and the table's head. */
export function renderHead(machine: string): string {
  return [
    `${machine}.`,
    "Medians of alternating pairs, reference first; warm cache, unless a row says cold.",
    "Ratio: ours as a multiple of the reference. CPU time: user and system.",
    "",
    renderLine(COLUMNS),
    renderLine(COLUMNS.map((_, column) => column < 2 ? "---" : "---:")),
  ].join("\n");
}

/** One line of the table. */
export function renderResult(result: Result): string {
  const [reference, ours] = [medianSample(result.reference), medianSample(result.ours)];
  return renderLine([
    `\`${result.name}\``,
    result.title,
    result.modules === undefined ? "–" : result.modules.toLocaleString("en"),
    String(result.ours.length),
    ...renderPair(reference.wall, ours.wall, 3),
    ...renderPair(reference.cpu, ours.cpu, 3),
    ...renderPair(reference.memory, ours.memory, 0),
  ]);
}

/** Three cells: reference, ours, and ours as a multiple of the reference. */
function renderPair(reference = NaN, ours = NaN, digits: number): string[] {
  const ratio = ours / reference;
  const cells = [reference.toFixed(digits), ours.toFixed(digits), ratio.toFixed(2)];
  return cells.map((cell) => Number.isFinite(Number(cell)) ? cell : "–");
}

function renderLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
