/**
 * What scripts/wasm.ts uses of the package `assemblyscript`.
 *
 * @module
 */

/** Runs the compiler. */
export function main(
  options: string[],
  files: {
    readFile: (name: string, base: string) => string | null;
    writeFile: (name: string, contents: Uint8Array | string, base: string) => void;
    listFiles: (directory: string, base: string) => string[];
  },
): Promise<{ error: Error | null; stderr: { toString(): string } }>;
