/**
 * The eleven files, in the order in which they are rendered.
 *
 * @module
 */
import type { Message, Model, OutputFile } from "../model.ts";
import { renderAliasBin } from "./alias_bin.ts";
import { renderBuiltinAliasBin, renderBuiltinBin } from "./builtin.ts";
import { renderDep, renderDepBin } from "./dep.ts";
import { renderDevname } from "./devname.ts";
import type { RenderInput } from "./input.ts";
import { renderAlias, renderSoftdep, renderWeakdep } from "./module_strings.ts";
import { renderSymbols, renderSymbolsBin } from "./symbols.ts";

interface OutputKind {
  readonly name: string;
  readonly render: (input: RenderInput) => Uint8Array;
}

const FILES: readonly OutputKind[] = [
  { name: "modules.dep", render: renderDep },
  { name: "modules.dep.bin", render: renderDepBin },
  { name: "modules.alias", render: renderAlias },
  { name: "modules.alias.bin", render: renderAliasBin },
  { name: "modules.softdep", render: renderSoftdep },
  { name: "modules.weakdep", render: renderWeakdep },
  { name: "modules.symbols", render: renderSymbols },
  { name: "modules.symbols.bin", render: renderSymbolsBin },
  { name: "modules.builtin.bin", render: renderBuiltinBin },
  { name: "modules.builtin.alias.bin", render: renderBuiltinAliasBin },
  { name: "modules.devname", render: renderDevname },
];

/** The names of the eleven files. */
export const OUTPUT_NAMES: readonly string[] = FILES.map(({ name }) => name);

/** How a model is rendered. */
export interface RenderOptions {
  /** Only the files that are text. */
  readonly textOnly: boolean;
  /** Warn of entries that an index holds already (-w). */
  readonly warnDuplicates: boolean;
}

/** Renders the files, and says what is odd about their entries. */
export function renderFiles(
  model: Model,
  { textOnly, warnDuplicates }: RenderOptions,
): { files: OutputFile[]; messages: readonly Message[] } {
  const messages: Message[] = [];
  const input = { ...model, warnDuplicates, messages };
  const files = FILES
    .filter(({ name }) => !textOnly || !name.endsWith(".bin"))
    .map(({ name, render }) => ({ name, bytes: render(input) }));
  return { files, messages };
}
