/**
 * Numbers of the ELF format that module files use, under their names in the specification.
 *
 * Source: System V ABI, chapter 4 (object files), and the processor supplements.
 *
 * @module
 */

/** Bytes of e_ident, which opens every ELF file. */
export const EI_NIDENT: u32 = 16;
/** Index in e_ident of the file's class. */
export const EI_CLASS: u32 = 4;
/** Index in e_ident of the byte order. */
export const EI_DATA: u32 = 5;
/** "\x7fELF", read as one big-endian number. */
export const ELFMAG: u32 = 0x7f454c46;
/** EI_CLASS: 32-bit objects. */
export const ELFCLASS32: u32 = 1;
/** EI_CLASS: 64-bit objects. */
export const ELFCLASS64: u32 = 2;
/** EI_DATA: little-endian. */
export const ELFDATA2LSB: u32 = 1;
/** EI_DATA: big-endian. */
export const ELFDATA2MSB: u32 = 2;

/** e_machine: SPARC. */
export const EM_SPARC: u32 = 2;
/** e_machine: SPARC V9, 64 bit. */
export const EM_SPARCV9: u32 = 43;

/** st_shndx: the symbol is undefined here. */
export const SHN_UNDEF: u32 = 0;
/** st_shndx: st_value is absolute. */
export const SHN_ABS: u32 = 0xfff1;

/** Binding (high four bits of st_info): weak. */
export const STB_WEAK: u32 = 2;
/** Type (low four bits of st_info): a SPARC register reserved to the application. */
export const STT_REGISTER: u32 = 13;
