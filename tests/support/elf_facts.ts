/**
 * What lib/read reads from modules' bytes, as plain values that a test can compare.
 *
 * @module
 */
import type { ImageSource } from "../../lib/read/image.ts";
import { stringBytes } from "../../lib/bytes/strings.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import * as codes from "../../lib/wasm/assembly/codes.ts";
import { Parser } from "../../lib/read/parser.ts";
import { takeStringFacts, takeSymbolFacts } from "../../lib/read/columns.ts";
import type { Facts, ModuleStrings } from "../../lib/model.ts";
import { assertEquals } from "./assert.ts";

/** An exported symbol. */
export interface FoundExport {
  readonly name: string;
  readonly crc: bigint;
}

/** A needed symbol. */
export interface FoundNeed extends FoundExport {
  readonly weak: boolean;
}

/** Bytes of the names of the modules. */
const NAME_SIZE = 10;

/** What modules say beside their faults. */
export type FactColumns = Omit<Facts, "faults">;

/** A parser, and the values that no index can hold, as `what: value`. */
export function makeParser(
  detailed = true,
  quota = 1 << 30,
): { parser: Parser; dropped: string[] } {
  const dropped: string[] = [];
  const drop = (what: string, read: (most: number) => Uint8Array) => {
    dropped.push(`${what}: ${decodeLatin1(read(Infinity))}`);
  };
  const exceed = () => void dropped.push("the rest");
  return { parser: new Parser({ detailed, quota }, { drop, tick: () => {}, exceed }), dropped };
}

/** Begins a module, and puts its file into the parser's memory. */
export function loadFile(parser: Parser, file: Uint8Array): void {
  parser.begin(NAME_SIZE);
  parser.image.reserve(file.length);
  parser.image.bytes.set(file);
  parser.image.load(file.length);
}

/** Adds a module to what the parser has read. */
export function readModule(parser: Parser, module: Uint8Array): void {
  loadFile(parser, module);
  parser.parseFile();
  parser.parseExports();
  parser.parseNeeds();
  parser.parseModinfo();
  parser.endModule();
}

/** The facts of all modules closed so far. */
export function factsOf({ workspace }: Parser): FactColumns {
  const count = workspace.columnNumbers(codes.EXPORT_STARTS).length - 1;
  return { ...takeSymbolFacts(workspace, count), ...takeStringFacts(workspace, count) };
}

/** The facts of modules. */
export function parseModules(modules: readonly Uint8Array[], detailed = true): FactColumns {
  const { parser } = makeParser(detailed);
  for (const module of modules) readModule(parser, module);
  return factsOf(parser);
}

/** A file that is read in parts, into memory that is full of an earlier file's bytes. */
export class PartialFile implements ImageSource {
  /** Reads so far. */
  reads = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** Begins a module, makes this its file, and reads the frame. */
  open(parser: Parser): void {
    parser.begin(NAME_SIZE);
    parser.image.reserve(this.bytes.length);
    parser.image.bytes.fill(0x5f);
    assertEquals(parser.image.open(this, Infinity), true);
    parser.parseFile();
  }

  /** Fills `target` with bytes from `offset` on. */
  read(target: Uint8Array, offset: number): number {
    this.reads++;
    const part = this.bytes.subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }

  /** Bytes in the file. */
  size(): number {
    return this.bytes.length;
  }
}

/** What `parseExports` finds. */
export function exportsOf(module: Uint8Array): FoundExport[] {
  return listExports(parseWith(module, "parseExports"))[0]!;
}

/** What `parseNeeds` finds. */
export function needsOf(module: Uint8Array): FoundNeed[] {
  return listNeeds(parseWith(module, "parseNeeds"))[0]!;
}

/** What `parseModinfo` finds, as `key=value`: one list after the other. */
export function modinfoOf(module: Uint8Array): string[] {
  const facts = parseWith(module, "parseModinfo");
  return (["alias", "softdep", "weakdep"] as const).flatMap((key) =>
    listStrings(facts[key])[0]!.map((value) => `${key}=${value}`)
  );
}

function parseWith(
  module: Uint8Array,
  method: "parseExports" | "parseNeeds" | "parseModinfo",
): FactColumns {
  const { parser } = makeParser();
  loadFile(parser, module);
  parser.parseFile();
  parser[method]();
  parser.endModule();
  return factsOf(parser);
}

/** The exports of each module; where no CRCs are kept, they are 0. */
export function listExports(facts: FactColumns): FoundExport[][] {
  return split(facts.exportStarts, (i) => ({
    name: nameOf(facts, facts.exportNames[i]),
    crc: crcOf(facts.exportCrcLow[i], facts.exportCrcHigh[i]),
  }));
}

/** The needs of each module; where no details are kept, CRCs are 0 and none is weak. */
export function listNeeds(facts: FactColumns): FoundNeed[][] {
  return split(facts.needStarts, (i) => ({
    name: nameOf(facts, facts.needNames[i]),
    crc: crcOf(facts.needCrcLow[i], facts.needCrcHigh[i]),
    weak: facts.needWeak[i] === 1,
  }));
}

/** The strings of each module. */
export function listStrings({ starts, values }: ModuleStrings): string[][] {
  return split(starts, (i) => decodeLatin1(stringBytes(values, i)));
}

function split<T>(starts: Uint32Array, item: (index: number) => T): T[][] {
  return Array.from(starts.subarray(1), (end, module) => {
    const start = starts[module]!;
    return Array.from({ length: end - start }, (_, i) => item(start + i));
  });
}

function nameOf({ names }: FactColumns, name: number | undefined): string {
  return decodeLatin1(stringBytes(names, name!));
}

function crcOf(low = 0, high = 0): bigint {
  return BigInt(high) << 32n | BigInt(low);
}
