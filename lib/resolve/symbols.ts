/**
 * The symbol table: which module, or the kernel, defines a name. A later definition replaces an
 * earlier one: the kernel's come first, then the modules' in list order.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { countStrings } from "../bytes/strings.ts";
import type { Strings, SymbolFacts } from "../model.ts";
import { selectStrings } from "../wasm/compose.ts";
import { sortByHash } from "../wasm/hash_order.ts";
import type { KernelSymbol } from "./kernel_symbols.ts";
import { NameTable } from "./name_table.ts";

/** Owner of a name that nobody defines. */
export const UNDEFINED = -2;
/** Owner of a name that the kernel defines. */
export const KERNEL = -1;

/** Buckets of the reference's table of symbols, which order `modules.symbols`. */
const BUCKETS = 2048;

/** "." */
const DOT = 0x2e;

/** Definitions by the number of a name. Numbers of `SymbolFacts.names` keep their value. */
export interface SymbolTable {
  /** Under which name (a number) a needed name of the facts is looked up. */
  readonly lookup: Uint32Array;
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
  const lookup = sequence(countStrings(facts.names));
  for (const id of table.findStarting([DOT, prefixByte])) {
    lookup[id] = lookupName(table, id, prefixByte);
  }
  const defined = prefixByte === undefined
    ? facts.exportNames
    : facts.exportNames.map((id) => table.dropFirst(id, prefixByte));
  const kernelNames = kernel.map(({ name }) => table.add(name));

  const names = table.finish();
  const total = countStrings(names);
  const owners = new Int32Array(total).fill(UNDEFINED);
  const crcLow = new Uint32Array(total);
  const crcHigh = new Uint32Array(total);
  kernelNames.forEach((name, i) => {
    owners[name] = KERNEL;
    crcLow[name] = kernel[i]!.crc.low;
    crcHigh[name] = kernel[i]!.crc.high;
  });
  for (let module = 0; module + 1 < facts.exportStarts.length; module++) {
    for (let i = facts.exportStarts[module]!; i < facts.exportStarts[module + 1]!; i++) {
      const name = defined[i]!;
      owners[name] = module;
      if (facts.exportCrcLow.length === 0) continue;
      crcLow[name] = facts.exportCrcLow[i]!;
      crcHigh[name] = facts.exportCrcHigh[i]!;
    }
  }
  return { names, lookup, owners, crcLow, crcHigh, exported: orderExported(names, owners) };
}

/** PowerPC's `.name` is looked up as `name`; then the prefix is dropped. */
function lookupName(table: NameTable, id: number, prefix: number | undefined): number {
  return table.dropFirst(table.dropFirst(id, DOT), prefix);
}

function orderExported(names: Strings, owners: Int32Array): SymbolTable["exported"] {
  const exported = sequence(owners.length).filter((id) => owners[id]! >= 0);
  const order = sortByHash(exported, { keys: names, buckets: BUCKETS });
  return { names: selectStrings(names, order), owners: order.map((id) => owners[id]!) };
}
