/**
 * Makes testdata/compressed/ again, with the tools xz, zstd and gzip:
 *
 *     scripts/deno run --allow-read --allow-write --allow-run tests/support/make_compressed.ts
 *
 * Arguments are the command of an xz that has the filter for RISC-V, 5.6 or later; without them the
 * one file that needs it stays as it is.
 *
 * @module
 */
import { CODE, COMPRESSED, concat, LARGE, MODULE, readCompressed, ZEROS } from "./compressed.ts";

/** Runs a tool as a filter. */
async function filter(input: Uint8Array, ...[tool = "", ...args]: string[]): Promise<Uint8Array> {
  const command = new Deno.Command(tool, { args, stdin: "piped", stdout: "piped" });
  const child = command.spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(input);
  await writer.close();
  const { success, stdout } = await output;
  if (!success) throw new Error(`${tool} ${args.join(" ")} failed`);
  return stdout;
}

function gzip(input: Uint8Array, ...args: string[]): Promise<Uint8Array> {
  return filter(input, "gzip", "-c", "-9", ...args);
}

function xz(input: Uint8Array, ...args: string[]): Promise<Uint8Array> {
  return filter(input, "xz", "-c", "--threads=1", ...args);
}

function zstd(input: Uint8Array, ...args: string[]): Promise<Uint8Array> {
  return filter(input, "zstd", "-c", "-q", "-19", ...args);
}

/** As `zstd` compresses a file, of which it knows the size. */
function zstdSized(input: Uint8Array, ...args: string[]): Promise<Uint8Array> {
  return zstd(input, `--stream-size=${input.length}`, ...args);
}

const [FIRST, SECOND] = [MODULE.subarray(0, 1000), MODULE.subarray(1000)];

async function makeGzip(): Promise<Record<string, Uint8Array>> {
  return {
    "plain.gz": await gzip(MODULE),
    "two-members.gz": concat(await gzip(FIRST), await gzip(SECOND)),
    "large.gz": await gzip(LARGE),
  };
}

const XZ_FILTERS = ["x86", "arm", "armthumb", "arm64", "powerpc", "ia64", "sparc", "delta"];

const X86 = ["--x86", "--lzma2=dict=64KiB"];

async function makeXz(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {
    "blocks.xz": await xz(MODULE, "--block-size=1000"),
    "blocks-with-sizes.xz": await xz(MODULE, "--threads=2", "--block-size=1000"),
    // As the kernel's build calls it.
    "kernel.xz": await xz(MODULE, "--check=crc32", "--lzma2=dict=2MiB"),
    "filter-x86-with-sizes.xz": await xz(MODULE, "--threads=2", ...X86),
    "filters-delta-x86.xz": await xz(MODULE, "--delta", ...X86),
    "streams.xz": concat(await xz(FIRST), await xz(SECOND, "--check=crc32")),
    "dictionary-64M.xz": await xz(MODULE, "--lzma2=dict=64MiB"),
    "dictionary-96M.xz": await xz(MODULE, "--lzma2=dict=96MiB"),
    "large.xz": await xz(LARGE),
    "zeros.xz": await xz(new Uint8Array(ZEROS)),
    "nothing.xz": await xz(new Uint8Array(0)),
  };
  for (const check of ["none", "crc32", "crc64", "sha256"]) {
    files[`check-${check}.xz`] = await xz(MODULE, `--check=${check}`);
  }
  for (const name of XZ_FILTERS) {
    files[`filter-${name}.xz`] = await xz(MODULE, `--${name}`, "--lzma2=dict=64KiB");
    files[`code-${name}.xz`] = await xz(CODE, `--${name}`, "--lzma2=dict=64KiB");
  }
  files["code-riscv.xz"] = await makeRiscv();
  return files;
}

async function makeRiscv(): Promise<Uint8Array> {
  if (Deno.args.length === 0) return readCompressed("xz/code-riscv.xz");
  return await filter(CODE, ...Deno.args, "-c", "--threads=1", "--riscv", "--lzma2=dict=64KiB");
}

async function makeZstd(): Promise<Record<string, Uint8Array>> {
  return {
    "checksum.zst": await zstdSized(MODULE),
    "no-checksum.zst": await zstdSized(MODULE, "--no-check"),
    "no-content-size.zst": await zstd(MODULE, "--no-content-size"),
    "frames.zst": concat(await zstdSized(FIRST), await zstd(SECOND, "--no-check")),
    "window-27.zst": await zstd(MODULE, "--no-content-size", "--long=27"),
    "window-31.zst": await zstd(MODULE, "--no-content-size", "--long=31", "--ultra"),
    "large.zst": await zstdSized(LARGE),
    "zeros.zst": await zstd(new Uint8Array(ZEROS)),
    "nothing.zst": await zstd(new Uint8Array(0)),
  };
}

function write(folder: string, files: Record<string, Uint8Array>): void {
  Deno.mkdirSync(new URL(folder, COMPRESSED), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    Deno.writeFileSync(new URL(`${folder}${name}`, COMPRESSED), bytes);
  }
}

const [gzipFiles, xzFiles, zstdFiles] = [await makeGzip(), await makeXz(), await makeZstd()];
Deno.mkdirSync(COMPRESSED, { recursive: true });
Deno.removeSync(COMPRESSED, { recursive: true });
write("gzip/", gzipFiles);
write("xz/", xzFiles);
write("zstd/", zstdFiles);
