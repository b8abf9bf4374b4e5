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
import { decodeLatin1, eachLine, excerpt, isPlainAscii } from "../bytes/text.ts";
import { MessageList } from "../message_list.ts";
import type { BuiltinFiles, Message } from "../model.ts";
import { describeUnpaired, unmatchedBrackets } from "./alias_bin.ts";
import { normalizeAliases } from "./aliases.ts";
import { encodeIndex } from "./encode_index.ts";
import type { Input } from "./input.ts";

/** Lines and strings that are read: the largest kernels have some thousands. */
const MOST_ENTRIES = 1 << 18;

/** Bytes of a line or an alias that is read: a path has no more, and no alias comes near. */
const LONGEST = 4095;

/** Renders `modules.builtin.bin`. */
export function renderBuiltinBin(
  { builtin, messages }: Input<Pick<BuiltinFiles, "builtin">>,
): Uint8Array {
  const names: string[] = [];
  const bad = badEntries("modules.builtin", { fails: false });
  const unfit = badEntries("modules.builtin", { fails: true });
  let count = 0;
  for (const line of eachLine(decodeLatin1(takeBytes(builtin, messages)))) {
    if (++count > MOST_ENTRIES) {
      messages.push(tooMany("modules.builtin"));
      break;
    }
    const name = moduleName(line.slice(0, LONGEST));
    // A name without a dot has the newline in it, as the reference has it.
    const isFit = /^[\x20-\x7e]*\n?$/.test(name) && line.length <= LONGEST;
    if (/^[A-Za-z]/.test(line) && isFit) names.push(name);
    else (isFit ? bad : unfit).add(() => `Invalid modules.builtin line: ${showLine(line)}`);
  }
  messages.push(...bad.finish(), ...unfit.finish());
  return encodeIndex({
    keys: encodeStrings(names),
    values: encodeStrings([""]),
    valueNumbers: new Uint32Array(names.length),
    priorities: new Uint32Array(names.length),
  });
}

/** Renders `modules.builtin.alias.bin`. */
export function renderBuiltinAliasBin(
  { builtinModinfo, messages }: Input<Pick<BuiltinFiles, "builtinModinfo">>,
): Uint8Array {
  const { aliases, names } = takeAliases(takeBytes(builtinModinfo, messages), messages);
  const values = packStrings(aliases);
  const { keys, unpaired } = normalizeAliases(values);
  const unmatched = unmatchedBrackets("modules.builtin.modinfo");
  for (const entry of unpaired) unmatched.add(() => describeUnpaired(values, entry));
  messages.push(...unmatched.finish());
  return encodeIndex({
    keys,
    values: packStrings(names),
    valueNumbers: sequence(names.length),
    priorities: new Uint32Array(names.length),
    omitted: unpaired,
  });
}

/** The aliases that an index can hold, each with the name of its module. */
function takeAliases(
  bytes: Uint8Array,
  messages: Message[],
): { aliases: Uint8Array[]; names: Uint8Array[] } {
  const aliases: Uint8Array[] = [];
  const names: Uint8Array[] = [];
  const unfit = badEntries("modules.builtin.modinfo", { fails: true });
  let count = 0;
  for (const { name, alias } of parseBuiltinModinfo(bytes)) {
    if (++count > MOST_ENTRIES) {
      messages.push(tooMany("modules.builtin.modinfo"));
      break;
    }
    if (isFitText(alias) && isFitText(name)) {
      aliases.push(alias);
      names.push(name);
    } else {
      const shown = () => excerpt(decodeLatin1(alias));
      unfit.add(() => `Invalid modules.builtin.modinfo alias: ${shown()}`);
    }
  }
  messages.push(...unfit.finish());
  return { aliases, names };
}

function isFitText(bytes: Uint8Array): boolean {
  return bytes.length <= LONGEST && isPlainAscii(bytes);
}

function badEntries(file: string, { fails }: { fails: boolean }): MessageList {
  const more = (count: number) => `${file}: ${count} more invalid entries`;
  return new MessageList({ level: "error", code: "builtin-entry", fails, more });
}

function tooMany(file: string): Message {
  const text = `${file} has more than ${MOST_ENTRIES} entries: the rest is ignored`;
  return { level: "error", code: "builtin-entry", text, fails: true };
}

/** A line for a message, with its newline, as the reference shows it. */
function showLine(line: string): string {
  return excerpt(line.replace(/\n$/, "")) + (line.endsWith("\n") ? "\n" : "");
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
export function* parseBuiltinModinfo(
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
  const nul = bytes.indexOf(0, start);
  const text = bytes.subarray(start, nul < 0 ? bytes.length : nul);
  const length = delimiter === 0 ? (nul < 0 ? -1 : text.length) : text.indexOf(delimiter);
  if (length < 0) return { bytes: text.subarray(0, 0), next: start + text.length + 1 };
  return { bytes: text.subarray(0, length), next: start + length + 1 };
}
