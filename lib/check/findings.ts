/**
 * What a check finds, a line each: the first ones, and how many more there were.
 *
 *     modules.alias.bin: missing
 *     kernel/fs/x.ko: not in modules.dep
 *     and 980 more
 *
 * @module
 */
import { excerpt } from "../bytes/text.ts";

/** Findings that are told one by one. */
export const MOST_FINDINGS = 20;

/** Characters of a finding, most of which may be a path or a key. */
const LONGEST = 400;

/** What was found. Plain values, which threads can send to each other. */
export interface Findings {
  /** One line each, escaped. */
  readonly texts: readonly string[];
  /** How many more there were. */
  readonly omitted: number;
  /** One of them is damage: a file is missing, or broken, or does not fit the others. */
  readonly isDamage: boolean;
}

/** Collects findings in constant memory. */
export class FindingList {
  readonly #texts: string[] = [];
  #omitted = 0;
  #isDamage = false;

  /** Adds what is wrong with a file, so that the index files are out of date. */
  addStale(file: string, what: string): void {
    if (this.#texts.length >= MOST_FINDINGS) this.#omitted++;
    else this.#texts.push(excerpt(`${file}: ${what}`, LONGEST));
  }

  /** Adds what is wrong with a file, so that the index files are damaged. */
  addDamage(file: string, what: string): void {
    this.#isDamage = true;
    this.addStale(file, what);
  }

  /** All that was added. */
  finish(): Findings {
    return { texts: this.#texts, omitted: this.#omitted, isDamage: this.#isDamage };
  }
}

/** The lines that tell of these findings. */
export function listLines(parts: readonly Findings[]): string[] {
  const all = parts.flatMap(({ texts }) => texts);
  const shown = all.slice(0, MOST_FINDINGS);
  const omitted = parts.reduce((sum, part) => sum + part.omitted, all.length - shown.length);
  return omitted === 0 ? shown : [...shown, `and ${omitted} more`];
}
