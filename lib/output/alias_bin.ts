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
      const alias = stringBytes(values, i);
      if (addNormalized(keys, alias)) modules.push(module);
      else input.messages.push({ level: "warning", text: unmatchedBracket(alias) });
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
 * Adds an alias in its normalised form, `-` made `_` but between brackets, unless a bracket lacks
 * its partner.
 *
 * @returns whether it was added
 */
export function addNormalized(keys: StringsBuilder, alias: Uint8Array): boolean {
  if (isNormal(alias)) {
    keys.add(alias);
    return true;
  }
  if (!hasPairedBrackets(alias)) return false;
  keys.addWritten((writer) => writeNormalized(writer, alias));
  return true;
}

/** Whether an alias has neither `-` nor brackets, as nearly all. */
function isNormal(alias: Uint8Array): boolean {
  for (let i = 0; i < alias.length; i++) {
    const byte = alias[i];
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
