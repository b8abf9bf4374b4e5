/**
 * The section of the cache that tells about the run which wrote it, as JSON.
 *
 * @module
 */
import { isCode } from "../codes.ts";
import { FormatError } from "../errors.ts";
import type { Fault, Level, Message } from "../model.ts";

/** What the facts of a cache depend on, besides the files. */
export interface Settings {
  /** The program's version. */
  readonly program: string;
  readonly detailed: boolean;
  readonly maxModuleSize: number;
}

/** What a run was made of, and what came of it. */
export interface Result {
  /** A checksum of all that it depends on but the contents of the modules. */
  readonly inputs: string;
  /** The checksums of the files that it wrote, by their names. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What it said after the modules were found. */
  readonly messages: readonly Message[];
}

/** All that the section holds. */
export interface RunRecord {
  readonly settings: Settings;
  /** What is wrong with modules, which are numbered as in the cache. */
  readonly faults: readonly Fault[];
  /** Absent if the run had too much to say. */
  readonly result: Result | undefined;
}

/** Most characters of messages that are kept: a run with more of them is done again each time. */
export const MOST_TEXT = 1 << 16;

/** The levels of messages that a run goes on after. */
const LEVELS: readonly Level[] = ["error", "warning", "notice", "info", "debug"];
const FAULT_KINDS: readonly Fault["kind"][] = ["unreadable", "dropped", "too large", "refused"];

/** The record as bytes. */
export function encodeRecord(record: RunRecord): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(JSON.stringify(record)));
}

/**
 * The record in these bytes.
 *
 * @throws FormatError when no run could have written it
 */
export function decodeRecord(bytes: Uint8Array): RunRecord {
  const { settings, faults, result } = parseObject(bytes);
  return {
    settings: toSettings(settings),
    faults: toList(faults).map(toFault),
    result: result === undefined ? undefined : toResult(result),
  };
}

/** Whether facts that were read with some settings are those of others. */
export function areSame(a: Settings, b: Settings): boolean {
  return a.program === b.program && a.detailed === b.detailed &&
    a.maxModuleSize === b.maxModuleSize;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    return toObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    if (error instanceof SyntaxError) throw new FormatError("the record is no JSON", 0);
    throw error;
  }
}

function toSettings(value: unknown): Settings {
  const { program, detailed, maxModuleSize } = toObject(value);
  return {
    program: toText(program),
    detailed: detailed === true,
    maxModuleSize: toNumber(maxModuleSize),
  };
}

function toFault(value: unknown): Fault {
  const { module, kind, reason } = toObject(value);
  return {
    module: toNumber(module),
    kind: toOneOf(FAULT_KINDS, kind),
    reason: toText(reason),
  };
}

function toResult(value: unknown): Result {
  const { inputs, outputs, messages } = toObject(value);
  const checksums = Object.entries(toObject(outputs));
  return {
    inputs: toText(inputs),
    outputs: Object.fromEntries(checksums.map(([name, checksum]) => [name, toText(checksum)])),
    messages: toList(messages).map(toMessage),
  };
}

function toMessage(value: unknown): Message {
  const { level, code, text, module, fails } = toObject(value);
  if (!isCode(code)) throw new FormatError("the record has an unknown code", 0);
  return {
    level: toOneOf(LEVELS, level),
    code,
    text: toText(text),
    ...(module !== undefined && { module: toText(module) }),
    fails: fails === true,
  };
}

function toObject(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new FormatError("the record lacks an object", 0);
}

function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FormatError("the record lacks a list", 0);
}

/** A text that can stand in a message: no line can be forged with it. */
function toText(value: unknown): string {
  if (typeof value === "string" && value.length <= MOST_TEXT && /^\P{Cc}*$/u.test(value)) {
    return value;
  }
  throw new FormatError("the record lacks a text", 0);
}

function toNumber(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new FormatError("the record lacks a number", 0);
}

function toOneOf<Value>(values: readonly Value[], value: unknown): Value {
  if (values.includes(value as Value)) return value as Value;
  throw new FormatError("the record has an unknown word", 0);
}
