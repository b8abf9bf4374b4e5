/**
 * `modules.builtin.bin` and `modules.builtin.alias.bin`: the modules that are part of the kernel,
 * from two files that the kernel's build makes.
 *
 *     modules.builtin           kernel/fs/binfmt_script.ko, one a line
 *     modules.builtin.modinfo   binfmt_script.alias=fs-binfmt_script NUL …
 *
 * The first index has the names as keys, with empty values; the second maps normalised aliases to
 * names. All priorities are 0. Where a file is absent its index is empty.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { moduleName } from "../bytes/module_name.ts";
import { encodeStrings, packStrings } from "../bytes/strings.ts";
import { decodeLatin1, isPlainAscii, printable, splitLines } from "../bytes/text.ts";
import { encodeIndex } from "./encode_index.ts";
import type { Message, Model } from "../model.ts";
import { normalizeAliases } from "./aliases.ts";
import { unpairedBracket } from "./alias_bin.ts";
import type { Input } from "./input.ts";

/** Renders `modules.builtin.bin`. */
export function renderBuiltinBin({ builtin, messages }: Input<Model>): Uint8Array {
  const names: string[] = [];
  for (const line of splitLines(decodeLatin1(takeBytes(builtin, messages)))) {
    const name = moduleName(line);
    const isFit = !/[\x80-\xff]/.test(name);
    if (/^[A-Za-z]/.test(line) && isFit) names.push(name);
    else {
      const shown = printable(line.replace(/\n$/, ""));
      const newline = line.endsWith("\n") ? "\n" : "";
      const text = `Invalid modules.builtin line: ${shown}${newline}`;
      messages.push({ level: "error", text, fails: !isFit });
    }
  }
  return encodeIndex({
    keys: encodeStrings(names),
    values: encodeStrings([""]),
    valueNumbers: new Uint32Array(names.length),
    priorities: new Uint32Array(names.length),
  });
}

/** Renders `modules.builtin.alias.bin`. */
export function renderBuiltinAliasBin({ builtinModinfo, messages }: Input<Model>): Uint8Array {
  const aliases: Uint8Array[] = [];
  const names: Uint8Array[] = [];
  for (const { name, alias } of parseBuiltinModinfo(takeBytes(builtinModinfo, messages))) {
    if (isPlainAscii(alias) && isPlainAscii(name)) {
      aliases.push(alias);
      names.push(name);
    } else {
      const shown = printable(decodeLatin1(alias));
      const text = `Invalid modules.builtin.modinfo alias: ${shown}`;
      messages.push({ level: "error", text, fails: true });
    }
  }
  const values = packStrings(aliases);
  const { keys, unpaired } = normalizeAliases(values);
  for (const entry of unpaired) messages.push(unpairedBracket(values, entry));
  return encodeIndex({
    keys,
    values: packStrings(names),
    valueNumbers: sequence(names.length),
    priorities: new Uint32Array(names.length),
    omitted: unpaired,
  });
}

/** The bytes of a file; if it is absent, none, and its message is passed on. */
function takeBytes(file: Uint8Array | Message, messages: Message[]): Uint8Array {
  if (file instanceof Uint8Array) return file;
  messages.push(file);
  return new Uint8Array();
}

/**
 * The aliases in `module.key=value` strings. A string without a dot is passed over; one without
 * `=` takes the next string with it, as in the reference.
 */
function* parseBuiltinModinfo(
  bytes: Uint8Array,
): Generator<{ name: Uint8Array; alias: Uint8Array }> {
  for (let at = 0; at < bytes.length;) {
    const name = readUntil(bytes, at, 0x2e); // "."
    at = name.next;
    if (name.bytes.length === 0) continue;
    const key = readUntil(bytes, at, 0x3d); // "="
    at = key.next;
    const value = readUntil(bytes, at, 0);
    at = value.next;
    if (decodeLatin1(key.bytes) === "alias" && value.bytes.length > 0) {
      yield { name: name.bytes, alias: value.bytes };
    }
  }
}

/**
 * The bytes up to `delimiter`; none if a NUL or the end comes first. `next` is the offset after
 * what ended them.
 */
function readUntil(
  bytes: Uint8Array,
  start: number,
  delimiter: number,
): { bytes: Uint8Array; next: number } {
  let end = start;
  while (end < bytes.length && bytes[end] !== delimiter && bytes[end] !== 0) end++;
  const found = end < bytes.length && bytes[end] === delimiter;
  return { bytes: bytes.subarray(start, found ? end : start), next: end + 1 };
}
