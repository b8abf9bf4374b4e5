/**
 * Writes kernel modules, which are relocatable ELF objects, from a description: whole and valid
 * ones by default, and broken in any way that a test asks for. The constants are the builder's own,
 * from the System V ABI (gABI 4.1, chapter 4), so that a wrong number in lib/wasm/assembly is not
 * repeated here.
 *
 *     Ehdr · data of each section · Shdr of each section
 *
 * Sections, in this order, those without content left out:
 *
 *     (null) · `before` · .modinfo · __versions · __ksymtab_strings · __kcrctab · `after` ·
 *     .symtab · .strtab · .shstrtab
 *
 * @module
 */

/** Word size and byte order of a file. */
export interface Shape {
  readonly bits: 32 | 64;
  readonly little: boolean;
}

/** All four shapes, for table tests, with a name for the test. */
export const SHAPES: readonly (Shape & { readonly label: string })[] = [
  { label: "ELF32 little-endian", bits: 32, little: true },
  { label: "ELF32 big-endian", bits: 32, little: false },
  { label: "ELF64 little-endian", bits: 64, little: true },
  { label: "ELF64 big-endian", bits: 64, little: false },
];

/** An exported symbol: `__crc_NAME` in the symbol table. */
export interface ExportSpec {
  readonly name: string;
  /** 0 by default. */
  readonly crc?: number | bigint;
  /**
   * How the CRC is stored: as an absolute symbol's value (the default), as 4 bytes in the section
   * `__kcrctab`, or in an undefined weak symbol's value.
   */
  readonly form?: "absolute" | "section" | "undefined";
}

/** A symbol that the module needs: an undefined one. */
export interface NeedSpec {
  readonly name: string;
  readonly weak?: boolean;
  /** Low four bits of st_info; STT_NOTYPE by default. */
  readonly type?: number;
}

/** A record of `__versions`. */
export interface VersionSpec {
  readonly name: string;
  readonly crc?: number | bigint;
}

/** A symbol, field by field. */
export interface SymbolSpec {
  /** Goes to `.strtab`, unless `st_name` says where it is. */
  readonly name?: string;
  readonly st_name?: number;
  readonly st_value?: number | bigint;
  /** Binding and type; STB_GLOBAL and STT_NOTYPE by default. */
  readonly st_info?: number;
  /** A section's index or name; SHN_UNDEF by default. */
  readonly st_shndx?: number | string;
}

/** Fields of a section header; those given are written as they are, true or not. */
export interface SectionFields {
  readonly sh_name?: number;
  readonly sh_type?: number;
  readonly sh_offset?: number | bigint;
  readonly sh_size?: number | bigint;
  /** A section's index or name. */
  readonly sh_link?: number | string;
  readonly sh_info?: number;
  readonly sh_entsize?: number;
  /** Bytes to leave free in front of the section; not a field. */
  readonly gap?: number;
}

/** A section with its content. */
export interface SectionSpec extends SectionFields {
  readonly name: string;
  readonly data?: Uint8Array;
}

/** Fields of the file's header; those given are written as they are, true or not. */
export interface HeaderFields {
  readonly e_shoff?: number | bigint;
  readonly e_shentsize?: number;
  readonly e_shnum?: number;
  readonly e_shstrndx?: number;
}

/** What a module is made of; all of it may be absent. Texts are latin1. */
export interface ModuleSpec extends Partial<Shape> {
  /** e_machine; by default a machine that has this shape. */
  readonly machine?: number;
  readonly exports?: readonly (string | ExportSpec)[];
  readonly needs?: readonly (string | NeedSpec)[];
  /** Symbols after those of `exports` and `needs`. */
  readonly symbols?: readonly SymbolSpec[];
  /** Names in `__ksymtab_strings`. */
  readonly ksymtabStrings?: readonly string[];
  readonly versions?: readonly VersionSpec[];
  /** `key=value` strings. */
  readonly modinfo?: readonly string[];

  /** Names of sections to leave out. */
  readonly omit?: readonly string[];
  /** Sections before and after the usual ones. */
  readonly before?: readonly SectionSpec[];
  readonly after?: readonly SectionSpec[];
  /** Changes to the usual sections, by name. */
  readonly override?: Readonly<Record<string, SectionFields & { readonly data?: Uint8Array }>>;
  readonly header?: HeaderFields;
}

const ET_REL = 1;
const EV_CURRENT = 1;
const EM_386 = 3;
const EM_PPC = 20;
const EM_S390 = 22;
const EM_X86_64 = 62;

const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;

/** st_shndx of an absolute symbol. */
export const SHN_ABS = 0xfff1;
const GLOBAL = 1 << 4;
const WEAK = 2 << 4;

const RECORD_SIZE = 64;

/** Stands for the content of `.shstrtab` until all names are known. */
const NAMES_TO_COME = new Uint8Array(0);

/** The bytes of a module file. */
export function buildModule(spec: ModuleSpec = {}): Uint8Array {
  const shape = { bits: spec.bits ?? 64, little: spec.little ?? true };
  const sections = withNames(listSections(spec, shape));
  const indexOf = (reference: number | string) => sectionIndex(sections, reference);
  const out = new Bytes(shape);
  writeHeader(out, { spec, count: sections.length, namesAt: indexOf(".shstrtab") });
  const offsets = sections.map((section, i) => i === 0 ? 0 : writeData(out, section));
  out.align(shape.bits / 8);
  out.patchWord(shape.bits === 64 ? 40 : 32, spec.header?.e_shoff ?? out.length);
  sections.forEach((section, i) => writeSection(out, section, { offset: offsets[i]!, indexOf }));
  return out.finish();
}

/**
 * The bytes of a module file with a section so large that it would take long to write it byte by
 * byte. Its header comes before those of the usual sections, and its content after all others.
 */
export function buildLargeModule(
  name: string,
  data: Uint8Array,
  spec: ModuleSpec = {},
): Uint8Array {
  const build = (sh_offset: number) =>
    buildModule({
      ...spec,
      before: [...spec.before ?? [], { name, sh_offset, sh_size: data.length }],
    });
  const { length } = build(0);
  const file = new Uint8Array(length + data.length);
  file.set(build(length));
  file.set(data, length);
  return file;
}

/** The bytes of a latin1 text, such as "\0name\0". */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The bytes of strings, each ended by a NUL. */
export function nulTerminated(texts: readonly string[]): Uint8Array {
  return latin1(texts.map((text) => text + "\0").join(""));
}

type Section = SectionSpec & { readonly data: Uint8Array; readonly sh_addralign: number };

/** All sections but for the names of them, in file order. */
function listSections(spec: ModuleSpec, shape: Shape): Section[] {
  const { before = [], after = [], modinfo, versions, ksymtabStrings } = spec;
  const crcs = (spec.exports ?? []).filter((item) => formOf(item) === "section");
  const sections = [section("", new Uint8Array(0), { sh_type: 0 }), ...before.map(custom)];
  function add(name: string, data: Uint8Array, fields?: SectionFields): void {
    const { data: changed, ...changes } = spec.override?.[name] ?? {};
    if (spec.omit?.includes(name)) return;
    sections.push(section(name, changed ?? data, { ...fields, ...changes }));
  }
  if (modinfo) add(".modinfo", nulTerminated(modinfo));
  if (versions) add("__versions", versionRecords(versions, shape));
  if (ksymtabStrings) add("__ksymtab_strings", nulTerminated(ksymtabStrings));
  if (crcs.length > 0) add("__kcrctab", crcTable(crcs, shape));
  sections.push(...after.map(custom));
  const { symbols, names } = symbolTable(spec, shape, (name) => sectionIndex(sections, name));
  const sh_entsize = shape.bits === 64 ? 24 : 16;
  const fields = { sh_type: SHT_SYMTAB, sh_link: ".strtab", sh_info: 1, sh_entsize };
  add(".symtab", symbols, fields);
  add(".strtab", names, { sh_type: SHT_STRTAB });
  add(".shstrtab", NAMES_TO_COME, { sh_type: SHT_STRTAB });
  return sections;
}

function section(name: string, data: Uint8Array, fields: SectionFields = {}): Section {
  return { sh_addralign: 1, name, data, ...fields };
}

function custom({ name, data = new Uint8Array(0), ...fields }: SectionSpec): Section {
  return section(name, data, fields);
}

/** Fills `.shstrtab`, unless its content was given, and sets every `sh_name`. */
function withNames(sections: readonly Section[]): Section[] {
  let names = "\0";
  const named = sections.map((section) => {
    const sh_name = section.name === "" ? 0 : names.length;
    if (sh_name > 0) names += section.name + "\0";
    return { sh_name, ...section };
  });
  return named.map((section) => {
    return section.data === NAMES_TO_COME ? { ...section, data: latin1(names) } : section;
  });
}

function sectionIndex(sections: readonly Section[], reference: number | string): number {
  if (typeof reference === "number") return reference;
  return Math.max(0, sections.findIndex(({ name }) => name === reference));
}

function formOf(item: string | ExportSpec): ExportSpec["form"] {
  return typeof item === "string" ? "absolute" : item.form ?? "absolute";
}

/** The symbols and their names; the first symbol is the void one. */
function symbolTable(
  spec: ModuleSpec,
  shape: Shape,
  indexOf: (name: number | string) => number,
): { symbols: Uint8Array; names: Uint8Array } {
  const out = new Bytes(shape);
  let names = "\0";
  const symbols = [
    { st_info: 0 },
    ...exportSymbols(spec.exports ?? []),
    ...(spec.needs ?? []).map(needSymbol),
    ...(spec.symbols ?? []),
  ];
  for (const symbol of symbols) {
    const st_name = symbol.st_name ?? (symbol.name ? names.length : 0);
    if (symbol.st_name === undefined && symbol.name) names += symbol.name + "\0";
    writeSymbol(out, { ...symbol, st_name, st_shndx: indexOf(symbol.st_shndx ?? 0) });
  }
  return { symbols: out.finish(), names: latin1(names) };
}

function exportSymbols(exports: readonly (string | ExportSpec)[]): SymbolSpec[] {
  let placed = 0;
  return exports.map((item) => {
    const { name, crc = 0, form = "absolute" } = typeof item === "string" ? { name: item } : item;
    const symbol = { name: `__crc_${name}`, st_value: crc };
    if (form === "absolute") return { ...symbol, st_shndx: SHN_ABS };
    if (form === "undefined") return { ...symbol, st_info: WEAK };
    return { ...symbol, st_value: 4 * placed++, st_shndx: "__kcrctab" };
  });
}

function needSymbol(item: string | NeedSpec): SymbolSpec {
  if (typeof item === "string") return { name: item };
  const { name, weak = false, type = 0 } = item;
  return { name, st_info: (weak ? WEAK : GLOBAL) | type };
}

/**
 * Elf32_Sym: name, value, size, info, other, shndx.
 * Elf64_Sym: name, info, other, shndx, value, size.
 */
function writeSymbol(out: Bytes, symbol: SymbolSpec): void {
  const { st_name = 0, st_value = 0, st_info = GLOBAL, st_shndx = 0 } = symbol;
  out.word32(st_name);
  if (out.shape.bits === 32) out.words(st_value, 0);
  out.bytes(Uint8Array.of(st_info, 0));
  out.half(Number(st_shndx));
  if (out.shape.bits === 64) out.words(st_value, 0);
}

function crcTable(exports: readonly (string | ExportSpec)[], shape: Shape): Uint8Array {
  const out = new Bytes(shape);
  for (const item of exports) out.word32(typeof item === "string" ? 0 : Number(item.crc ?? 0));
  return out.finish();
}

/** `struct modversion_info`: a word for the CRC, then the name up to 64 bytes in all. */
function versionRecords(versions: readonly VersionSpec[], shape: Shape): Uint8Array {
  const out = new Bytes(shape);
  for (const { name, crc = 0 } of versions) {
    out.words(crc);
    const text = new Uint8Array(RECORD_SIZE - shape.bits / 8);
    text.set(latin1(name).subarray(0, text.length));
    out.bytes(text);
  }
  return out.finish();
}

function writeHeader(
  out: Bytes,
  { spec, count, namesAt }: { spec: ModuleSpec; count: number; namesAt: number },
): void {
  const { bits, little } = out.shape;
  const { e_shentsize = bits === 64 ? 64 : 40, e_shnum = count, e_shstrndx = namesAt } =
    spec.header ?? {};
  out.bytes(latin1("\x7fELF"));
  out.bytes(Uint8Array.of(bits === 64 ? 2 : 1, little ? 1 : 2, EV_CURRENT, 0));
  out.bytes(new Uint8Array(8));
  out.half(ET_REL, spec.machine ?? defaultMachine(out.shape));
  out.word32(EV_CURRENT);
  out.words(0, 0, 0); // e_entry, e_phoff, e_shoff
  out.word32(0); // e_flags
  out.half(bits === 64 ? 64 : 52, 0, 0, e_shentsize, e_shnum, e_shstrndx);
}

function defaultMachine({ bits, little }: Shape): number {
  if (bits === 64) return little ? EM_X86_64 : EM_S390;
  return little ? EM_386 : EM_PPC;
}

function writeData(out: Bytes, { data, gap = 0 }: Section): number {
  out.bytes(new Uint8Array(gap));
  const offset = out.length;
  out.bytes(data);
  return offset;
}

function writeSection(
  out: Bytes,
  section: Section,
  { offset, indexOf }: { offset: number; indexOf: (reference: number | string) => number },
): void {
  const { sh_name = 0, sh_type = SHT_PROGBITS, sh_info = 0, sh_entsize = 0 } = section;
  out.word32(sh_name);
  out.word32(sh_type);
  out.words(0, 0); // sh_flags, sh_addr
  out.words(section.sh_offset ?? offset, section.sh_size ?? section.data.length);
  out.word32(indexOf(section.sh_link ?? 0));
  out.word32(sh_info);
  out.words(sh_type === 0 ? 0 : section.sh_addralign, sh_entsize);
}

/** A list of bytes that grows, with numbers of one shape. */
class Bytes {
  readonly #bytes: number[] = [];

  constructor(readonly shape: Shape) {}

  get length(): number {
    return this.#bytes.length;
  }

  bytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  half(...values: number[]): void {
    for (const value of values) this.bytes(this.#encode(value, 2));
  }

  word32(value: number): void {
    this.bytes(this.#encode(value, 4));
  }

  /** Numbers of the class's own size. */
  words(...values: (number | bigint)[]): void {
    for (const value of values) this.bytes(this.#encode(value, this.shape.bits / 8));
  }

  patchWord(offset: number, value: number | bigint): void {
    this.#encode(value, this.shape.bits / 8).forEach((byte, i) => this.#bytes[offset + i] = byte);
  }

  align(to: number): void {
    while (this.length % to !== 0) this.#bytes.push(0);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #encode(value: number | bigint, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    for (let i = 0, rest = BigInt(value); i < size; i++, rest >>= 8n) {
      bytes[this.shape.little ? i : size - 1 - i] = Number(rest & 0xffn);
    }
    return bytes;
  }
}
