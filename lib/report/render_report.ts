/**
 * The report of a run: one JSON object, by scripts/package/report.schema.json. What it tells of a tree
 * is in the object itself or, with --all-kernels, in a list of such objects:
 *
 *     { "version": 1, "program": "0.1.0", …, "kernel": "6.1.0", …, "modules": [ … ] }
 *     { "version": 1, "program": "0.1.0", …, "kernels": [ { "kernel": "6.1.0", …, "modules": [ … ] } ] }
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };
import type { Contest } from "../discover/select.ts";
import type { Message, Plan } from "../model.ts";
import { STAGES } from "./observer.ts";
import type { TreeRecord } from "./tree_record.ts";

/** Version of the format: it changes when a field is removed, or means something else. */
export const FORMAT_VERSION = 1;

/** What was observed of a whole run. */
export interface RunRecord {
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
  /** Milliseconds from the start of the process to the end of the run. */
  readonly total: number;
  readonly status: number;
  /** How many threads have read modules. */
  readonly readers: number;
  /** What was said of no tree, or before any work on one. */
  readonly messages: readonly Message[];
  /** Whether the run is about each version of the module directory. */
  readonly allKernels: boolean;
  /** In the order of the work. */
  readonly trees: readonly TreeRecord[];
}

/** A field of an object: its name, and its value as JSON in pieces. */
type Field = readonly [name: string, value: Iterable<Uint8Array>];

/** The report as UTF-8, in pieces. */
export function* renderReport(run: RunRecord): Generator<Uint8Array> {
  const [tree] = run.trees;
  const fields = run.allKernels
    ? [...listRunFields(run), messagesField(run.messages), kernelsField(run.trees)]
    : [...listRunFields(run), ...listTreeFields(tree, run.messages)];
  yield* renderObject(fields, "");
  yield encode("\n");
}

/** The fields about the whole run. */
function listRunFields({ began, total, status, readers }: RunRecord): Field[] {
  return [
    field("version", FORMAT_VERSION),
    field("program", manifest.version),
    field("began", new Date(began).toISOString()),
    field("exitStatus", status),
    field("milliseconds", round(total)),
    field("readers", readers),
  ];
}

/** The fields about one tree; if there was no plan for one, most of them are null. */
function listTreeFields(
  tree: TreeRecord | undefined,
  before: readonly Message[],
): Field[] {
  const { plan, modules } = tree ?? {};
  const messages = [...before, ...tree?.messages ?? []];
  return [
    field("kernel", plan?.version ?? null),
    field("tree", plan?.directory ?? null),
    field("output", plan?.writes ? plan.outputDirectory : null),
    field("outcome", tree?.outcome ?? "nothing written"),
    field("changed", (tree?.changed ?? []).length > 0),
    field("replaced", (tree?.changed ?? []).toSorted()),
    field("options", plan === undefined ? null : describeOptions(plan)),
    field("stages", describeStages(tree)),
    field("bytes", { modules: tree?.moduleBytes ?? null, files: tree?.fileBytes ?? null }),
    field("found", modules === undefined ? null : describeCounts(modules)),
    messagesField(messages),
    field("omittedMessages", tree?.omitted ?? 0),
    ["contested", renderList(groupContests(tree?.contests ?? []))],
    ["modules", tree?.entries === undefined ? [encode("null")] : wrapLines(tree.entries)],
  ];
}

function messagesField(messages: readonly Message[]): Field {
  return ["messages", renderList(messages.map((message) => JSON.stringify(toJson(message))))];
}

function kernelsField(trees: readonly TreeRecord[]): Field {
  return ["kernels", renderKernels(trees)];
}

function* renderKernels(trees: readonly TreeRecord[]): Generator<Uint8Array> {
  yield encode("[");
  for (const [i, tree] of trees.entries()) {
    if (i > 0) yield encode(", ");
    yield* renderObject(listTreeFields(tree, []), "");
  }
  yield encode("]");
}

/** The options that tell what was asked for, besides where the files are. */
function describeOptions(plan: Plan): Record<string, unknown> {
  return {
    files: plan.files,
    config: plan.configPaths,
    allowRead: plan.allowRead,
    kernelSymbols: plan.kernelSymbols?.path ?? null,
    cache: plan.cachePath ?? null,
    quick: plan.quick,
    show: plan.show,
    check: plan.check ?? null,
    errsyms: plan.reportUnknown,
    warn: plan.warnDuplicates,
    strict: plan.strict,
    sync: plan.sync,
    symbolPrefix: plan.prefix ?? null,
    maxModuleSize: plan.maxModuleSize,
    moduleTimeout: plan.moduleTimeout,
  };
}

function describeStages(tree: TreeRecord | undefined): Record<string, number> {
  const { stages } = tree ?? {};
  const known = STAGES.filter((stage) => stages?.has(stage));
  return Object.fromEntries(known.map((stage) => [stage, round(stages!.get(stage)!)]));
}

function describeCounts({ count, wanted }: { count: number; wanted: number }) {
  return { modules: count, read: wanted, cached: count - wanted };
}

/** A message with its fields in order; `fails` is in the exit status. */
function toJson({ level, code, module, text }: Message): Record<string, string> {
  return { level, code, ...(module !== undefined && { module }), text };
}

/** For each module name that several files had: who has won, and who has lost to whom and why. */
function groupContests(contests: readonly Contest[]): string[] {
  const byName = Map.groupBy(contests, ({ name }) => name);
  return Array.from(byName, ([name, all]) => {
    const losers = all.map(({ loser, winner, rule }) => ({ path: loser, lostTo: winner, rule }));
    return JSON.stringify({ name, winner: all.at(-1)!.winner, losers });
  });
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

const encoder = new TextEncoder();

function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

function field(name: string, value: unknown): Field {
  return [name, [encode(JSON.stringify(value))]];
}

/** A list of values, a line each. */
function renderList(values: readonly string[]): Uint8Array[] {
  if (values.length === 0) return [encode("[]")];
  return wrapLines([encode(values.map((value) => `    ${value}`).join(",\n") + "\n")]);
}

/** A list whose lines have been rendered. */
function wrapLines(lines: readonly Uint8Array[]): Uint8Array[] {
  return lines.length === 0 ? [encode("[]")] : [encode("[\n"), ...lines, encode("  ]")];
}

function* renderObject(fields: readonly Field[], indent: string): Generator<Uint8Array> {
  let before = "{\n";
  for (const [name, value] of fields) {
    yield encode(`${before}${indent}  "${name}": `);
    yield* value;
    before = ",\n";
  }
  yield encode(`\n${indent}}`);
}
