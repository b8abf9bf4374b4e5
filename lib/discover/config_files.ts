/**
 * Finds and reads the files of depmod.d.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { basename } from "@std/path";
import { FatalError, isNotFound, isNotGranted, systemReason } from "../errors.ts";
import type { Report } from "../model.ts";

/**
 * The directories of configuration. Of files with the same name, that of the first directory
 * counts.
 */
export const CONFIG_DIRECTORIES: readonly string[] = [
  "/etc/depmod.d",
  "/run/depmod.d",
  "/usr/local/lib/depmod.d",
  "/usr/lib/depmod.d",
  "/lib/depmod.d",
];

const SUFFIX = ".conf";

/** Bytes of a configuration file: those that distributions ship have some hundred. */
const LARGEST = 1 << 20;

/** A configuration file. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads the configuration files, sorted by base name.
 *
 * @param paths files or directories (-C); CONFIG_DIRECTORIES when there are none
 * @param options.strict whether one of `paths` that does not exist ends the run
 * @throws FatalError when the permission to look at one is missing, and see `strict`
 */
export function readConfigFiles(
  paths: readonly string[],
  { strict, report }: { strict: boolean; report: Report },
): ConfigFile[] {
  const byName = new Map<string, string>();
  const isNamed = paths.length > 0;
  for (const path of isNamed ? paths : CONFIG_DIRECTORIES) {
    for (const file of findFiles(path, { isNamed, strict, report })) {
      const name = basename(file);
      if (!byName.has(name)) byName.set(name, file);
    }
  }
  return [...byName.keys()].sort().flatMap((name) => readFile(byName.get(name)!, report));
}

function readFile(path: string, report: Report): ConfigFile[] {
  try {
    if (Deno.statSync(path).size > LARGEST) throw new Error(`larger than ${LARGEST} bytes`);
    return [{ path, text: Deno.readTextFileSync(path) }];
  } catch (error) {
    const text = `file parse ${path}: ${systemReason(error)}`;
    report({ level: "error", code: "config-file", text });
    return [];
  }
}

/** The files that a path stands for: itself, or those of a directory. */
function findFiles(
  path: string,
  { isNamed, strict, report }: { isNamed: boolean; strict: boolean; report: Report },
): string[] {
  try {
    if (!Deno.statSync(path).isDirectory) return [path];
    const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
    return names.filter((name) => isConfigFile(path, name, report))
      .map((name) => `${path}/${name}`);
  } catch (error) {
    const text = `could not load configuration ${path}: ${systemReason(error)}`;
    if (isNotGranted(error)) throw new FatalError(text, "not-granted");
    if (!isNotFound(error)) {
      const reason = `files list ${path}: ${systemReason(error)}`;
      report({ level: "error", code: "config-file", text: reason });
    } else if (isNamed && strict) throw new FatalError(text, "config-file");
    else if (isNamed) report({ level: "warning", code: "config-file", text });
    return [];
  }
}

function isConfigFile(directory: string, name: string, report: Report): boolean {
  const path = `${directory}/${name}`;
  if (name.startsWith(".")) return false;
  if (!name.endsWith(SUFFIX) || name === SUFFIX) {
    report({ level: "info", code: "config-skipped", text: `All cfg files need .conf: ${path}` });
    return false;
  }
  try {
    if (!Deno.statSync(path).isDirectory) return true;
    const text = `Directories inside directories are not supported: ${path}`;
    report({ level: "error", code: "config-file", text });
  } catch {
    const text = `Cannot stat directory entry: ${path}`;
    report({ level: "error", code: "config-file", text });
  }
  return false;
}
