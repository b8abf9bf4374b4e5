/**
 * The documents that are installed beside the program, each made from a template in this folder:
 *
 *     template          document in scripts/package
 *     depmod.8.in       depmod.8       the manual page
 *     depmod.bash.in    depmod.bash    completion for bash
 *     _depmod.in        _depmod        completion for zsh
 *     depmod.fish.in    depmod.fish    completion for fish
 *     report.schema.json.in            the schema of reports, report.schema.json
 *
 * Where a template says `@NAME@`, what the table of options, or of codes, gives for NAME is put.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };
import { CODES } from "../../lib/codes.ts";
import { OPTIONS, type OptionSpec } from "../../lib/cli/options.ts";
import { renderBashKinds, renderBashNames } from "./bash.ts";
import { renderFishOptions, renderFishSpecs } from "./fish.ts";
import { renderManOptions, renderOldOptions } from "./man_page.ts";
import { renderZshSpecs } from "./zsh.ts";

const TEMPLATES = new URL("./", import.meta.url);
const PACKAGE = new URL("../package/", import.meta.url);

const NOTICE = "Made by scripts/docs; do not edit.";

type Fields = Readonly<Record<string, string>>;

/** What stands for the names in each template. */
const FIELDS: Readonly<Record<string, (options: readonly OptionSpec[]) => Fields>> = {
  "depmod.8": (options) => ({
    VERSION: manifest.version,
    OPTIONS: renderManOptions(options),
    OLD_OPTIONS: renderOldOptions(options),
  }),
  "depmod.bash": (options) => ({
    KINDS: renderBashKinds(options),
    NAMES: renderBashNames(options),
  }),
  "_depmod": (options) => ({ SPECS: renderZshSpecs(options) }),
  "depmod.fish": (options) => ({
    SPECS: renderFishSpecs(options),
    OPTIONS: renderFishOptions(options),
  }),
  "report.schema.json": () => ({ CODES: renderCodes() }),
};

/** The schema of a code: each one with what it stands for. */
function renderCodes(): string {
  const codes = Object.entries(CODES).map(([code, description]) => ({ const: code, description }));
  return JSON.stringify({ oneOf: codes }, null, 2).replaceAll("\n", "\n    ");
}

/** The text of each document, by its name. */
export function renderDocuments(options: readonly OptionSpec[] = OPTIONS): Map<string, string> {
  const documents = Object.entries(FIELDS).map(([name, fieldsOf]) => {
    const template = Deno.readTextFileSync(new URL(`${name}.in`, TEMPLATES));
    return [name, fillTemplate(template, { NOTICE, ...fieldsOf(options) })] as const;
  });
  return new Map(documents);
}

/**
 * Puts each field in the place of its name.
 *
 * @throws Error when the template and the fields do not name the same
 */
export function fillTemplate(template: string, fields: Fields): string {
  const unused = new Set(Object.keys(fields));
  const text = template.replaceAll(/@([A-Z_]+)@/g, (_, name: string) => {
    const field = fields[name];
    if (field === undefined) throw new Error(`nothing is known of @${name}@`);
    unused.delete(name);
    return field;
  });
  if (unused.size > 0) throw new Error(`the template lacks ${[...unused].join(", ")}`);
  return text;
}

/** A document as it is in scripts/package; undefined if it is not there. */
export function readPackaged(name: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(name, PACKAGE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Puts a document into scripts/package. */
export function writePackaged(name: string, text: string): void {
  Deno.mkdirSync(PACKAGE, { recursive: true });
  Deno.writeTextFileSync(new URL(name, PACKAGE), text);
}
