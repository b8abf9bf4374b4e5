/**
 * Collects what is read from module files into the columns of `Facts`.
 *
 * @module
 */
import { Column } from "../bytes/column.ts";
import { Interner } from "../bytes/interner.ts";
import { StringsBuilder } from "../bytes/strings.ts";
import type { Facts, Fault, ModuleStrings } from "../model.ts";

/** The lists of strings that a module has. */
export type StringList = "alias" | "softdep" | "weakdep";

/** Builds `Facts`, module by module: values are added, then `endModule` closes the module. */
export class FactsBuilder {
  readonly names = new Interner();
  #exports = new SymbolColumns();
  #needs = new SymbolColumns();
  #needWeak = new Column();
  #strings: Record<StringList, ModuleStringsBuilder> = {
    alias: new ModuleStringsBuilder(),
    softdep: new ModuleStringsBuilder(),
    weakdep: new ModuleStringsBuilder(),
  };
  #faults: Fault[] = [];
  #modules = 0;

  /** Adds an exported symbol: the number of its name, and the halves of its CRC. */
  addExport(name: number, crcLow: number, crcHigh: number): void {
    this.#exports.push(name, crcLow, crcHigh);
  }

  /** Adds a symbol that the module needs; `weak` is 1 if it may be missing, else 0. */
  addNeed(name: number, crcLow: number, crcHigh: number, weak: number): void {
    this.#needs.push(name, crcLow, crcHigh);
    this.#needWeak.push(weak);
  }

  /** Takes back the needs of the current module. */
  dropNeeds(): void {
    this.#needs.dropModule();
    this.#needWeak.length = this.#needs.length;
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
    return {
      names: this.names.finish(),
      exportStarts: this.#exports.starts.finish(),
      exportNames: this.#exports.names.finish(),
      exportCrcLow: this.#exports.crcLow.finish(),
      exportCrcHigh: this.#exports.crcHigh.finish(),
      needStarts: this.#needs.starts.finish(),
      needNames: this.#needs.names.finish(),
      needCrcLow: this.#needs.crcLow.finish(),
      needCrcHigh: this.#needs.crcHigh.finish(),
      needWeak: this.#needWeak.finish(),
      alias: this.#strings.alias.finish(),
      softdep: this.#strings.softdep.finish(),
      weakdep: this.#strings.weakdep.finish(),
      faults: this.#faults,
    };
  }
}

class SymbolColumns {
  readonly starts = startColumn();
  readonly names = new Column();
  readonly crcLow = new Column();
  readonly crcHigh = new Column();

  get length(): number {
    return this.names.length;
  }

  push(name: number, crcLow: number, crcHigh: number): void {
    this.names.push(name);
    this.crcLow.push(crcLow);
    this.crcHigh.push(crcHigh);
  }

  dropModule(): void {
    const start = this.starts.at(this.starts.length - 1);
    this.names.length = this.crcLow.length = this.crcHigh.length = start;
  }

  endModule(): void {
    this.starts.push(this.names.length);
  }
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
