/**
 * Renders the index files of modules that are described in a few words.
 *
 * @module
 */
import type { Message, Model } from "../../lib/model.ts";
import { orderFiles, renderModel, renderStrings } from "../../lib/render/files.ts";
import { latin1 } from "./elf_builder.ts";
import { factsOf, type ModuleFacts, moduleFilesOf, stringsOf } from "./facts.ts";
import { decodeBytes } from "./tree.ts";
import { type IndexEntry, readIndex } from "./index_reader.ts";

/** A module by its path, with what it depends on, directly or not, in the order to be written. */
export interface ModelModule extends ModuleFacts {
  readonly path: string;
  /** Places in the list of modules. */
  readonly dependencies?: readonly number[];
}

/** What is to be rendered, and how. */
export interface RenderSpec {
  readonly modules?: readonly ModelModule[];
  /** Exported symbols in the order to be written, with the place of their module. */
  readonly symbols?: readonly (readonly [name: string, owner: number])[];
  /** `modules.builtin`, latin1, or the message that there is none. */
  readonly builtin?: string | Message;
  /** `modules.builtin.modinfo`, latin1, or the message that there is none. */
  readonly builtinModinfo?: string | Message;
  readonly warnDuplicates?: boolean;
  readonly textOnly?: boolean;
}

/** What came of it. */
export interface Rendered {
  readonly names: readonly string[];
  /** `level: text`. */
  readonly messages: readonly string[];
  /** Bytes as characters. */
  text(name: string): string;
  /** A binary index as `key: priority value`, or `key: priority` if the value is empty. */
  index(name: string): string[];
}

/** Renders a description. */
export function render(spec: RenderSpec): Rendered {
  const { warnDuplicates = false, textOnly = false } = spec;
  const options = { warnDuplicates, textOnly };
  const { modules = [], builtin = "", builtinModinfo = "" } = spec;
  const model = modelOf(spec);
  const strings = renderStrings({
    ...factsOf(modules),
    names: model.modules.names,
    builtin: bytesOrMessage(builtin),
    builtinModinfo: bytesOrMessage(builtinModinfo),
  }, options);
  const files = orderFiles([...strings, ...renderModel(model, options)]);
  function bytes(name: string): Uint8Array {
    const file = files.find((file) => file.name === name);
    if (file === undefined) throw new Error(`${name} was not rendered`);
    return file.bytes;
  }
  return {
    names: files.map(({ name }) => name),
    messages: files.flatMap(({ messages }) =>
      messages.map(({ level, text }) => `${level}: ${text}`)
    ),
    text: (name) => decodeBytes(bytes(name)),
    index: (name) => readIndex(bytes(name)).flatMap(describeEntry),
  };
}

function modelOf({ modules = [], symbols = [] }: RenderSpec): Model {
  const lists = modules.map(({ dependencies = [] }) => dependencies);
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach(({ length }, i) => starts[i + 1] = starts[i]! + length);
  return {
    modules: moduleFilesOf(modules.map(({ path }) => path)),
    dependencies: { starts, modules: Uint32Array.from(lists.flat()) },
    symbols: {
      names: stringsOf(symbols.map(([name]) => name)),
      owners: Uint32Array.from(symbols, ([, owner]) => owner),
    },
  };
}

function bytesOrMessage(file: string | Message): Uint8Array | Message {
  return typeof file === "string" ? latin1(file) : file;
}

function describeEntry({ key, values }: IndexEntry): string[] {
  return values.map(({ priority, value }) => `${key}: ${priority} ${value}`.trimEnd());
}
