/**
 * What the fuzzer gives to the program: the bytes of one file. Its name says what it is, which is
 * all that is needed to try it again.
 *
 *     ko                        a module, compressed or not
 *     depmod.conf, modules.order, modules.builtin, modules.builtin.modinfo, System.map,
 *     Module.symvers            that file
 *     args                      a command line, an argument on each line, in UTF-8
 *
 * @module
 */

/** A file. */
export interface Input {
  /** What it is. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a file is whose name is this; a number or a word may come first: `case-12.modules.order`. */
export function inputName(fileName: string): string {
  return fileName.slice(fileName.indexOf(".") + 1);
}

/** Whether it is a module. */
export function isModule({ name }: Input): boolean {
  return /^ko(\.|$)/.test(name);
}

/** The arguments that an input of the name `args` holds. */
export function parseArguments({ bytes }: Input): string[] {
  return new TextDecoder().decode(bytes).replaceAll("\0", "").split("\n").slice(0, -1);
}

/** The bytes of a text. */
export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
