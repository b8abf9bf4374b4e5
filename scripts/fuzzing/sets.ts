/**
 * Broken modules and their neighbours, as one reader reads them:
 *
 *     before broken after · before broken after · …
 *
 * @module
 */
import { reject } from "./findings.ts";
import { NEIGHBOUR_FACTS } from "./neighbours.ts";
import { stringBytes } from "../../lib/bytes/strings.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import type { Facts, ModuleStrings } from "../../lib/model.ts";
import { mergeFacts } from "../../tests/support/facts.ts";

/** Modules of a set. */
const SET = 3;

/** The places of the neighbours in a set, by their places in NEIGHBOUR_FACTS. */
const PLACES = [0, 2];
const NEIGHBOURS = PLACES.map((_, module) => describeModule(NEIGHBOUR_FACTS, module));

/** The facts of set `number`. */
export function takeSet(facts: Facts, number: number): Facts {
  const all = facts.exportStarts.length - 1;
  const modules = Array.from({ length: all }, (_, position) => position - number * SET);
  const wanted = modules.map((module) => module >= 0 && module < SET ? module : all);
  return mergeFacts([{ facts, modules: wanted }], { count: SET, detailed: true });
}

/** What is wrong with the broken module of a set; the good ones must have no fault. */
export function takeFaults(facts: Facts, number: number): Facts["faults"] {
  const start = number * SET;
  const faults = facts.faults.filter(({ module }) => module >= start && module < start + SET);
  const [good] = faults.filter(({ module }) => module !== start + 1);
  if (good !== undefined) reject("fault of a good module", good.reason);
  return faults;
}

/** Makes sure that the neighbours of a set have their facts. */
export function checkNeighbours(facts: Facts, number: number): void {
  for (const [i, place] of PLACES.entries()) {
    const found = describeModule(facts, number * SET + place);
    if (found !== NEIGHBOURS[i]) reject("facts of a good module lost", found);
  }
}

/** The facts of the broken module of a set, as a text: the same for the same facts. */
export function describeBroken(facts: Facts, number: number): string {
  return describeModule(facts, number * SET + 1);
}

function describeModule(facts: Facts, module: number): string {
  const { exportStarts, exportNames, exportCrcLow, exportCrcHigh } = facts;
  const { needStarts, needNames, needCrcLow, needCrcHigh, needWeak } = facts;
  const name = (id: number | undefined) => decodeLatin1(stringBytes(facts.names, id!));
  const exports = listItems(exportStarts, module, (i) => {
    return [name(exportNames[i]), exportCrcLow[i], exportCrcHigh[i]];
  });
  const needs = listItems(needStarts, module, (i) => {
    return [name(needNames[i]), needCrcLow[i], needCrcHigh[i], needWeak[i]];
  });
  const strings = [facts.alias, facts.softdep, facts.weakdep].map(({ starts, values }) =>
    listItems(starts, module, (i) => decodeLatin1(stringBytes(values, i)))
  );
  return JSON.stringify([exports, needs, strings]);
}

function listItems<T>(
  starts: ModuleStrings["starts"],
  module: number,
  item: (index: number) => T,
): T[] {
  const start = starts[module]!;
  return Array.from({ length: starts[module + 1]! - start }, (_, i) => item(start + i));
}
