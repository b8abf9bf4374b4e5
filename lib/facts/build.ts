/**
 * Collects what is read from module files into the columns of `Facts`.
 *
 * @module
 */
import { Column, INITIAL_LENGTH } from "../bytes/column.ts";
import { Interner } from "../bytes/interner.ts";
import { StringsBuilder } from "../bytes/strings.ts";
import type { Facts, Fault, ModuleStrings } from "../model.ts";

/** The lists of strings that a module has. */
export type StringList = "alias" | "softdep" | "weakdep";

/** Builds `Facts`, module by module: values are added, then `endModule` closes the module. */
export class FactsBuilder {
  readonly names = new Interner();
  readonly #exports: SymbolColumns;
  readonly #needs: SymbolColumns;
  #strings: Record<StringList, ModuleStringsBuilder> = {
    alias: new ModuleStringsBuilder(),
    softdep: new ModuleStringsBuilder(),
    weakdep: new ModuleStringsBuilder(),
  };
  #faults: Fault[] = [];
  #modules = 0;

  /** @param detailed whether CRCs and weak references are kept, four fifths of most facts */
  constructor(detailed: boolean) {
    this.#exports = new SymbolColumns(detailed);
    this.#needs = new SymbolColumns(detailed);
  }

  /** Adds an exported symbol: the number of its name, and the halves of its CRC. */
  addExport(name: number, crcLow: number, crcHigh: number): void {
    this.#exports.push(name, crcLow, crcHigh, 0);
  }

  /** Adds a symbol that the module needs; `weak` is 1 if it may be missing, else 0. */
  addNeed(name: number, crcLow: number, crcHigh: number, weak: number): void {
    this.#needs.push(name, crcLow, crcHigh, weak);
  }

  /** Takes back the needs of the current module. */
  dropNeeds(): void {
    this.#needs.dropModule();
  }

  /** Adds `source[range.start .. range.end)` to one of the module's lists. */
  addString(
    list: StringList,
    source: Uint8Array,
    { start, end }: { start: number; end: number },
  ): void {
    this.#strings[list].values.add(source, start, end);
  }

  /** Notes what is wrong with the current module. */
  addFault(kind: Fault["kind"], reason: string): void {
    this.#faults.push({ module: this.#modules, kind, reason });
  }

  /** Closes the current module. */
  endModule(): void {
    this.#modules++;
    this.#exports.endModule();
    this.#needs.endModule();
    this.#strings.alias.endModule();
    this.#strings.softdep.endModule();
    this.#strings.weakdep.endModule();
  }

  /** The facts of all modules closed so far. */
  finish(): Facts {
    const exports = this.#exports.finish();
    const needs = this.#needs.finish();
    return {
      names: this.names.finish(),
      exportStarts: exports.starts,
      exportNames: exports.names,
      exportCrcLow: exports.crcLow,
      exportCrcHigh: exports.crcHigh,
      needStarts: needs.starts,
      needNames: needs.names,
      needCrcLow: needs.crcLow,
      needCrcHigh: needs.crcHigh,
      needWeak: needs.weak,
      alias: this.#strings.alias.finish(),
      softdep: this.#strings.softdep.finish(),
      weakdep: this.#strings.weakdep.finish(),
      faults: this.#faults,
    };
  }
}

/** Symbols of the modules, in columns that grow together. */
class SymbolColumns {
  readonly #starts = startColumn();
  #names = new Uint32Array(INITIAL_LENGTH);
  #crcLow = new Uint32Array(INITIAL_LENGTH);
  #crcHigh = new Uint32Array(INITIAL_LENGTH);
  #weak = new Uint32Array(INITIAL_LENGTH);
  #length = 0;

  constructor(readonly detailed: boolean) {}

  push(name: number, crcLow: number, crcHigh: number, weak: number): void {
    if (this.#length === this.#names.length) this.#grow();
    const at = this.#length++;
    this.#names[at] = name;
    if (!this.detailed) return;
    this.#crcLow[at] = crcLow;
    this.#crcHigh[at] = crcHigh;
    this.#weak[at] = weak;
  }

  dropModule(): void {
    this.#length = this.#starts.at(this.#starts.length - 1);
  }

  endModule(): void {
    this.#starts.push(this.#length);
  }

  finish() {
    const details = this.detailed ? this.#length : 0;
    return {
      starts: this.#starts.finish(),
      names: this.#names.subarray(0, this.#length),
      crcLow: this.#crcLow.subarray(0, details),
      crcHigh: this.#crcHigh.subarray(0, details),
      weak: this.#weak.subarray(0, details),
    };
  }

  #grow(): void {
    this.#names = doubled(this.#names);
    if (!this.detailed) return;
    this.#crcLow = doubled(this.#crcLow);
    this.#crcHigh = doubled(this.#crcHigh);
    this.#weak = doubled(this.#weak);
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(array.length * 2);
  copy.set(array);
  return copy;
}

class ModuleStringsBuilder {
  readonly #starts = startColumn();
  readonly values = new StringsBuilder();

  endModule(): void {
    this.#starts.push(this.values.length);
  }

  finish(): ModuleStrings {
    return { starts: this.#starts.finish(), values: this.values.finish() };
  }
}

function startColumn(): Column {
  const column = new Column();
  column.push(0);
  return column;
}
