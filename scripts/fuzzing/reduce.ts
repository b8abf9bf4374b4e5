/**
 * Makes what breaks the program smaller, as long as it breaks in the same way.
 *
 * @module
 */
import type { Case } from "./cases.ts";
import { applyEdits } from "./edits.ts";
import type { Input } from "./inputs.ts";

/** Whether the program still breaks in the same way. */
export type Fails<T> = (smaller: T) => Promise<boolean>;

/** Most trials for a list or a file. */
const MOST_TRIALS = 300;

/** Leaves out items of a list, half of them at once at first, then fewer, down to one. */
export async function reduceList<T>(items: readonly T[], fails: Fails<T[]>): Promise<T[]> {
  let kept = [...items];
  let trials = 0;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = kept.length - size; at > -size && trials < MOST_TRIALS; at -= size) {
      const start = Math.max(0, at);
      const fewer = kept.toSpliced(start, at + size - start);
      trials++;
      if (fewer.length < kept.length && await fails(fewer)) kept = fewer;
    }
  }
  return kept;
}

/** The input of a case with as few edits as will do, then as few bytes. */
export async function reduceCase(
  { name, original, edits }: Case,
  fails: Fails<Input>,
): Promise<Input> {
  const damage = await reduceList(edits, (fewer) => {
    return fails({ name, bytes: applyEdits(original, fewer) });
  });
  return reduceInput({ name, bytes: applyEdits(original, damage) }, fails);
}

/** The input with as few bytes as will do. */
export async function reduceInput({ name, bytes }: Input, fails: Fails<Input>): Promise<Input> {
  const fewer = await reduceList([...bytes], (fewer) => {
    return fails({ name, bytes: Uint8Array.from(fewer) });
  });
  return { name, bytes: Uint8Array.from(fewer) };
}

/** Milliseconds that a crasher is made smaller for. */
const MOST_TIME = 60_000;

/** The same, but after some time nothing smaller fails any more, which ends what is being done. */
export function within<T>(fails: Fails<T>, time = MOST_TIME): Fails<T> {
  const end = performance.now() + time;
  return async (smaller) => performance.now() < end && await fails(smaller);
}
