/**
 * Random numbers that are the same for the same seed.
 *
 * @module
 */

/** Numbers from 0 to below a limit. */
export type Random = (below: number) => number;

/** A counter, hashed as MurmurHash3 ends (Appleby). */
export function startRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x9e3779b9) | 0;
    let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) % below;
  };
}

/** Numbers for example `number` of a seed, whenever and in whatever turn it is asked for. */
export function startExample(seed: number, number: number): Random {
  return startRandom(Math.imul(seed, 1_000_003) + number * 7919);
}

/** One of the items, of which there is at least one. */
export function pick<T>(items: readonly T[], random: Random): T {
  return items[random(items.length)]!;
}

/** The items in another order. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}
