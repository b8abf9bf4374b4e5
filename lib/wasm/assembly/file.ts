/**
 * The frame of an ELF file: its header and the few sections that matter in a kernel module. What
 * the sections hold is read by symbols.ts, versions.ts and modinfo.ts.
 *
 *     0         Ehdr   e_ident (magic, class, byte order), e_shoff, e_shnum, e_shstrndx
 *     …         sections
 *     e_shoff   Shdr × e_shnum, each with its name's offset in section e_shstrndx
 *
 * @module
 */
import {
  BAD_BYTE_ORDER,
  BAD_CLASS,
  BAD_SECTION_SIZE,
  CUT_OFF,
  LEAVES_FILE,
  NO_SECTION_NAMES,
  NOT_ELF,
  OPEN_SECTION_NAMES,
} from "./codes.ts";
import {
  EI_CLASS,
  EI_DATA,
  EI_NIDENT,
  ELFCLASS32,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFDATA2MSB,
  ELFMAG,
} from "./constants.ts";
import { fail, need } from "./host.ts";
import {
  e_machine,
  e_shentsize,
  e_shnum,
  e_shoff,
  e_shstrndx,
  headerSize,
  sectionSize,
  setLayout,
  sh_offset,
  sh_size,
  wordSize,
} from "./layout.ts";
import { fileStart } from "./memory.ts";
import { setBudget } from "./names.ts";

/** A section: a range of the file. */
@unmanaged
export class Section {
  offset: u32 = 0;
  size: u32 = 0;
  /** Whether the file has this section, and its range lies inside the file. */
  found: bool = false;

  /** A section at offset 0 would be the header: the reference takes it for absent. */
  get isPresent(): bool {
    return this.found && this.offset != 0;
  }

  /** Address of its first byte. */
  get start(): usize {
    return fileStart + this.offset;
  }

  /** Address after its last byte. */
  get end(): usize {
    return fileStart + this.offset + this.size;
  }

  /** Makes it readable. */
  read(): void {
    needBytes(this.offset, this.size);
  }
}

/** The number of sections of interest. The table has two more. */
const WANTED = 5;
const SECTION: usize = 12;
const SECTIONS: usize = memory.data(7 * 12);

export const symtab = sectionAt(0);
export const strtab = sectionAt(1);
export const modinfo = sectionAt(2);
export const versions = sectionAt(3);
export const ksymtabStrings = sectionAt(4);
/** The names of sections. */
const names = sectionAt(5);
/** The section that holds a symbol's CRC. */
export const crcSection = sectionAt(6);

function sectionAt(index: i32): Section {
  return changetype<Section>(SECTIONS + SECTION * index);
}

/** Bytes in the file. */
let fileSize: u32 = 0;
/** Bytes from the start of the file that are readable. */
let loaded: u32 = 0;
/** File offset of the section headers. */
let sectionHeaders: u32 = 0;
let sectionCount: u32 = 0;
/**
 * Size of the section names, which offsets of names must not pass; 0xffffffff until it is known.
 */
let namesSize: u32 = 0;

/** Whether the file's numbers are little-endian. */
export let little: bool = false;
/** Number of the machine. */
export let machine: u32 = 0;

/**
 * Reads the header and finds the sections of interest: of each name the first whose range lies
 * inside the file.
 *
 * @param size bytes in the file, of which the first `read` are readable
 */
export function parseFile(size: u32, read: u32): void {
  fileSize = size;
  loaded = read;
  setBudget(size); // names that do not overlap cannot take more
  for (let i = 0; i < WANTED; i++) sectionAt(i).found = false;
  parseIdent();
  machine = u16At(fileStart + e_machine);
  if (u16At(fileStart + e_shentsize) != sectionSize) fail(BAD_SECTION_SIZE, e_shentsize);
  sectionCount = u16At(fileStart + e_shnum);
  const headers = wordAt(fileStart + e_shoff);
  needBytes(headers, sectionCount * sectionSize);
  sectionHeaders = headers as u32;
  namesSize = 0xffffffff;
  const index = u16At(fileStart + e_shstrndx);
  if (!findSection(index, names) || names.size == 0) fail(NO_SECTION_NAMES, e_shstrndx);
  names.read();
  namesSize = names.size;
  if (load<u8>(names.end - 1) != 0) fail(OPEN_SECTION_NAMES, names.offset + names.size - 1);
  findWanted();
}

function parseIdent(): void {
  if (fileSize <= EI_NIDENT || bswap(load<u32>(fileStart)) != ELFMAG) fail(NOT_ELF, 0);
  const elfClass = load<u8>(fileStart, EI_CLASS);
  if (elfClass != ELFCLASS32 && elfClass != ELFCLASS64) fail(BAD_CLASS, EI_CLASS);
  const data = load<u8>(fileStart, EI_DATA);
  if (data != ELFDATA2LSB && data != ELFDATA2MSB) fail(BAD_BYTE_ORDER, EI_DATA);
  setLayout(elfClass == ELFCLASS64);
  little = data == ELFDATA2LSB;
  if (fileSize <= headerSize) fail(CUT_OFF, fileSize);
}

/**
 * Finds section `index`, if its range lies inside the file and its name inside the section names.
 */
export function findSection(index: u32, section: Section): bool {
  if (index == 0 || index >= sectionCount) return false;
  const header = fileStart + sectionHeaders + index * sectionSize;
  const name = u32At(header);
  const offset = wordAt(header + sh_offset);
  const size = wordAt(header + sh_size);
  const limit: u64 = namesSize == 0xffffffff ? size : namesSize;
  if (offset > fileSize || size > fileSize - offset || name >= limit) return false;
  section.offset = offset as u32;
  section.size = size as u32;
  return section.found = true;
}

function findWanted(): void {
  for (let index: u32 = 1; index < sectionCount; index++) {
    const name = u32At(fileStart + sectionHeaders + index * sectionSize);
    if (name >= namesSize) continue;
    const wanted = match(names.start + name);
    if (wanted !== null && !wanted.found) findSection(index, wanted);
  }
}

/** The section of interest that has the NUL-terminated name at an address. */
function match(at: usize): Section | null {
  const start = load<u64>(at);
  if (start == 0x006261746d79732e) return symtab; // .symtab NUL
  if (start == 0x006261747274732e) return strtab; // .strtab NUL
  if (start == 0x6f666e69646f6d2e) return load<u8>(at, 8) == 0 ? modinfo : null; // .modinfo
  if (start == 0x6f69737265765f5f) { // __versio
    return (load<u32>(at, 8) & 0xffffff) == 0x00736e ? versions : null; // ns NUL
  }
  // __ksymta b_string
  if (start != 0x61746d79736b5f5f || load<u64>(at, 8) != 0x676e697274735f62) return null;
  return load<u16>(at, 16) == 0x0073 ? ksymtabStrings : null; // s NUL
}

/** Makes [offset, offset + length) readable. */
function needBytes(offset: u64, length: u32): void {
  if (offset + length > fileSize || offset + length < offset) fail(LEAVES_FILE, offset as u32);
  if (offset + length > loaded) need(offset as u32, length);
}

/** The number of 16 bits at an address. */
export function u16At(at: usize): u32 {
  const value = load<u16>(at);
  return little ? value : bswap(value);
}

/** The number of 32 bits at an address. */
export function u32At(at: usize): u32 {
  const value = load<u32>(at);
  return little ? value : bswap(value);
}

/** The number of the file's class at an address. */
export function wordAt(at: usize): u64 {
  if (wordSize == 4) return u32At(at);
  const value = load<u64>(at);
  return little ? value : bswap(value);
}
