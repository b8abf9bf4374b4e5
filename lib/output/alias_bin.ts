/**
 * `modules.alias.bin`: maps the normalised patterns that a module answers to, to its name.
 *
 *     pci:v00008086d0000100Esv*sd*bc*sc*i*  →  e1000
 *
 * @module
 */
import { stringBytes } from "../bytes/strings.ts";
import { decodeLatin1 } from "../bytes/text.ts";
import { encodeIndex } from "../index/encode.ts";
import type { Message, Strings } from "../model.ts";
import { describeDuplicates } from "./entries.ts";
import type { RenderInput } from "./input.ts";

/** Renders `modules.alias.bin`. */
export function renderAliasBin(input: RenderInput): Uint8Array {
  const { starts, values } = input.facts.alias;
  const { keys, unpaired } = normalizeAliases(values);
  const owners = new Uint32Array(values.offsets.length - 1);
  for (let module = 0; module < input.modules.length; module++) {
    owners.fill(module, starts[module], starts[module + 1]);
  }
  const entries = {
    keys,
    texts: input.moduleNames,
    text: owners,
    priority: owners,
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

/**
 * Aliases in their normalised form, `-` made `_` but between brackets, which leaves their lengths
 * as they are; and the numbers of those in which a bracket lacks its partner.
 */
export function normalizeAliases(aliases: Strings): { keys: Strings; unpaired: Set<number> } {
  const bytes = aliases.bytes.slice();
  const { offsets } = aliases;
  const unpaired = new Set<number>();
  for (let i = 0; i + 1 < offsets.length; i++) {
    if (!normalize(bytes, offsets[i]!, offsets[i + 1]!)) unpaired.add(i);
  }
  return { keys: { bytes, offsets }, unpaired };
}

/** Normalises in place; gives whether all brackets are paired. A `[` may stand between them. */
function normalize(bytes: Uint8Array, start: number, end: number): boolean {
  let inside = false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === 0x2d) {
      if (!inside) bytes[i] = 0x5f;
    } else if (byte === 0x5b) inside = true;
    else if (byte === 0x5d) {
      if (!inside) return false;
      inside = false;
    }
  }
  return !inside;
}
