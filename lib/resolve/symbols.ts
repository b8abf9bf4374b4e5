/**
 * The symbol table: which module, or the kernel, defines a name. A later definition replaces an
 * earlier one: the kernel's come first, then the modules' in their order.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { countStrings } from "../bytes/strings.ts";
import type { KernelSymbol, Strings, SymbolFacts } from "../model.ts";
import { ownNames } from "./owners.ts";
import { NameTable } from "./name_table.ts";

/** Owner of a name that nobody defines. */
export const UNDEFINED = -2;
/** Owner of a name that the kernel defines. */
export const KERNEL = -1;

/** Buckets of the reference's table of symbols, which order `modules.symbols`. */
const BUCKETS = 2048;

/** "." */
const DOT = 0x2e;

/** The definition of each name, by its number. Names of the facts keep their numbers. */
export interface SymbolTable {
  /**
   * By name of the facts: number of the name that is looked up for it; undefined if that is always
   * the name itself.
   */
  readonly lookup: Uint32Array | undefined;
  /** Module that defines the name, or KERNEL, or UNDEFINED. */
  readonly owners: Int32Array;
  readonly crcLow: Uint32Array;
  readonly crcHigh: Uint32Array;
  /** All names by number. */
  readonly names: Strings;
  /** The symbols that modules define, in the order of `modules.symbols`. */
  readonly exported: { readonly names: Strings; readonly owners: Uint32Array };
}

/**
 * Builds the table.
 *
 * @param options.prefix one character that is dropped from the start of names (-P)
 */
export function buildSymbolTable(
  facts: SymbolFacts,
  { kernel, prefix }: { kernel: readonly KernelSymbol[]; prefix: string | undefined },
): SymbolTable {
  const table = new NameTable(facts.names);
  const prefixByte = prefix?.charCodeAt(0);
  const lookup = makeLookup(table, prefixByte);
  const defined = prefixByte === undefined
    ? facts.exportNames
    : facts.exportNames.map((id) => table.dropFirst(id, prefixByte));
  const kernelNames = kernel.map(({ name }) => table.add(name));

  const names = table.finish();
  const total = countStrings(names);
  const kernelOwners = new Int32Array(total).fill(UNDEFINED);
  const crcLow = new Uint32Array(total);
  const crcHigh = new Uint32Array(total);
  kernelNames.forEach((name, i) => {
    kernelOwners[name] = KERNEL;
    crcLow[name] = kernel[i]!.crc.low;
    crcHigh[name] = kernel[i]!.crc.high;
  });
  for (let i = 0; i < facts.exportCrcLow.length; i++) {
    crcLow[defined[i]!] = facts.exportCrcLow[i]!;
    crcHigh[defined[i]!] = facts.exportCrcHigh[i]!;
  }
  const lists = { starts: facts.exportStarts, names: defined };
  const { owners, owned } = ownNames(lists, { owners: kernelOwners, names, buckets: BUCKETS });
  return { names, lookup, owners, crcLow, crcHigh, exported: owned };
}

function makeLookup(table: NameTable, prefix: number | undefined): Uint32Array | undefined {
  const special = table.findStarting([DOT, prefix]);
  if (special.length === 0) return undefined;
  const lookup = sequence(countStrings(table.names));
  for (const name of special) lookup[name] = lookupName(table, name, prefix);
  return lookup;
}

/** The name under which a needed name of the facts is looked up. */
export function lookUp({ lookup }: SymbolTable, name: number): number {
  return lookup === undefined ? name : lookup[name]!;
}

/** PowerPC's `.name` is looked up as `name`; then the prefix is dropped. */
function lookupName(table: NameTable, id: number, prefix: number | undefined): number {
  return table.dropFirst(table.dropFirst(id, DOT), prefix);
}
