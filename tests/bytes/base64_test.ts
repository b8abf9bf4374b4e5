/**
 * Bytes from base64.
 *
 * @module
 */
import { decodeBase64 } from "../../lib/bytes/base64.ts";
import { latin1 } from "../support/elf_builder.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

/** The test vectors of RFC 4648, section 10. */
const VECTORS: readonly (readonly [text: string, bytes: string])[] = [
  ["", ""],
  ["Zg==", "f"],
  ["Zm8=", "fo"],
  ["Zm9v", "foo"],
  ["Zm9vYg==", "foob"],
  ["Zm9vYmE=", "fooba"],
  ["Zm9vYmFy", "foobar"],
];

for (const [text, bytes] of VECTORS) {
  Deno.test(`decodeBase64() of "${text}" gives "${bytes}"`, () => {
    assertEquals(decodeBase64(text), latin1(bytes));
  });
}

Deno.test("decodeBase64() gives all bytes, in particular those above 0x7f", () => {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  // Digit after digit, six bits each: 000000 000001 000010 000011 ...
  const bits = Array.from(digits, (_, i) => i.toString(2).padStart(6, "0")).join("");
  const want = Uint8Array.from(bits.match(/.{8}/g)!, (byte) => parseInt(byte, 2));
  assertEquals(decodeBase64(digits), want);
  assertEquals(decodeBase64("gP/+"), Uint8Array.of(0x80, 0xff, 0xfe));
});

Deno.test("decodeBase64() passes over line breaks", () => {
  assertEquals(decodeBase64("\nZm9v\nYmFy\n"), latin1("foobar"));
  assertEquals(decodeBase64("\nZg=\n=\n"), latin1("f"));
});

Deno.test("decodeBase64() throws when it is not base64", () => {
  for (const text of ["Z", "Zm9v*", "Zm=v"]) assertThrows(() => decodeBase64(text), Error);
});

Deno.test("decodeBase64() takes long texts", () => {
  const bytes = decodeBase64("Zm9v\n".repeat(100_000));
  assertEquals(bytes.length, 300_000);
  assertEquals(bytes.subarray(299_994), latin1("foofoo"));
});
