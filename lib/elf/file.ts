/**
 * The frame of an ELF file: its header and the few sections that matter in a kernel module. What
 * the sections hold is read by symbols.ts and modinfo.ts.
 *
 *     0         Ehdr   e_ident (magic, class, byte order), e_shoff, e_shnum, e_shstrndx
 *     …         sections
 *     e_shoff   Shdr × e_shnum, each with its name's offset in section e_shstrndx
 *
 * @module
 */
import type { Image } from "../bytes/image.ts";
import { FormatError } from "../errors.ts";
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
import { type Layout, LAYOUT_32, LAYOUT_64 } from "./layout.ts";

/** A part of the file, in bytes, known to lie inside it. */
export interface Section {
  readonly offset: number;
  readonly size: number;
}

/** The header's facts that later steps need, and the file's sections of interest. */
export interface ElfFile {
  readonly image: Image;
  readonly layout: Layout;
  /** Little-endian numbers, as DataView takes it. */
  readonly little: boolean;
  readonly machine: number;
  /** File offset of the section headers. */
  readonly sectionHeaders: number;
  readonly sectionCount: number;
  /** Size of the section names, by which they are checked; undefined until they are found. */
  readonly namesSize: number | undefined;
  /** `.symtab` */
  readonly symtab: Section | undefined;
  /** `.strtab` */
  readonly strtab: Section | undefined;
  /** `.modinfo` */
  readonly modinfo: Section | undefined;
  /** `__versions` */
  readonly versions: Section | undefined;
  /** `__ksymtab_strings` */
  readonly ksymtabStrings: Section | undefined;
}

const WANTED = [".symtab", ".strtab", ".modinfo", "__versions", "__ksymtab_strings"]
  .map((name) => new TextEncoder().encode(name + "\0"));

/**
 * Reads the header and finds the sections of interest: of each name the first whose range lies
 * inside the file.
 *
 * @throws FormatError when the file is not ELF, or its section headers cannot be used
 */
export function parseElf(image: Image): ElfFile {
  const { layout, little } = parseIdent(image);
  const { view } = image;
  const header = {
    image,
    layout,
    little,
    machine: view.getUint16(layout.e_machine, little),
    sectionHeaders: readWord(view, layout.e_shoff, { layout, little }),
    sectionCount: view.getUint16(layout.e_shnum, little),
    namesSize: undefined,
  };
  if (view.getUint16(layout.e_shentsize, little) !== layout.sectionSize) {
    throw new FormatError("unexpected size of a section header", layout.e_shentsize);
  }
  image.need(header.sectionHeaders, header.sectionCount * layout.sectionSize);
  const names = findSection(header, view.getUint16(layout.e_shstrndx, little));
  if (names === undefined || names.size === 0) {
    throw new FormatError("no section names", layout.e_shstrndx);
  }
  image.need(names.offset, names.size);
  if (image.bytes[names.offset + names.size - 1] !== 0) {
    throw new FormatError("section names do not end with NUL", names.offset + names.size - 1);
  }
  const named = { ...header, namesSize: names.size };
  const [symtab, strtab, modinfo, versions, ksymtabStrings] = findWanted(named, names);
  return { ...named, symtab, strtab, modinfo, versions, ksymtabStrings };
}

type Header = Omit<ElfFile, "symtab" | "strtab" | "modinfo" | "versions" | "ksymtabStrings">;

function parseIdent(image: Image): { layout: Layout; little: boolean } {
  if (image.size <= EI_NIDENT) throw new FormatError("not an ELF file", 0, "ENOEXEC");
  image.need(0, EI_NIDENT);
  const { bytes, view } = image;
  if (view.getUint32(0) !== ELFMAG) throw new FormatError("not an ELF file", 0, "ENOEXEC");
  const elfClass = bytes[EI_CLASS];
  if (elfClass !== ELFCLASS32 && elfClass !== ELFCLASS64) {
    throw new FormatError("unknown ELF class", EI_CLASS);
  }
  const data = bytes[EI_DATA];
  if (data !== ELFDATA2LSB && data !== ELFDATA2MSB) {
    throw new FormatError("unknown ELF byte order", EI_DATA);
  }
  const layout = elfClass === ELFCLASS64 ? LAYOUT_64 : LAYOUT_32;
  if (image.size <= layout.headerSize) {
    throw new FormatError("ELF header is cut off", image.size);
  }
  image.need(0, layout.headerSize);
  return { layout, little: data === ELFDATA2LSB };
}

/**
 * A word of the file's class. Above 2^53 it loses precision, which no valid offset or size
 * reaches.
 */
function readWord(
  view: DataView,
  offset: number,
  { layout, little }: { layout: Layout; little: boolean },
): number {
  if (layout.wordSize === 4) return view.getUint32(offset, little);
  const low = view.getUint32(offset + (little ? 0 : 4), little);
  const high = view.getUint32(offset + (little ? 4 : 0), little);
  return high * 0x1_0000_0000 + low;
}

/**
 * Section `index`, or undefined when there is none, it leaves the file, or its name leaves the
 * section names.
 */
export function findSection(elf: Header, index: number): Section | undefined {
  if (index === 0 || index >= elf.sectionCount) return undefined;
  const { image, layout, little } = elf;
  const at = elf.sectionHeaders + index * layout.sectionSize;
  const offset = readWord(image.view, at + layout.sh_offset, elf);
  const size = readWord(image.view, at + layout.sh_size, elf);
  const sh_name = image.view.getUint32(at, little);
  if (offset + size > image.size || sh_name >= (elf.namesSize ?? size)) return undefined;
  return { offset, size };
}

function findWanted(header: Header, names: Section): (Section | undefined)[] {
  const { image, layout, little } = header;
  const found: (Section | undefined)[] = new Array(WANTED.length).fill(undefined);
  for (let index = 1; index < header.sectionCount; index++) {
    const sh_name = image.view.getUint32(
      header.sectionHeaders + index * layout.sectionSize,
      little,
    );
    if (sh_name >= names.size) continue;
    const which = matchWanted(image.bytes, names.offset + sh_name);
    if (which >= 0 && found[which] === undefined) found[which] = findSection(header, index);
  }
  // A section at offset 0 would be the header: the reference takes it for absent.
  return found.map((section) => section?.offset === 0 ? undefined : section);
}

/** Index in WANTED of the NUL-terminated name at `at`, or -1. */
function matchWanted(bytes: Uint8Array, at: number): number {
  // The third and fourth characters tell the names apart: most sections end here.
  const third = bytes[at + 2]!;
  const fourth = bytes[at + 3]!;
  for (let which = 0; which < WANTED.length; which++) {
    const name = WANTED[which]!;
    if (third !== name[2] || fourth !== name[3]) continue;
    let i = 0;
    while (i < name.length && bytes[at + i] === name[i]) i++;
    return i === name.length ? which : -1;
  }
  return -1;
}
