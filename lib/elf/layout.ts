/**
 * Where the fields of ELF's structures stand, for both classes: one type, two tables. All figures
 * are bytes; field offsets count from the start of their structure.
 *
 *     Elf32_Ehdr 52   Elf64_Ehdr 64     the file's header
 *     Elf32_Shdr 40   Elf64_Shdr 64     a section's header
 *     Elf32_Sym  16   Elf64_Sym  24     a symbol
 *
 * `Addr`, `Off` and `Xword` fields have `wordSize` bytes; `Half` 2 and `Word` 4 in both classes.
 *
 * Source: System V ABI, chapter 4; the kernel's `struct modversion_info` for `__versions`.
 *
 * @module
 */

/** Sizes and field offsets of one ELF class. */
export interface Layout {
  /** Size of an address: 4 or 8. Also that of the CRC in a `__versions` record. */
  readonly wordSize: 4 | 8;
  readonly headerSize: number;
  readonly e_machine: number;
  readonly e_shoff: number;
  readonly e_shentsize: number;
  readonly e_shnum: number;
  readonly e_shstrndx: number;
  readonly sectionSize: number;
  readonly sh_offset: number;
  readonly sh_size: number;
  readonly symbolSize: number;
  readonly st_value: number;
  readonly st_info: number;
  readonly st_shndx: number;
}

/** ELFCLASS32. */
export const LAYOUT_32: Layout = {
  wordSize: 4,
  headerSize: 52,
  e_machine: 18,
  e_shoff: 32,
  e_shentsize: 46,
  e_shnum: 48,
  e_shstrndx: 50,
  sectionSize: 40,
  sh_offset: 16,
  sh_size: 20,
  symbolSize: 16,
  st_value: 4,
  st_info: 12,
  st_shndx: 14,
};

/** ELFCLASS64. */
export const LAYOUT_64: Layout = {
  wordSize: 8,
  headerSize: 64,
  e_machine: 18,
  e_shoff: 40,
  e_shentsize: 58,
  e_shnum: 60,
  e_shstrndx: 62,
  sectionSize: 64,
  sh_offset: 24,
  sh_size: 32,
  symbolSize: 24,
  st_value: 8,
  st_info: 4,
  st_shndx: 6,
};

/** Size of a record of `__versions`: a CRC of `wordSize` bytes, then a NUL-terminated name. */
export const VERSION_SIZE = 64;
