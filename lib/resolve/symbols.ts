/**
 * The symbol table: which module, or the kernel, defines a name. A later definition replaces an
 * earlier one: the kernel's come first, then the modules' in list order.
 *
 * @module
 */
import { hashOrder } from "../bytes/hash_order.ts";
import { Interner, viewOf } from "../bytes/interner.ts";
import { countStrings, StringsBuilder } from "../bytes/strings.ts";
import { encodeLatin1 } from "../bytes/text.ts";
import type { Facts, Strings } from "../model.ts";
import type { KernelSymbol } from "./kernel_symbols.ts";

/** Owner of a name that nobody defines. */
export const UNDEFINED = -2;
/** Owner of a name that the kernel defines. */
export const KERNEL = -1;

/** Buckets of the reference's table of symbols, which order `modules.symbols`. */
const BUCKETS = 2048;

/** Definitions by the number of a name. Numbers of `Facts.names` keep their value. */
export interface SymbolTable {
  /** Under which name (a number) a needed name of the facts is looked up. */
  readonly lookup: Uint32Array;
  /** Module that defines the name, or KERNEL, or UNDEFINED. */
  readonly owners: Int32Array;
  readonly crcLow: Uint32Array;
  readonly crcHigh: Uint32Array;
  /** All names by number. */
  readonly names: Interner;
  /** The symbols that modules define, in the order of `modules.symbols`. */
  readonly exported: { readonly names: Strings; readonly owners: Uint32Array };
}

/**
 * Builds the table.
 *
 * @param options.prefix one character that is dropped from the start of names (-P)
 */
export function buildSymbolTable(
  facts: Facts,
  { kernel, prefix }: { kernel: readonly KernelSymbol[]; prefix: string | undefined },
): SymbolTable {
  const names = Interner.from(facts.names);
  const prefixByte = prefix?.charCodeAt(0);
  const count = countStrings(facts.names);
  const lookup = new Uint32Array(count).map((_, id) => lookupName(names, id, prefixByte));
  const defined = facts.exportNames.map((id) => dropFirst(names, id, prefixByte));
  const kernelNames = kernel.map(({ name }) => names.intern(viewOf(encodeLatin1(name)), 0));

  const owners = new Int32Array(names.length).fill(UNDEFINED);
  const crcLow = new Uint32Array(names.length);
  const crcHigh = new Uint32Array(names.length);
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
function lookupName(names: Interner, id: number, prefix: number | undefined): number {
  return dropFirst(names, dropFirst(names, id, 0x2e), prefix);
}

/** The number of a name without its first byte, if that is `byte`. */
function dropFirst(names: Interner, id: number, byte: number | undefined): number {
  if (byte === undefined || names.firstByte(id) !== byte) return id;
  return names.intern(viewOf(names.bytesOf(id)), 1);
}

function orderExported(names: Interner, owners: Int32Array): SymbolTable["exported"] {
  const ids: number[] = [];
  const exported = new StringsBuilder();
  owners.forEach((owner, id) => {
    if (owner < 0) return;
    ids.push(id);
    exported.add(names.bytesOf(id));
  });
  const unordered = exported.finish();
  const order = hashOrder(unordered, BUCKETS);
  const ordered = new StringsBuilder();
  for (const i of order) {
    ordered.add(unordered.bytes, unordered.offsets[i]!, unordered.offsets[i + 1]!);
  }
  return { names: ordered.finish(), owners: order.map((i) => owners[ids[i]!]!) };
}
