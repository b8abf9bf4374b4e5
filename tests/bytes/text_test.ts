/**
 * Bytes as text.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import {
  decodeLatin1,
  decodeUtf8,
  eachLine,
  encodeLatin1,
  excerpt,
  isPlainAscii,
  printable,
} from "../../lib/bytes/text.ts";

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

Deno.test("decodeLatin1() makes each byte the character of that number", () => {
  const text = decodeLatin1(ALL_BYTES);
  assertEquals(Array.from(text, (character) => character.codePointAt(0)), Array.from(ALL_BYTES));
});

Deno.test("decodeLatin1() does not take 0x80 to 0x9f for windows-1252", () => {
  assertEquals(decodeLatin1(Uint8Array.of(0x80, 0x93, 0x9f)), "\u0080\u0093\u009f");
});

Deno.test("decodeLatin1() takes arrays that are longer than an argument list may be", () => {
  const bytes = new Uint8Array(1_000_003).fill(0x61);
  bytes[1_000_002] = 0x7a;
  assertEquals(decodeLatin1(bytes), "a".repeat(1_000_002) + "z");
});

// Long texts may be decoded in another way than short ones.
for (const special of ["", "\x80", "\xff", "\xc3\xa9", "\xef\xbb\xbf", "\xef\xbf\xbd", "\0"]) {
  Deno.test(`decodeLatin1() keeps ${JSON.stringify(special)} at either end of a long text`, () => {
    for (const length of [10, 8192, 10_000]) {
      const text = special + "a".repeat(length) + special;
      assertEquals(decodeLatin1(latin1(text)), text);
    }
  });
}

Deno.test("encodeLatin1() is the way back", () => {
  assertEquals(encodeLatin1(decodeLatin1(ALL_BYTES)), ALL_BYTES);
  assertEquals(encodeLatin1("a\u00ff"), Uint8Array.of(0x61, 0xff));
});

Deno.test("decodeUtf8() decodes UTF-8, and keeps a byte order mark", () => {
  assertEquals(decodeUtf8(latin1("a b/c.ko")), "a b/c.ko");
  assertEquals(
    decodeUtf8(latin1("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")),
    "\u00e9\u20ac\ud83d\ude00",
  );
  assertEquals(decodeUtf8(latin1("\xef\xbb\xbfa\xef\xbb\xbf")), "\ufeffa\ufeff");
  assertEquals(decodeUtf8(latin1("")), "");
});

Deno.test("printable() escapes control characters and what is not ASCII", () => {
  assertEquals(printable("a\nb\0c\x1b[1m"), "a\\x0ab\\x00c\\x1b[1m");
  assertEquals(printable("\x7f\x80\xff"), "\\x7f\\x80\\xff");
});

Deno.test("printable() leaves printable ASCII alone", () => {
  const text = decodeLatin1(ALL_BYTES.subarray(0x20, 0x7f));
  assertEquals(printable(text), text);
});

for (const [byte, plain] of [[0x1f, false], [0x20, true], [0x7e, true], [0x7f, false]] as const) {
  Deno.test(`isPlainAscii() is ${plain} for a byte of ${byte}`, () => {
    assertEquals(isPlainAscii(Uint8Array.of(0x61, byte, 0x61)), plain);
  });
}

Deno.test("isPlainAscii() is false for a byte above 0x7f and true for no byte", () => {
  assertEquals(isPlainAscii(Uint8Array.of(0x61, 0xe9)), false);
  assertEquals(isPlainAscii(new Uint8Array(0)), true);
});

Deno.test("eachLine() keeps newlines, and the last line without one", () => {
  assertEquals([...eachLine("a\n\nb\r\nc")], ["a\n", "\n", "b\r\n", "c"]);
  assertEquals([...eachLine("a\n")], ["a\n"]);
  assertEquals([...eachLine("")], []);
});

Deno.test("excerpt() escapes a text, and shows the beginning of a long one", () => {
  assertEquals(excerpt("a\nb"), "a\\x0ab");
  assertEquals(excerpt("x".repeat(200)), "x".repeat(200));
  assertEquals(excerpt("x".repeat(201)), "x".repeat(200) + "…");
  assertEquals(excerpt("a\nbc", 2), "a\\x0a…");
});
