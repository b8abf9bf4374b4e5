/**
 * What a module exports and what it needs, from `.symtab` and `__ksymtab_strings`.
 *
 *     .symtab              Sym × n: st_name (offset in .strtab), st_value, st_info, st_shndx
 *       __crc_NAME           exports NAME; its CRC is st_value, or at that offset in its section
 *       st_shndx 0           needs the symbol
 *     __ksymtab_strings    NUL-terminated names of exports, for modules without CRCs
 *
 * @module
 */
import { BAD_NAME, FOUND, NO_SYMBOLS, OPEN_EXPORTS } from "./codes.ts";
import { columnAt } from "./column.ts";
import { EM_SPARC, EM_SPARCV9, SHN_ABS, SHN_UNDEF, STB_WEAK, STT_REGISTER } from "./constants.ts";
import { addExport, addNeed } from "./facts.ts";
import {
  crcSection,
  findSection,
  ksymtabStrings,
  machine,
  strtab,
  symtab,
  u16At,
  u32At,
  wordAt,
} from "./file.ts";
import { fail, tick } from "./host.ts";
import { st_info, st_shndx, st_value, symbolSize } from "./layout.ts";
import { fileStart } from "./memory.ts";
import { intern, nameEnd, nameStart } from "./names.ts";
import { addUnmetVersions, findVersion, loadVersions } from "./versions.ts";

/** "__crc_" as little-endian numbers of four bytes and of two. */
const CRC_PREFIX_4: u32 = 0x72635f5f;
const CRC_PREFIX_2: u32 = 0x5f63;
const CRC_PREFIX_LENGTH: u32 = 6;

/** What the reference uses where a CRC cannot be read. */
const BAD_CRC: u64 = 0xffffffffffffffff;

/** Bytes of names after which `tick` is called: some 5 ms. */
const STEP: u32 = 1 << 24;

/** Addresses of the symbols that export. */
const found = columnAt(FOUND);

/** Bytes of names since the last `tick`. */
let hashed: u32 = 0;

/**
 * Adds every `__crc_NAME` of the symbol table as an export of NAME. Where there is none, or the
 * table cannot be used, the names in `__ksymtab_strings` are the exports, with CRC 0.
 */
export function parseExports(): void {
  if (!parseCrcSymbols()) parseKsymtabStrings();
}

/** Whether the table could be used and held at least one export. */
function parseCrcSymbols(): bool {
  if (!readSymbols()) return false;
  found.length = 0;
  const strings = strtab.start;
  const stringsSize = strtab.size;
  const end = symtab.end;
  for (let symbol = symtab.start + symbolSize; symbol < end; symbol += symbolSize) {
    const st_name = u32At(symbol);
    if (st_name >= stringsSize) return false;
    const name = strings + st_name;
    if (load<u32>(name) != CRC_PREFIX_4 || load<u16>(name, 4) != CRC_PREFIX_2) continue;
    if (st_name + CRC_PREFIX_LENGTH <= stringsSize) found.push(symbol as u32);
  }
  const count = found.length >> 2;
  for (let i: u32 = 0; i < count; i++) {
    const symbol: usize = found.at(i);
    const name = internName(strings + u32At(symbol) + CRC_PREFIX_LENGTH);
    addExport(name, readCrc(symbol));
  }
  return count > 0;
}

/**
 * The number of a name in .strtab. Millions of symbols may have the same long name: reading them is
 * bounded by time alone.
 */
function internName(start: usize): u32 {
  const name = intern(start, strtab.end);
  hashed += (nameEnd(name) - nameStart(name)) as u32;
  if (hashed >= STEP) {
    hashed = 0;
    tick();
  }
  return name;
}

/** The CRC that a `__crc_` symbol gives. */
function readCrc(symbol: usize): u64 {
  const value = wordAt(symbol + st_value);
  const index = u16At(symbol + st_shndx);
  if (index == SHN_ABS || index == SHN_UNDEF) return value;
  if (!findSection(index, crcSection)) return BAD_CRC;
  if (value > crcSection.size || crcSection.size - (value as u32) < 4) return BAD_CRC;
  crcSection.read();
  return u32At(crcSection.start + (value as usize));
}

function parseKsymtabStrings(): void {
  if (!ksymtabStrings.isPresent) return;
  ksymtabStrings.read();
  let start = ksymtabStrings.start;
  const end = ksymtabStrings.end;
  while (start < end && load<u8>(start) == 0) start++;
  if (start + 1 >= end) return; // the reference takes a lone byte for padding too
  if (load<u8>(end - 1) != 0) fail(OPEN_EXPORTS, (end - 1 - fileStart) as u32);
  for (let at = start; at < end; at++) {
    if (load<u8>(at) != 0) continue;
    if (at > start) addExport(intern(start, at), 0);
    start = at + 1;
  }
}

/**
 * Adds every undefined symbol with a name, in table order, with its CRC from `__versions` (0 when
 * it has none there), then every record of `__versions` not met that way. Fails when the symbol
 * table cannot be used; the caller then takes back what was added.
 */
export function parseNeeds(): void {
  if (!readSymbols()) fail(NO_SYMBOLS, 0);
  loadVersions();
  const sparc = machine == EM_SPARC || machine == EM_SPARCV9;
  const strings = strtab.start;
  const end = symtab.end;
  for (let symbol = symtab.start + symbolSize; symbol < end; symbol += symbolSize) {
    if (load<u16>(symbol + st_shndx) != SHN_UNDEF) continue;
    const info: u32 = load<u8>(symbol + st_info);
    if (sparc && (info & 0xf) == STT_REGISTER) continue;
    const st_name = u32At(symbol);
    if (st_name >= strtab.size) fail(BAD_NAME, (symbol - fileStart) as u32);
    if (load<u8>(strings + st_name) == 0) continue;
    const name = internName(strings + st_name);
    addNeed(name, findVersion(name), info >> 4 == STB_WEAK);
  }
  addUnmetVersions();
}

/** Reads the symbols and their names; false if one is absent, or the table's size is wrong. */
function readSymbols(): bool {
  if (!symtab.isPresent || !strtab.isPresent || symtab.size % symbolSize != 0) return false;
  symtab.read();
  strtab.read();
  return true;
}
