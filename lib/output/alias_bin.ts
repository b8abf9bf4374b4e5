/**
 * `modules.alias.bin`: maps the normalised patterns that a module answers to, to its name.
 *
 *     pci:v00008086d0000100Esv*sd*bc*sc*i*  →  e1000
 *
 * @module
 */
import { Column } from "../bytes/column.ts";
import { stringBytes, StringsBuilder } from "../bytes/strings.ts";
import { decodeLatin1 } from "../bytes/text.ts";
import type { ByteWriter } from "../bytes/writer.ts";
import { encodeIndex } from "../index/encode.ts";
import { warnOfDuplicates } from "./entries.ts";
import type { RenderInput } from "./input.ts";

/** Renders `modules.alias.bin`. */
export function renderAliasBin(input: RenderInput): Uint8Array {
  const { starts, values } = input.facts.alias;
  const keys = new StringsBuilder();
  const modules = new Column();
  for (let module = 0; module < input.modules.length; module++) {
    for (let i = starts[module]!; i < starts[module + 1]!; i++) {
      if (addNormalized(keys, values.bytes, values.offsets[i]!, values.offsets[i + 1]!)) {
        modules.push(module);
      } else {
        const text = unmatchedBracket(stringBytes(values, i));
        input.messages.push({ level: "warning", text });
      }
    }
  }
  const owners = modules.finish();
  const entries = {
    keys: keys.finish(),
    texts: input.moduleNames,
    text: owners,
    priority: owners,
  };
  warnOfDuplicates(input, entries, {
    what: "alias",
    describe: (alias, name) => `${alias} ${name}`,
  });
  return encodeIndex(entries);
}

/** The warning for an alias that `addNormalized` refused. */
export function unmatchedBracket(alias: Uint8Array): string {
  return `Unmatched bracket in ${decodeLatin1(alias)}`;
}

/**
 * Adds the alias `bytes[start .. end)` in its normalised form, `-` made `_` but between brackets,
 * unless a bracket lacks its partner.
 *
 * @returns whether it was added
 */
export function addNormalized(
  keys: StringsBuilder,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): boolean {
  if (isNormal(bytes, start, end)) {
    keys.add(bytes, start, end);
    return true;
  }
  const alias = bytes.subarray(start, end);
  if (!hasPairedBrackets(alias)) return false;
  keys.addWritten((writer) => writeNormalized(writer, alias));
  return true;
}

/** Whether an alias has neither `-` nor brackets, as nearly all. */
function isNormal(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === 0x2d || byte === 0x5b || byte === 0x5d) return false;
  }
  return true;
}

/** A `[` may stand between brackets as well. */
function hasPairedBrackets(alias: Uint8Array): boolean {
  let inside = false;
  for (const byte of alias) {
    if (byte === 0x5b) inside = true;
    else if (byte === 0x5d) {
      if (!inside) return false;
      inside = false;
    }
  }
  return !inside;
}

function writeNormalized(writer: ByteWriter, alias: Uint8Array): void {
  let inside = false;
  for (const byte of alias) {
    if (byte === 0x5b) inside = true;
    else if (byte === 0x5d) inside = false;
    writer.byte(byte === 0x2d && !inside ? 0x5f : byte);
  }
}
