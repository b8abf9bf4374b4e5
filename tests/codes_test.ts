/**
 * The table of codes: each is used, and well-formed.
 *
 * @module
 */
import { CODES, isCode } from "../lib/codes.ts";
import { assert, assertEquals } from "./support/assert.ts";

const ROOT = new URL("../", import.meta.url);

/** The text of main.ts and all of lib, but for the table itself. */
function readProgram(): string {
  const paths = ["main.ts", ...listFiles("lib/")].filter((path) => path !== "lib/codes.ts");
  return paths.map((path) => Deno.readTextFileSync(new URL(path, ROOT))).join("\n");
}

function listFiles(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return listFiles(`${folder}${name}/`);
    return name.endsWith(".ts") ? [folder + name] : [];
  });
}

Deno.test("the program gives each code of the table to some message", () => {
  const program = readProgram();
  assertEquals(Object.keys(CODES).filter((code) => !program.includes(`"${code}"`)), []);
});

Deno.test("codes are words of small letters, joined by hyphens", () => {
  assertEquals(Object.keys(CODES).filter((code) => !/^[a-z]+(-[a-z]+)*$/.test(code)), []);
});

Deno.test("no two codes stand for the same", () => {
  const meanings = Object.values(CODES);
  assertEquals(new Set(meanings).size, meanings.length);
});

Deno.test("isCode() knows the codes of the table, and nothing else", () => {
  assert(Object.keys(CODES).every(isCode));
  for (const other of ["", "Usage", "toString", "__proto__", 1, undefined, ["usage"]]) {
    assert(!isCode(other), String(other));
  }
});
