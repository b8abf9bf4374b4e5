/**
 * The kernel's own symbols, from `Module.symvers` (-E) or `System.map` (-F).
 *
 *     Module.symvers   0xb352177e <tab> find_first_bit <tab> vmlinux <tab> EXPORT_SYMBOL
 *     System.map       ffffffff82a3c1d0 r __ksymtab_find_first_bit
 *
 * @module
 */
import { eachLine, excerpt } from "../bytes/text.ts";
import { MessageList } from "../message_list.ts";
import type { KernelSymbol, Message } from "../model.ts";

/** What a file of kernel symbols says. */
export interface KernelSymbols {
  /** In file order, then those that the kernel's loader makes up. */
  readonly symbols: readonly KernelSymbol[];
  /** Whether the file itself lists none. */
  readonly isEmpty: boolean;
  readonly messages: readonly Message[];
}

/** How a file of kernel symbols is read: its path, for messages, and the symbol prefix (-P). */
export interface KernelSymbolsOptions {
  readonly path: string;
  readonly prefix: string | undefined;
}

/** Lines that are read: the largest kernels have some 300,000 symbols. */
const MOST_LINES = 1 << 22;

/** Characters of a bad line that its message quotes. */
const LONGEST_SHOWN = 4096;

const NO_CRC = { low: 0, high: 0 };
const KSYMTAB = "__ksymtab_";

/** Symbols that no file lists: the kernel's module loader supplies them. */
const LOADER_SYMBOLS = ["__this_module", "_GLOBAL_OFFSET_TABLE_"];
/** The same on PowerPC, where a file may list it too. */
const TOC = "TOC.";

/** Parses `Module.symvers`; only symbols of `vmlinux` are taken. */
export function parseSymvers(text: string, options: KernelSymbolsOptions): KernelSymbols {
  const symbols: KernelSymbol[] = [];
  const messages = badLines(options);
  let lineNumber = 0;
  for (const line of eachLine(text)) {
    if (++lineNumber > MOST_LINES) return finish(symbols, [...messages.finish(), tooMany(options)]);
    // A newline is part of the last word, so that something must follow "vmlinux" in the line.
    const [version, name, where] = line.split(/[ \t]+/).filter((word) => word !== "");
    if (version === undefined || name === undefined || where !== "vmlinux") continue;
    const crc = parseHex64(version);
    if (crc === undefined) {
      const shown = () => excerpt(version, LONGEST_SHOWN);
      const place = `${options.path}:${lineNumber}`;
      messages.add(() => `${place} Invalid symbol version ${shown()}: Invalid argument`);
      continue;
    }
    symbols.push({ name: dropPrefix(name, options.prefix), crc });
  }
  return finish(symbols, messages.finish());
}

/** Parses `System.map`; a symbol NAME is exported where there is a `__ksymtab_NAME`. */
export function parseSystemMap(text: string, options: KernelSymbolsOptions): KernelSymbols {
  const symbols: KernelSymbol[] = [];
  const messages = badLines(options);
  let lineNumber = 0;
  for (const line of eachLine(text)) {
    if (++lineNumber > MOST_LINES) return finish(symbols, [...messages.finish(), tooMany(options)]);
    const typeAt = line.indexOf(" ") + 1;
    const nameAt = line.indexOf(" ", typeAt) + 1;
    if (typeAt === 0 || nameAt === 0) {
      const newline = line.endsWith("\n") ? "\n" : ""; // the reference shows it too
      const shown = () => excerpt(line.replace(/\n$/, ""), LONGEST_SHOWN);
      const place = `${options.path}:${lineNumber}`;
      messages.add(() => `${place}: invalid line: ${shown()}${newline}`);
      continue;
    }
    const name = dropPrefix(line.slice(nameAt), options.prefix);
    if (!name.startsWith(KSYMTAB)) continue;
    symbols.push({ name: name.slice(KSYMTAB.length).replace(/\n$/, ""), crc: NO_CRC });
  }
  return finish(symbols, messages.finish());
}

function badLines({ path }: KernelSymbolsOptions): MessageList {
  const more = (count: number) => `${path}: ${count} more invalid lines`;
  return new MessageList({ level: "error", code: "kernel-symbols-line", more });
}

function tooMany({ path }: KernelSymbolsOptions): Message {
  const text = `${path} has more than ${MOST_LINES} lines: the rest is ignored`;
  return { level: "error", code: "kernel-symbols-line", text, fails: true };
}

function finish(symbols: readonly KernelSymbol[], messages: readonly Message[]): KernelSymbols {
  return { symbols: addLoaderSymbols(symbols), isEmpty: symbols.length === 0, messages };
}

function addLoaderSymbols(symbols: readonly KernelSymbol[]): KernelSymbol[] {
  const names = symbols.some(({ name }) => name === TOC) ? [] : [TOC];
  names.unshift(...LOADER_SYMBOLS);
  return [...symbols, ...names.map((name) => ({ name, crc: NO_CRC }))];
}

function dropPrefix(name: string, prefix: string | undefined): string {
  return prefix !== undefined && name.startsWith(prefix) ? name.slice(1) : name;
}

/** A number of 64 bits as strtoull(3) reads it in base 16, or undefined. */
function parseHex64(text: string): { low: number; high: number } | undefined {
  const match = /^([+-]?)(?:0x)?([0-9a-f]+)$/i.exec(text);
  if (match === null) return undefined;
  const largest = (1n << 64n) - 1n;
  const magnitude = BigInt("0x" + match[2]);
  let value = magnitude > largest ? largest : magnitude;
  if (match[1] === "-" && magnitude <= largest) value = BigInt.asUintN(64, -value);
  return { low: Number(value & 0xffffffffn), high: Number(value >> 32n) };
}
