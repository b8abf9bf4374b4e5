/**
 * Numbers that mean the same on both sides: this file is part of the WebAssembly module and of the
 * program that calls it.
 *
 * @module
 */

/** Why a call failed: the file is broken. */
export const NOT_ELF = 0;
export const BAD_CLASS = 1;
export const BAD_BYTE_ORDER = 2;
export const CUT_OFF = 3;
export const BAD_SECTION_SIZE = 4;
export const NO_SECTION_NAMES = 5;
export const OPEN_SECTION_NAMES = 6;
export const OPEN_EXPORTS = 7;
export const NO_SYMBOLS = 8;
export const BAD_NAME = 9;
export const OPEN_VERSION = 10;
export const LEAVES_FILE = 11;
/** The file passes a limit. */
export const NO_SPACE = 12;
export const LONG_NAME = 13;
export const OVERLAPS = 14;
/** What is to be written passes a limit, or there is no memory. */
export const LARGE_INDEX = 15;
export const NO_MEMORY = 16;

/** Lists of strings; EXPORT says of a dropped value that it is an exported symbol. */
export const ALIAS = 0;
export const SOFTDEP = 1;
export const WEAKDEP = 2;
export const EXPORT = 3;

/** Columns: first those of the facts. */
export const NAME_BYTES = 0;
export const NAME_OFFSETS = 1;
export const EXPORT_STARTS = 2;
export const EXPORT_NAMES = 3;
export const EXPORT_CRC_LOW = 4;
export const EXPORT_CRC_HIGH = 5;
export const NEED_STARTS = 6;
export const NEED_NAMES = 7;
export const NEED_CRC_LOW = 8;
export const NEED_CRC_HIGH = 9;
export const NEED_WEAK = 10;
/** From here on, three columns for each list of strings: see STARTS, OFFSETS, BYTES. */
export const LISTS = 11;
/** How many columns a list has, and which they are, counted from its first one. */
export const LIST_COLUMNS = 3;
/** By module: the number of its first string. */
export const STARTS = 0;
/** By string: where it starts among the bytes. */
export const OFFSETS = 1;
/** The bytes of all strings. */
export const BYTES = 2;
/** The columns below this number are facts. */
export const FACT_COLUMNS = 20;
/** An index that was written. */
export const INDEX = 20;
/** Strings that were composed. */
export const STRING_BYTES = 21;
export const STRING_OFFSETS = 22;
/**
 * Names that have an owner; lists of modules; an order of modules, and the position
 * of each module in it. */
export const OWNED = 23;
export const GRAPH_STARTS = 24;
export const GRAPH_MODULES = 25;
export const GRAPH_ORDER = 26;
export const GRAPH_POSITIONS = 27;
/** What only the WebAssembly module itself uses: see symbols.ts, versions.ts and trie.ts. */
export const FOUND = 28;
export const RECORDS = 29;
export const FIRST_RECORDS = 30;
export const PARTS = 31;
/** How many columns there are. */
export const COLUMNS = 32;

/** Instead of the address of a part's numbers: the part is always the first string of its list. */
export const ALWAYS_FIRST = 1;
