/**
 * Where the fields of ELF's structures are, for the class of the current file. All figures are
 * bytes; offsets count from the start of their structure.
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

/** Size of an address: 4 or 8. Also the size of the CRC in a record of `__versions`. */
export let wordSize: u32 = 0;
export let headerSize: u32 = 0;
export let e_shoff: u32 = 0;
export let e_shentsize: u32 = 0;
export let e_shnum: u32 = 0;
export let e_shstrndx: u32 = 0;
export let sectionSize: u32 = 0;
export let sh_offset: u32 = 0;
export let sh_size: u32 = 0;
export let symbolSize: u32 = 0;
export let st_value: u32 = 0;
export let st_info: u32 = 0;
export let st_shndx: u32 = 0;

/** The same in both classes; and `sh_name` and `st_name` are the first fields. */
export const e_machine: u32 = 18;

/** Size of a record of `__versions`: a CRC of `wordSize` bytes, then a NUL-terminated name. */
export const VERSION_SIZE: u32 = 64;

/** Sets all of the above for ELFCLASS64, or ELFCLASS32. */
export function setLayout(wide: bool): void {
  wordSize = wide ? 8 : 4;
  headerSize = wide ? 64 : 52;
  e_shoff = wide ? 40 : 32;
  e_shentsize = wide ? 58 : 46;
  e_shnum = wide ? 60 : 48;
  e_shstrndx = wide ? 62 : 50;
  sectionSize = wide ? 64 : 40;
  sh_offset = wide ? 24 : 16;
  sh_size = wide ? 32 : 20;
  symbolSize = wide ? 24 : 16;
  st_value = wide ? 8 : 4;
  st_info = wide ? 4 : 12;
  st_shndx = wide ? 6 : 14;
}
