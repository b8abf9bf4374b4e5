/**
 * The eleven files, in the order in which their messages and texts are shown.
 *
 * Some are made of strings alone, those of the modules and of what is built into the kernel: a thread
 * can render them while another one still resolves symbols.
 *
 * @module
 */
import { IndexSizeError } from "../errors.ts";
import type { Model, OutputFile, StringModel } from "../model.ts";
import { renderAliasBin } from "./alias_bin.ts";
import { renderBuiltinAliasBin, renderBuiltinBin } from "./builtin.ts";
import { renderDep, renderDepBin } from "./dep.ts";
import { renderDevname } from "./devname.ts";
import type { EntryMessage, Input } from "./input.ts";
import { renderAlias, renderSoftdep, renderWeakdep } from "./module_strings.ts";
import { renderSymbols, renderSymbolsBin } from "./symbols.ts";

type Render<T> = (input: Input<T>) => Uint8Array;

interface OutputKind {
  readonly name: string;
  readonly render: { readonly strings: Render<StringModel> } | { readonly model: Render<Model> };
}

const FILES: readonly OutputKind[] = [
  { name: "modules.dep", render: { model: renderDep } },
  { name: "modules.dep.bin", render: { model: renderDepBin } },
  { name: "modules.alias", render: { strings: renderAlias } },
  { name: "modules.alias.bin", render: { strings: renderAliasBin } },
  { name: "modules.softdep", render: { strings: renderSoftdep } },
  { name: "modules.weakdep", render: { strings: renderWeakdep } },
  { name: "modules.symbols", render: { model: renderSymbols } },
  { name: "modules.symbols.bin", render: { model: renderSymbolsBin } },
  { name: "modules.builtin.bin", render: { strings: renderBuiltinBin } },
  { name: "modules.builtin.alias.bin", render: { strings: renderBuiltinAliasBin } },
  { name: "modules.devname", render: { strings: renderDevname } },
];

/** The names of the eleven files. */
export const OUTPUT_NAMES: readonly string[] = FILES.map(({ name }) => name);

/** How files are rendered. */
export interface RenderOptions {
  /** Only the files that are text. */
  readonly textOnly: boolean;
  /** Warn of entries that an index holds already (-w). */
  readonly warnDuplicates: boolean;
}

/** A file, and the messages about its entries. */
export interface RenderedFile extends OutputFile {
  readonly messages: readonly EntryMessage[];
}

/** Renders the files that are made of strings alone. */
export function renderStrings(model: StringModel, options: RenderOptions): RenderedFile[] {
  return FILES.flatMap(({ name, render }) =>
    "strings" in render ? renderFile({ name, render: render.strings }, model, options) : []
  );
}

/** Renders the other files. */
export function renderModel(model: Model, options: RenderOptions): RenderedFile[] {
  return FILES.flatMap(({ name, render }) =>
    "model" in render ? renderFile({ name, render: render.model }, model, options) : []
  );
}

function renderFile<T>(
  { name, render }: { name: string; render: Render<T> },
  model: T,
  { textOnly, warnDuplicates }: RenderOptions,
): RenderedFile[] {
  if (textOnly && name.endsWith(".bin")) return [];
  const messages: EntryMessage[] = [];
  try {
    return [{ name, bytes: render({ ...model, warnDuplicates, messages }), messages }];
  } catch (error) {
    throw error instanceof IndexSizeError ? new IndexSizeError(name) : error;
  }
}

/** Brings files into their order. */
export function orderFiles(files: readonly RenderedFile[]): RenderedFile[] {
  return OUTPUT_NAMES.flatMap((wanted) => files.filter(({ name }) => name === wanted));
}
