/**
 * What a module exports and what it needs, from `.symtab` and `__ksymtab_strings`.
 *
 *     .symtab              Sym × n: st_name (offset in .strtab), st_value, st_info, st_shndx
 *       __crc_NAME           exports NAME; its CRC is st_value, or stands there in its section
 *       st_shndx 0           needs the symbol
 *     __ksymtab_strings    NUL-terminated names of exports, for modules without CRCs
 *
 * @module
 */
import type { Interner } from "../bytes/interner.ts";
import { FormatError } from "../errors.ts";
import { EM_SPARC, EM_SPARCV9, SHN_ABS, SHN_UNDEF, STB_WEAK, STT_REGISTER } from "./constants.ts";
import { type ElfFile, findSection } from "./file.ts";
import type { Versions } from "./versions.ts";

/**
 * Takes the symbols of one module. Names are numbers of `names`; CRCs of 64 bits come in halves,
 * as plain arguments: there are hundreds of thousands.
 */
export interface SymbolSink {
  readonly names: Interner;
  addExport(name: number, crcLow: number, crcHigh: number): void;
  addNeed(name: number, crcLow: number, crcHigh: number, weak: number): void;
}

/** Either half of what the reference uses where the place of a CRC cannot be read. */
const BAD_CRC = 0xffffffff;

/** "__crc_" as two numbers: four bytes and two, big-endian. */
const CRC_PREFIX_4 = 0x5f5f6372;
const CRC_PREFIX_2 = 0x635f;
const CRC_PREFIX_LENGTH = 6;

/**
 * Passes on every `__crc_NAME` of the symbol table as an export of NAME. Where there is none, or
 * the table cannot be used, the names in `__ksymtab_strings` are the exports, with CRC 0.
 *
 * @throws FormatError when those do not end with a NUL
 */
export function parseExports(elf: ElfFile, sink: SymbolSink): void {
  if (!parseCrcSymbols(elf, sink)) parseKsymtabStrings(elf, sink);
}

/** Whether the table could be used and held at least one export. */
function parseCrcSymbols(elf: ElfFile, sink: SymbolSink): boolean {
  const { image, little, layout, strtab } = elf;
  const symbols = findSymbols(elf);
  if (symbols === undefined || strtab === undefined) return false;
  const { view, bytes } = image;
  const strtabEnd = strtab.offset + strtab.size;
  const found: number[] = [];
  for (let at = symbols.start; at < symbols.end; at += layout.symbolSize) {
    const st_name = view.getUint32(at, little);
    if (st_name >= strtab.size) return false;
    const name = strtab.offset + st_name;
    if (bytes[name] === 0x5f && name + CRC_PREFIX_LENGTH <= strtabEnd && isCrcName(view, name)) {
      found.push(at);
    }
  }
  for (const at of found) {
    const name = strtab.offset + view.getUint32(at, little) + CRC_PREFIX_LENGTH;
    addCrcExport(elf, { at, name: sink.names.intern(view, name, strtabEnd), sink });
  }
  return found.length > 0;
}

function isCrcName(view: DataView, at: number): boolean {
  return view.getUint32(at) === CRC_PREFIX_4 && view.getUint16(at + 4) === CRC_PREFIX_2;
}

/** Adds an export whose CRC the symbol at file offset `at` stands for. */
function addCrcExport(
  elf: ElfFile,
  { at, name, sink }: { at: number; name: number; sink: SymbolSink },
): void {
  const { image, little, layout } = elf;
  const valueAt = at + layout.st_value;
  const wide = layout.wordSize === 8;
  const low = image.view.getUint32(valueAt + (wide && !little ? 4 : 0), little);
  const high = wide ? image.view.getUint32(valueAt + (little ? 4 : 0), little) : 0;
  const st_shndx = image.view.getUint16(at + layout.st_shndx, little);
  if (st_shndx === SHN_ABS || st_shndx === SHN_UNDEF) return sink.addExport(name, low, high);
  const section = findSection(elf, st_shndx);
  if (section === undefined || high !== 0 || low + 4 > section.size) {
    return sink.addExport(name, BAD_CRC, BAD_CRC);
  }
  image.need(section.offset, section.size);
  sink.addExport(name, image.view.getUint32(section.offset + low, little), 0);
}

function parseKsymtabStrings(elf: ElfFile, sink: SymbolSink): void {
  if (elf.ksymtabStrings === undefined) return;
  const { offset, size } = elf.ksymtabStrings;
  elf.image.need(offset, size);
  const { bytes, view } = elf.image;
  const sectionEnd = offset + size;
  let start = offset;
  while (start < sectionEnd && bytes[start] === 0) start++;
  if (start + 1 >= sectionEnd) return; // the reference takes a lone byte for padding too
  if (bytes[sectionEnd - 1] !== 0) {
    throw new FormatError("__ksymtab_strings does not end with NUL", sectionEnd - 1);
  }
  for (let at = start; at < sectionEnd; at++) {
    if (bytes[at] !== 0) continue;
    if (at > start) sink.addExport(sink.names.intern(view, start, at), 0, 0);
    start = at + 1;
  }
}

/**
 * Passes on every undefined symbol with a name, in table order, with its CRC from `versions`
 * (0 when it has none there), then every record of `versions` not met that way.
 *
 * @throws FormatError when the symbol table cannot be used; what was passed on until then does
 * not count
 */
export function parseNeeds(elf: ElfFile, sink: SymbolSink, versions: Versions): void {
  const { image, little, layout, strtab } = elf;
  const symbols = findSymbols(elf);
  if (symbols === undefined || strtab === undefined) {
    throw new FormatError("no usable symbol table", elf.sectionHeaders);
  }
  versions.load(elf, sink.names);
  const { view, bytes } = image;
  const strtabEnd = strtab.offset + strtab.size;
  const sparc = isSparc(elf.machine);
  for (let at = symbols.start; at < symbols.end; at += layout.symbolSize) {
    if (view.getUint16(at + layout.st_shndx, little) !== SHN_UNDEF) continue;
    const st_info = bytes[at + layout.st_info]!;
    if (sparc && (st_info & 0xf) === STT_REGISTER) continue;
    const st_name = view.getUint32(at, little);
    if (st_name >= strtab.size) throw new FormatError("symbol name leaves .strtab", at);
    const nameAt = strtab.offset + st_name;
    if (bytes[nameAt] === 0) continue;
    const name = sink.names.intern(view, nameAt, strtabEnd);
    const record = versions.find(name);
    const weak = st_info >> 4 === STB_WEAK ? 1 : 0;
    if (record < 0) sink.addNeed(name, 0, 0, weak);
    else sink.addNeed(name, versions.crcLow[record]!, versions.crcHigh[record]!, weak);
  }
  for (let record = 0; record < versions.count; record++) {
    if (versions.met[record] === 1) continue;
    const { names, crcLow, crcHigh } = versions;
    sink.addNeed(names[record]!, crcLow[record]!, crcHigh[record]!, 0);
  }
}

function isSparc(machine: number): boolean {
  return machine === EM_SPARC || machine === EM_SPARCV9;
}

/**
 * The range of file offsets of the symbols behind the first, which is void by definition. Reads
 * both tables. Undefined when one is missing or the size is no multiple of a symbol's.
 */
function findSymbols(elf: ElfFile): { start: number; end: number } | undefined {
  const { symtab, strtab, layout, image } = elf;
  if (symtab === undefined || strtab === undefined) return undefined;
  if (symtab.size % layout.symbolSize !== 0) return undefined;
  image.need(symtab.offset, symtab.size);
  image.need(strtab.offset, strtab.size);
  return { start: symtab.offset + layout.symbolSize, end: symtab.offset + symtab.size };
}
