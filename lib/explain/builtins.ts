/**
 * Explains a module that is built into the kernel, as the files of the kernel's build tell.
 *
 *     built-in module crc32c_generic
 *       modules.builtin has kernel/crypto/crc32c-generic.ko
 *       alias that matches:
 *         crypto_crc32c
 *
 * @module
 */
import { moduleName } from "../bytes/module_name.ts";
import { packStrings } from "../bytes/strings.ts";
import { decodeLatin1, eachLine, excerpt } from "../bytes/text.ts";
import type { BuiltinFiles, Message } from "../model.ts";
import { parseBuiltinModinfo } from "../render/builtin.ts";
import { findMatches } from "./aliases.ts";
import { wrapWords } from "./lines.ts";

/** What is known of one module. */
interface Builtin {
  /** Its path in `modules.builtin`, if the name is that of the module. */
  readonly path: string | undefined;
  /** Its aliases that match. */
  readonly aliases: readonly string[];
}

/**
 * The explanation, line by line.
 *
 * @param names.name of a module
 * @param names.alias what an alias would have to match
 */
export function explainBuiltins(
  { name, alias }: { name: string; alias: string },
  { builtin, builtinModinfo }: BuiltinFiles,
): string[] {
  const path = findPath(bytesOf(builtin), name);
  const aliases = findAliases(bytesOf(builtinModinfo), alias);
  const names = new Set([...path === undefined ? [] : [name], ...aliases.keys()]);
  return [...names].flatMap((found) =>
    describe(found, {
      path: found === name ? path : undefined,
      aliases: aliases.get(found) ?? [],
    })
  );
}

function describe(name: string, { path, aliases }: Builtin): string[] {
  const heading = aliases.length === 1 ? "  alias that matches:" : "  aliases that match:";
  return [
    `built-in module ${excerpt(name)}`,
    ...path === undefined ? [] : [`  modules.builtin has ${excerpt(path)}`],
    ...aliases.length === 0 ? [] : [heading],
    ...aliases.flatMap((text) => wrapWords([text], "    ")),
  ];
}

function bytesOf(file: Uint8Array | Message): Uint8Array {
  return file instanceof Uint8Array ? file : new Uint8Array();
}

function findPath(builtin: Uint8Array, name: string): string | undefined {
  for (const line of eachLine(decodeLatin1(builtin))) {
    const path = line.replace(/\n$/, "");
    if (moduleName(path) === name) return path;
  }
  return undefined;
}

/** The aliases that match, by the module that has them. */
function findAliases(modinfo: Uint8Array, name: string): Map<string, string[]> {
  const all = [...parseBuiltinModinfo(modinfo)];
  const aliases = packStrings(all.map(({ alias }) => alias));
  const found = new Map<string, string[]>();
  for (const number of findMatches(aliases, name)) {
    const entry = all[number]!;
    const owner = decodeLatin1(entry.name);
    const list = found.get(owner) ?? [];
    found.set(owner, list);
    list.push(decodeLatin1(entry.alias));
  }
  return found;
}
