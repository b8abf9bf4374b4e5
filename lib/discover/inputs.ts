/**
 * What the main thread reads before any module is read: configuration, the kernel's symbols, and
 * the lists of what is built into the kernel.
 *
 * @module
 */
import { decodeLatin1 } from "../bytes/text.ts";
import type { BuiltinFiles, KernelSymbol, Message, Plan, Report } from "../model.ts";
import { parseSymvers, parseSystemMap } from "../resolve/kernel_symbols.ts";
import type { Bounds } from "./bounds.ts";
import { readBuildFile, readSymbolFile } from "./build_files.ts";
import { type Config, parseConfig } from "./config.ts";
import { readConfigFiles } from "./config_files.ts";

type LoadOptions = Pick<Plan, "version" | "configPaths" | "files" | "strict">;

/**
 * Reads the configuration; none is read with file operands.
 *
 * @throws FatalError when the permission to look at it is missing or, with `strict`, a path of
 * `configPaths` does not exist
 */
export function loadConfig(
  { version, configPaths, files, strict }: LoadOptions,
  report: Report,
): Config {
  const configFiles = files.length > 0 ? [] : readConfigFiles(configPaths, { strict, report });
  const { config, messages } = parseConfig(configFiles, version);
  messages.forEach(report);
  return config;
}

/** The paths of the configuration files that `loadConfig` reads. */
export function listConfigFiles({ configPaths, files, strict }: LoadOptions): string[] {
  if (files.length > 0) return [];
  return readConfigFiles(configPaths, { strict, report: () => {} }).map(({ path }) => path);
}

/** The kernel's symbols, and whether unknown symbols can be reported by them. */
export interface KernelInput {
  readonly kernel: readonly KernelSymbol[];
  readonly reportUnknown: boolean;
}

/**
 * Reads the kernel's own symbols, if the plan names a file of them.
 *
 * @throws FatalError when that file cannot be read
 */
export function loadKernelSymbols(
  { kernelSymbols, prefix, reportUnknown, strict }: Plan,
  report: Report,
): KernelInput {
  if (kernelSymbols === undefined) {
    if (reportUnknown) {
      report({ level: "warning", code: "kernel-symbols", text: "-e needs -E or -F" });
    }
    return { kernel: [], reportUnknown: false };
  }
  const { path, format } = kernelSymbols;
  const text = decodeLatin1(readSymbolFile(path));
  const parse = format === "System.map" ? parseSystemMap : parseSymvers;
  const { symbols, isEmpty, messages } = parse(text, { path, prefix });
  messages.forEach(report);
  if (!isEmpty || !reportUnknown) return { kernel: symbols, reportUnknown };
  const problem = `${path} lists no symbol of the kernel: cannot tell which are unknown`;
  report({ level: "warning", code: "kernel-symbols", text: problem, fails: strict });
  return { kernel: symbols, reportUnknown: false };
}

/** The files that list what is built into the kernel; only binary indexes are made from them. */
export function readBuiltin(
  { directory, show }: Plan,
  bounds: Bounds,
): BuiltinFiles {
  if (show) return { builtin: new Uint8Array(), builtinModinfo: new Uint8Array() };
  const read = (name: string): Uint8Array | Message => readBuildFile(directory, { name, bounds });
  return { builtin: read("modules.builtin"), builtinModinfo: read("modules.builtin.modinfo") };
}
