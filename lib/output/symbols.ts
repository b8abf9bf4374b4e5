/**
 * `modules.symbols` and `modules.symbols.bin`: which module exports a symbol.
 *
 *     alias symbol:jbd2_journal_start jbd2
 *
 * The binary index maps `symbol:NAME` to the module's name.
 *
 * @module
 */
import { StringsBuilder } from "../bytes/strings.ts";
import { ByteWriter } from "../bytes/writer.ts";
import { encodeIndex } from "../index/encode.ts";
import { describeDuplicates } from "./entries.ts";
import type { RenderInput } from "./input.ts";

/** Renders `modules.symbols`. */
export function renderSymbols({ symbols, moduleNames }: RenderInput): Uint8Array {
  const { names, owners } = symbols;
  const writer = new ByteWriter();
  writer.utf8("# Aliases for symbols, used by symbol_request().\n");
  for (let i = 0; i < owners.length; i++) {
    writer.utf8("alias symbol:");
    writer.string(names, i);
    writer.byte(0x20);
    writer.string(moduleNames, owners[i]!);
    writer.byte(0x0a);
  }
  return writer.finish();
}

/** Renders `modules.symbols.bin`. */
export function renderSymbolsBin(input: RenderInput): Uint8Array {
  const { names, owners } = input.symbols;
  const keys = new StringsBuilder();
  for (let i = 0; i < owners.length; i++) {
    keys.addWritten((writer) => {
      writer.utf8("symbol:");
      writer.string(names, i);
    });
  }
  const entries = {
    keys: keys.finish(),
    texts: input.moduleNames,
    text: owners,
    priority: owners,
  };
  const duplicates = describeDuplicates(input, entries, {
    what: "syms",
    describe: (symbol, name) => `${symbol} ${name}`,
  });
  input.messages.push(...duplicates.map(({ message }) => message));
  return encodeIndex(entries);
}
