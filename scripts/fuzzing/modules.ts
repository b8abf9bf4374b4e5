/**
 * Modules to be damaged, and how: any field of the header, the section table, the symbols and the
 * versions gets another value, often one at an edge; texts get characters that no index can hold;
 * sections overlap; the file is cut off.
 *
 * @module
 */
import { listFiles } from "./test_data.ts";
import { type DrawEdit, type Edit, overwrite } from "./edits.ts";
import * as edits from "./edits.ts";
import {
  type ElfFields,
  encodeField,
  type Field,
  findFields,
  SH_OFFSET,
  SH_SIZE,
} from "./elf_fields.ts";
import { pick, type Random } from "../../tests/support/random.ts";
import { LARGE } from "../../tests/support/compressed.ts";
import { buildModule, latin1, type Shape, SHAPES } from "../../tests/support/elf_builder.ts";

/** A module before it is damaged. */
interface Original {
  readonly bytes: Uint8Array;
  /** Undefined if it is broken already. */
  readonly fields: ElfFields | undefined;
}

/** Draws a module, and the damage. */
export function drawModule(random: Random): { original: Uint8Array; edits: Edit[] } {
  const { bytes, fields } = pick(listOriginals(), random);
  const ways = fields === undefined ? edits.ANYWHERE : [...waysFor(fields), ...edits.ANYWHERE];
  return { original: bytes, edits: edits.drawEdits(bytes, random, ways) };
}

let originals: Original[] | undefined;

/** The modules of testdata, all different, one of each shape with everything in it, a large one. */
function listOriginals(): readonly Original[] {
  originals ??= [...listFiles("trees", /\.ko$/), ...SHAPES.map(buildFull), LARGE]
    .map((bytes) => ({ bytes, fields: findFields(bytes) }));
  return originals;
}

function buildFull({ bits, little }: Shape): Uint8Array {
  return buildModule({
    bits,
    little,
    exports: ["a", { name: "b", crc: 5, form: "section" }, { name: "c", form: "undefined" }],
    needs: ["n", { name: "w", weak: true }, "m"],
    versions: [{ name: "module_layout", crc: 5 }, { name: "n", crc: 6 }],
    ksymtabStrings: ["a", "b"],
    modinfo: ["alias=a", "softdep=pre: s", "weakdep=w", "alias=devname:d", "alias=char-major-1-2"],
    before: [{ name: ".text", data: new Uint8Array(16) }],
  });
}

function waysFor(fields: ElfFields): DrawEdit[] {
  const { header, sections, symbols, versions, texts, little } = fields;
  const ways = [header, sections.flat(), symbols, versions].filter(({ length }) => length > 0)
    .map((list): DrawEdit => (bytes, random) => {
      return setField(pick(list, random), { size: bytes.length, little, random });
    });
  if (sections.length > 1) ways.push((bytes, random) => overlap(bytes, sections, random));
  if (texts.length > 0) ways.push((_, random) => changeText(pick(texts, random), random));
  return ways;
}

/** Sets a field to a number at an edge, or to any. */
function setField(
  field: Field,
  { size, little, random }: { size: number; little: boolean; random: Random },
): Edit {
  const most = 1n << BigInt(field.size * 8);
  const edge = pick([0n, most / 2n, most - 1n, BigInt(size), 0xff00n, 0xffffn, 1n << 32n], random);
  const near = edge + BigInt(random(9) - 4);
  const any = BigInt(random(2 ** 32)) << BigInt(random(33));
  const value = pick([edge, near, BigInt(random(80)), any], random);
  return overwrite(field.at, encodeField(BigInt.asUintN(64, value), field, little));
}

/** Gives a section the offset, and often the size, of another one. */
function overlap(bytes: Uint8Array, sections: ElfFields["sections"], random: Random): Edit {
  const from = pick(sections, random);
  const to = pick(sections, random);
  const first = from[SH_OFFSET]!;
  const size = random(2) === 0 ? first.size : first.size + from[SH_SIZE]!.size;
  return overwrite(to[SH_OFFSET]!.at, bytes.slice(first.at, first.at + size));
}

/** What text in a module may become. */
const TEXTS = [
  ...["\0", "\n", "\x1b[2J", "\x7f", "\t", " ", "\x80", "\xff", "=", "[", "]", "\\", "-", "."],
  ...["alias=", "softdep=", "weakdep=", "\0alias=x\nalias evil evil\0", "\0alias=\0", "\0alias\0"],
  ...["alias=devname:", "alias=char-major--1-99999999999999999999", "alias=block-major-1-"],
  ...["__crc_", "__crc_\0", ".modinfo\0", ".symtab\0", "_GLOBAL_OFFSET_TABLE_", "."],
  "a[".repeat(30),
  "x".repeat(200),
].map(latin1);

function changeText({ at, size }: Field, random: Random): Edit {
  const place = at + random(size);
  const insert = pick(TEXTS, random);
  return overwrite(place, insert.subarray(0, Math.max(1, at + size - place)));
}
