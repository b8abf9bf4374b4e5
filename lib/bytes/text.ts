/**
 * Bytes as text, exactly: one character for each byte, U+0000 to U+00FF, but for paths, which are
 * UTF-8. `TextDecoder("latin1")` would do something else: it is windows-1252 and changes 0x80 to
 * 0x9f.
 *
 * @module
 */

/** Arguments that `String.fromCharCode` takes at once without a risk to the stack. */
const CHUNK = 8192;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of bytes that are UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** The bytes as characters. */
export function decodeLatin1(bytes: Uint8Array): string {
  if (bytes.length > CHUNK) {
    // If UTF-8 gives one valid character for each byte, all are ASCII. This is far faster.
    const text = utf8.decode(bytes);
    if (text.length === bytes.length && !text.includes("\ufffd")) return text;
  }
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  }
  return text;
}

/** The characters as bytes; all are below U+0100. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Text for a message: all but printable ASCII is escaped, so that no line can be forged. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 2 ? `\\u{${code}}` : "\\x" + code.padStart(2, "0");
  });
}

/** Characters of a text from outside that a message quotes. */
export const LONGEST_SHOWN = 200;

/** Text for a message, escaped, of which only the first `most` characters are shown. */
export function excerpt(text: string, most = LONGEST_SHOWN): string {
  return printable(text.slice(0, most)) + (text.length > most ? "…" : "");
}

/** Whether every byte is a printable ASCII character or a space. */
export function isPlainAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte <= 0x7e);
}

/** The lines of a text one by one, each with its newline but the last if it has none. */
export function* eachLine(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline + 1;
    yield text.slice(at, end);
    at = end;
  }
}
