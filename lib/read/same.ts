/**
 * Whether a module says what another one says, or itself said before: then it makes no difference to
 * any index file.
 *
 * @module
 */
import { stringBytes } from "../bytes/strings.ts";
import type { Facts, Strings } from "../model.ts";

/** One of the modules of some facts. */
export interface ModuleFacts {
  readonly facts: Facts;
  /** Its number there. */
  readonly module: number;
}

/** A list of what a module says. */
interface List {
  /** Where it starts in the columns, and where it ends. */
  readonly start: number;
  readonly end: number;
  /** By position in the columns: the number of the text. */
  readonly numbers?: Uint32Array;
  readonly texts: Strings;
  /** Other columns, which are empty if they were not asked for. */
  readonly details: readonly Uint32Array[];
}

/** Whether two modules export and need the same symbols, and say the same strings, in the same order. */
export function saySame(a: ModuleFacts, b: ModuleFacts): boolean {
  const others = listAll(b);
  return listAll(a).every((list, i) => areSame(list, others[i]!));
}

function listAll({ facts, module }: ModuleFacts): List[] {
  const { names: texts, alias, softdep, weakdep } = facts;
  const strings = [alias, softdep, weakdep].map(({ starts, values }) => {
    return { ...rangeOf(starts, module), texts: values, details: [] };
  });
  return [
    {
      ...rangeOf(facts.exportStarts, module),
      numbers: facts.exportNames,
      texts,
      details: [facts.exportCrcLow, facts.exportCrcHigh],
    },
    {
      ...rangeOf(facts.needStarts, module),
      numbers: facts.needNames,
      texts,
      details: [facts.needCrcLow, facts.needCrcHigh, facts.needWeak],
    },
    ...strings,
  ];
}

function rangeOf(starts: Uint32Array, module: number): Pick<List, "start" | "end"> {
  return { start: starts[module]!, end: starts[module + 1]! };
}

function areSame(a: List, b: List): boolean {
  if (a.end - a.start !== b.end - b.start) return false;
  for (let i = a.start, j = b.start; i < a.end; i++, j++) {
    if (!a.details.every((column, number) => column[i] === b.details[number]![j])) return false;
    if (!areEqual(textAt(a, i), textAt(b, j))) return false;
  }
  return true;
}

function textAt({ numbers, texts }: List, position: number): Uint8Array {
  return stringBytes(texts, numbers?.[position] ?? position);
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
