/**
 * `modules.symbols` and `modules.symbols.bin`: which module exports a symbol.
 *
 *     alias symbol:jbd2_journal_start jbd2
 *
 * The binary index maps `symbol:NAME` to the module's name.
 *
 * @module
 */
import { encodeIndex } from "./encode_index.ts";
import type { Model } from "../model.ts";
import { compose, composeText } from "../wasm/compose.ts";
import { describeDuplicates } from "./entries.ts";
import type { Input } from "./input.ts";

/** Renders `modules.symbols`. */
export function renderSymbols(
  { symbols: { names, owners }, modules }: Input<Model>,
): Uint8Array {
  const owner = { from: modules.names, numbers: owners };
  return composeText(["alias symbol:", names, " ", owner, "\n"], {
    heading: "# Aliases for symbols, used by symbol_request().\n",
    count: owners.length,
  });
}

/** Renders `modules.symbols.bin`. */
export function renderSymbolsBin(input: Input<Model>): Uint8Array {
  const { names, owners } = input.symbols;
  const entries = {
    keys: compose(owners.length, ["symbol:", names]),
    values: input.modules.names,
    valueNumbers: owners,
    priorities: owners,
  };
  const duplicates = describeDuplicates(input, entries, {
    what: "syms",
    describe: (symbol, name) => `${symbol} ${name}`,
  });
  for (const { message } of duplicates) input.messages.push(message);
  return encodeIndex(entries);
}
