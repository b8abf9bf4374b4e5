/**
 * Compiles lib/wasm/assembly into lib/wasm/binary.ts; see scripts/wasm.
 *
 * @module
 */
import type { main as Compile } from "./assemblyscript.d.ts";

/** The compiler, which pins all that it needs itself. */
const COMPILER = "npm:assemblyscript@0.28.20/asc";

const SOURCES = new URL("../lib/wasm/assembly/", import.meta.url);
const TARGET = new URL("../lib/wasm/binary.ts", import.meta.url);

/** Pages of memory at first: 16 MiB, and one page for the head of a file. */
const PAGES = 257;
const MOST_PAGES = 65536;

const OPTIONS = [
  "index.ts",
  ...["--outFile", "out.wasm"],
  ...["--runtime", "stub"], // memory.ts has its own
  ...["--initialMemory", `${PAGES}`, "--maximumMemory", `${MOST_PAGES}`],
  ...["--use", "abort="], // what would call it traps
  ...["--optimizeLevel", "3", "--noAssert", "--enable", "bulk-memory"],
];

async function compile(): Promise<Uint8Array> {
  // Not imported at the top: that would make Deno fetch it for everything.
  const { main }: { main: typeof Compile } = await import(COMPILER);
  let binary: Uint8Array | undefined;
  const { error, stderr } = await main(OPTIONS, {
    readFile: (name) => readSource(name),
    writeFile: (_, contents) => void (binary = contents as Uint8Array),
    listFiles: () => [],
  });
  const said = stderr.toString();
  if (said !== "") console.error(said);
  if (error !== null || binary === undefined) throw error ?? new Error("nothing was written");
  return binary;
}

/** The compiler appends .ts to names that end in it. */
function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(name.replace(/\.ts\.ts$/, ".ts"), SOURCES));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function render(binary: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...binary)).match(/.{1,100}/g) ?? [];
  return [
    "/**",
    ` * The WebAssembly module, ${binary.length} bytes. Made by scripts/wasm of lib/wasm/assembly; do not edit.`,
    " *",
    " * @module",
    " */",
    "// deno-fmt-ignore-file",
    "// deno-lint-ignore-file",
    "",
    "/** The module, in base64 with line breaks. */",
    "export const BINARY = `",
    ...lines,
    "`;",
    "",
  ].join("\n");
}

const text = render(await compile());
if (Deno.args.includes("--check")) {
  if (Deno.readTextFileSync(TARGET) !== text) {
    console.error("scripts/wasm: lib/wasm/binary.ts is not what its sources give");
    Deno.exit(1);
  }
} else {
  Deno.writeTextFileSync(TARGET, text);
}
