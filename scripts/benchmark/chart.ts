/**
 * The benchmark's chart: wall time against the number of modules, both on logarithmic scales, as an
 * SVG image that brings its own background and follows the reader's light or dark theme.
 *
 * It shows the rows that are named for a number of modules. The same report gives the same bytes.
 */
import { fail } from "./command.ts";
import { medianSample } from "./measure.ts";
import type { Report } from "./table.ts";
import { LARGE_TREE } from "./trees.ts";

/** The programs, in the order in which they are drawn: the later one lies above. */
const SERIES = ["reference", "ours"] as const;
type Series = typeof SERIES[number];
const NAMES: Readonly<Record<Series, string>> = { reference: "kmod 34", ours: "this depmod" };

/** One size of tree: the number of modules, and the seconds that each program takes. */
type Point = Readonly<Record<Series | "modules", number>>;

/** A place in the image. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where a value is drawn, on one axis. */
type Scale = (value: number) => number;
/** Where the time of a program is drawn. */
type Placement = (point: Point, series: Series) => Place;

const WIDTH = 760;
const HEIGHT = 450;
/** Edges of the plot. */
const PLOT = { left: 76, right: 636, top: 84, bottom: 364 };
/** Free space in the plot beside the first and the last point. */
const PADDING = 46;
/** The part of a decade that stays free below the shortest time, for its label. */
const LABEL_SPACE = 0.35;
/** Least distance between the names of the two lines. */
const NAME_DISTANCE = 20;

/** Attributes of grey text that begins at its place, ends there or has its middle there. */
const START = 'class="text"';
const END = 'class="text" text-anchor="end"';
const MIDDLE = 'class="text" text-anchor="middle"';

const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
.paper { fill: #ffffff; }
.title { font-size: 17px; font-weight: 600; fill: #1f2328; }
.text { fill: #59636e; }
.grid { stroke: #d1d9e0; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
.name { font-size: 14px; font-weight: 600; }
.value { paint-order: stroke; stroke: #ffffff; stroke-width: 4; stroke-linejoin: round; }
.line.reference { stroke: #bc4c00; stroke-dasharray: 1 6; }
.line.ours { stroke: #0969da; }
.fill.reference { fill: #bc4c00; }
.fill.ours { fill: #0969da; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; }
.title { fill: #f0f6fc; }
.text { fill: #9198a1; }
.grid { stroke: #2f353d; }
.value { stroke: #0d1117; }
.line.reference { stroke: #f0883e; }
.line.ours { stroke: #4493f8; }
.fill.reference { fill: #f0883e; }
.fill.ours { fill: #4493f8; }
}`;

/**
 * The chart as the text of an SVG file.
 *
 * @throws Error if fewer than two sizes were measured.
 */
export function renderChart(report: Report): string {
  const points = findPoints(report);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    fail("a chart takes two rows that are named for a number of modules");
  }
  const decades = findDecades(points);
  const x = logScale([first.modules, last.modules], [PLOT.left + PADDING, PLOT.right - PADDING]);
  const y = logScale([decades[0] ?? NaN, decades.at(-1) ?? NaN], [PLOT.bottom, PLOT.top]);
  const place: Placement = (point, series) => ({ x: x(point.modules), y: y(point[series]) });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}"` +
    ` height="${HEIGHT}" role="img" aria-labelledby="title">`,
    `<title id="title">Wall time of depmod by number of modules</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    ...renderCaptions(report),
    ...decades.flatMap((seconds) => renderDecade(seconds, y(seconds))),
    ...points.flatMap(({ modules }) => renderSize(modules, x(modules))),
    ...SERIES.map((series) => renderLine(points.map((point) => place(point, series)), series)),
    ...points.flatMap((point) => renderValues(point, place)),
    ...renderNames(last, place),
    "</svg>\n",
  ].join("\n");
}

/** The sizes that were measured, in ascending order. */
function findPoints({ results }: Report): Point[] {
  return results.filter(({ name }) => /^\d+$/.test(name)).map((result) => ({
    modules: Number(result.name),
    reference: medianSample(result.reference).wall,
    ours: medianSample(result.ours).wall,
  })).sort((a, b) => a.modules - b.modules);
}

/** The powers of ten around all times, in seconds. */
function findDecades(points: readonly Point[]): number[] {
  const exponents = points.flatMap((point) => SERIES.map((series) => Math.log10(point[series])));
  const [low, high] = [
    Math.floor(Math.min(...exponents) - LABEL_SPACE),
    Math.ceil(Math.max(...exponents)),
  ];
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

/** Maps values between the two of `domain` to the range between the two of `range`. */
function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = [Math.log(domain[0]), Math.log(domain[1])];
  return (value) => range[0] + (Math.log(value) - from) / (to - from) * (range[1] - range[0]);
}

function renderCaptions({ machine }: Report): string[] {
  const large = LARGE_TREE.toLocaleString("en");
  const middle = { x: (PLOT.left + PLOT.right) / 2, y: PLOT.bottom + 42 };
  return [
    renderText("How long depmod takes", { x: 24, y: 34 }, 'class="title"'),
    renderText("wall time of one run", { x: 24, y: 58 }, START),
    renderText(`modules in the tree (more than ${large}: small ones)`, middle, MIDDLE),
    renderText(`Both axes logarithmic; warm cache; ${machine}`, { x: 24, y: HEIGHT - 14 }, START),
  ];
}

/** The line of a power of ten, with its label to the left. */
function renderDecade(seconds: number, y: number): string[] {
  return [
    renderRule({ x: PLOT.left, y }, { x: PLOT.right, y }),
    renderText(renderTime(seconds), { x: PLOT.left - 10, y: y + 4 }, END),
  ];
}

/** The mark of a number of modules, with its label below. */
function renderSize(modules: number, x: number): string[] {
  return [
    renderRule({ x, y: PLOT.bottom }, { x, y: PLOT.bottom + 5 }),
    renderText(modules.toLocaleString("en"), { x, y: PLOT.bottom + 20 }, MIDDLE),
  ];
}

function renderLine(places: readonly Place[], series: Series): string {
  const corners = places.map(({ x, y }) => `${round(x)},${round(y)}`).join(" ");
  return `<polyline class="line ${series}" points="${corners}"/>`;
}

/** The two dots of a size and their times: the longer one above its dot, the other one below. */
function renderValues(point: Point, place: Placement): string[] {
  const upper = point.ours > point.reference ? "ours" : "reference";
  return SERIES.flatMap((series) => {
    const { x, y } = place(point, series);
    const [offset, anchor] = series === upper ? [-9, "end"] : [19, "start"];
    const attributes = `class="value fill ${series}" text-anchor="${anchor}"`;
    return [
      `<circle class="fill ${series}" cx="${round(x)}" cy="${round(y)}" r="4"/>`,
      renderText(renderTime(point[series]), { x, y: y + offset }, attributes),
    ];
  });
}

/** The names of the lines, to the right of the plot; moved apart where the lines meet. */
function renderNames(last: Point, place: Placement): string[] {
  const [upper, lower] = SERIES.toSorted((a, b) => last[b] - last[a]);
  if (upper === undefined || lower === undefined) return [];
  const [top, bottom] = [place(last, upper).y, place(last, lower).y];
  const shift = Math.max(0, NAME_DISTANCE - (bottom - top)) / 2;
  const x = PLOT.right + 8;
  return [
    renderText(NAMES[upper], { x, y: top - shift + 5 }, `class="name fill ${upper}"`),
    renderText(NAMES[lower], { x, y: bottom + shift + 5 }, `class="name fill ${lower}"`),
  ];
}

function renderRule(from: Place, to: Place): string {
  const [x1, y1, x2, y2] = [from.x, from.y, to.x, to.y].map(round);
  return `<line class="grid" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

function renderText(text: string, { x, y }: Place, attributes: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped}</text>`;
}

/** Seconds with a unit and at most three digits. */
function renderTime(seconds: number): string {
  const [value, unit] = seconds < 0.9995 ? [seconds * 1000, "ms"] : [seconds, "s"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
