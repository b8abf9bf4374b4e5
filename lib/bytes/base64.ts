/**
 * Decodes base64, the form in which the source holds WebAssembly modules.
 *
 * @module
 */

/**
 * The bytes of base64, which may have line breaks. For 70 KB, this loop takes 1 ms;
 * `Uint8Array.from` takes 3 ms, or 10 ms with the string itself.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
