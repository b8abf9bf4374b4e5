/**
 * `modules.alias.bin`: maps each normalised alias pattern to the name of its module.
 *
 *     pci:v00008086d0000100Esv*sd*bc*sc*i*  →  e1000
 *
 * @module
 */
import { stringBytes, stringText } from "../bytes/strings.ts";
import { decodeLatin1, excerpt } from "../bytes/text.ts";
import { MessageList } from "../message_list.ts";
import type { Message, StringModel, Strings } from "../model.ts";
import { normalizeAliases } from "./aliases.ts";
import { encodeIndex } from "./encode_index.ts";
import { describeDuplicates, ownersOf } from "./entries.ts";
import type { Input } from "./input.ts";

/** Characters of an alias that a warning quotes: the reference cuts aliases off there. */
const LONGEST_SHOWN = 4095;

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
  warnings.push(...warnUnpaired(input, { owners, unpaired }));
  warnings.sort((a, b) => a.entry - b.entry);
  for (const { entry, message } of warnings) {
    input.messages.push({ ...message, owner: owners[entry]! });
  }
  return encodeIndex(entries);
}

/** The warnings for aliases in which a bracket lacks its partner, by the entry that they follow. */
function warnUnpaired(
  { alias, names }: Input<StringModel>,
  { owners, unpaired }: { owners: Uint32Array; unpaired: ReadonlySet<number> },
): { entry: number; message: Message }[] {
  const lists = new Map<number, { entries: number[]; messages: MessageList }>();
  for (const entry of unpaired) {
    const owner = owners[entry]!;
    const { entries, messages } = lists.get(owner) ??
      { entries: [], messages: unmatchedBrackets(stringText(names, owner)) };
    lists.set(owner, { entries, messages });
    entries.push(entry);
    messages.add(() => describeUnpaired(alias.values, entry));
  }
  return [...lists.values()].flatMap(({ entries, messages }) =>
    messages.finish().map((message, i) => ({ entry: entries[i]!, message }))
  );
}

/** Collects the warnings about the aliases of a module, or a file. */
export function unmatchedBrackets(name: string): MessageList {
  const more = (count: number) => `Unmatched bracket in ${count} more aliases of ${name}`;
  return new MessageList({ level: "warning", code: "alias-bracket", more });
}

/** The warning for an alias in which a bracket lacks its partner. */
export function describeUnpaired(aliases: Strings, entry: number): string {
  const alias = excerpt(decodeLatin1(stringBytes(aliases, entry)), LONGEST_SHOWN);
  return `Unmatched bracket in ${alias}`;
}
