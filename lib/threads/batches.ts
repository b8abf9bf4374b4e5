/**
 * How modules are shared among readers. The modules that take longest are read first, so that no
 * reader has much left when the others have finished.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { type Discovery, isWhole } from "../discover/discover.ts";
import type { Plan } from "../model.ts";
import type { ReadOptions } from "../read/extract.ts";

/** How many readers there may be. */
export type ReaderLimits = Plan["readers"];

/**
 * A batch gets this share of the remaining work, divided by the number of readers: the last batches
 * are small. A reader that is alone gets all of it, so that it need not wait for the main thread.
 */
const SHARE = 1 / 3;

/**
 * Milliseconds of reading in the smallest batch, so that asking for batches costs almost nothing.
 */
const SMALLEST_BATCH = 2;

/**
 * Milliseconds of reading for which another reader is worth its start and the code that V8 compiles
 * for it.
 */
export const READER_COST = 60;

/**
 * Modules of more bytes are read at the end, by one reader: the largest of Debian's 6.12 kernel for
 * amd64 has 28 MiB.
 */
const LARGE = 1 << 25;

/** How many readers are worth their start for modules of these costs. */
export function countReaders(costs: Iterable<number>, { fewest, most }: ReaderLimits): number {
  const [count, cost] = [[...costs].length, sum(costs)];
  const batches = Math.min(count, Math.ceil(cost / SMALLEST_BATCH));
  return Math.min(batches, Math.max(fewest, countWorth(cost, most)));
}

/** How many readers are worth their start for `cost` milliseconds of reading. */
export function countWorth(cost: number, most: number): number {
  return Math.min(most, Math.floor(cost / READER_COST));
}

/**
 * How so many readers read modules at first: several leave the large ones, so that the limit for a
 * module also limits the memory of all of them.
 */
export function limitFirst(options: ReadOptions, readers: number): ReadOptions {
  if (readers <= 1) return options;
  return { ...options, maxModuleSize: Math.min(LARGE, options.maxModuleSize) };
}

/** The numbers of modules, in the order in which they are read. */
export function orderByCost(modules: Iterable<number>, costs: Float64Array): number[] {
  return [...modules].sort((a, b) => costs[b]! - costs[a]!);
}

/** Cuts a list of modules into batches, one after the other as they are asked for. */
export function* cutIntoBatches(
  order: readonly number[],
  { costs, readers }: { costs: Float64Array; readers: number },
): Generator<readonly number[]> {
  const share = readers > 1 ? SHARE / readers : 1;
  let left = sumOf(order, costs);
  for (let start = 0, end = 0; start < order.length; start = end) {
    const goal = Math.max(SMALLEST_BATCH, left * share);
    let cost = 0;
    while (end < order.length && cost < goal) cost += costs[order[end++]!]!;
    left -= cost;
    yield order.slice(start, end);
  }
}

/**
 * The first batch of those for so many readers: the one that has found the modules reads it without
 * being asked. It is empty where something was refused, since the main thread may find other modules
 * then.
 */
export function chooseFirstBatch(discovery: Discovery, readers: number): readonly number[] {
  if (readers === 0 || !isWhole(discovery)) return [];
  const { costs } = discovery;
  const order = orderByCost(sequence(costs.length), costs);
  const [batch] = cutIntoBatches(order, { costs, readers });
  return batch ?? [];
}

/** Milliseconds that the modules with these numbers cost. */
export function sumOf(modules: readonly number[], costs: Float64Array): number {
  return sum(modules.map((module) => costs[module]!));
}

/** The sum of costs, in milliseconds. */
export function sum(costs: Iterable<number>): number {
  let sum = 0;
  for (const cost of costs) sum += cost;
  return sum;
}
