/**
 * `modules.alias.bin`: maps each normalised alias pattern to the name of its module.
 *
 *     pci:v00008086d0000100Esv*sd*bc*sc*i*  →  e1000
 *
 * @module
 */
import { stringBytes } from "../bytes/strings.ts";
import { decodeLatin1 } from "../bytes/text.ts";
import { encodeIndex } from "./encode_index.ts";
import type { Message, StringModel, Strings } from "../model.ts";
import { normalizeAliases } from "./aliases.ts";
import { describeDuplicates, ownersOf } from "./entries.ts";
import type { Input } from "./input.ts";

/** Renders `modules.alias.bin`. */
export function renderAliasBin(input: Input<StringModel>): Uint8Array {
  const { values } = input.alias;
  const { keys, unpaired } = normalizeAliases(values);
  const owners = ownersOf(input.alias);
  const entries = {
    keys,
    values: input.names,
    valueNumbers: owners,
    priorities: owners,
    omitted: unpaired,
  };
  const warnings = describeDuplicates(input, entries, {
    what: "alias",
    describe: (alias, name) => `${alias} ${name}`,
  });
  for (const entry of unpaired) {
    warnings.push({ entry, message: unpairedBracket(values, entry) });
  }
  warnings.sort((a, b) => a.entry - b.entry);
  input.messages.push(...warnings.map(({ message }) => message));
  return encodeIndex(entries);
}

/** The warning for an alias in which a bracket lacks its partner. */
export function unpairedBracket(aliases: Strings, entry: number): Message {
  const alias = decodeLatin1(stringBytes(aliases, entry));
  return { level: "warning", text: `Unmatched bracket in ${alias}` };
}
