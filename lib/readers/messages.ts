/**
 * What the main thread and a reader say to each other: first, one of them is asked to discover the
 * modules; then all get batches of modules in turn, with an answer to each, and in the end all
 * facts at once, so that a name is told once by each reader and not by each batch. At last, one of
 * them is asked to render files.
 *
 * @module
 */
import type { Discovery, Search } from "../discover/discover.ts";
import type { ExtractOptions } from "../extract/extract.ts";
import type { Places } from "../facts/merge.ts";
import type { Facts, StringFacts, Strings } from "../model.ts";
import type { RenderedFile, RenderOptions } from "../output/files.ts";

/** To a reader: where to discover modules. */
export interface SearchRequest {
  readonly search: Search;
  /** Milliseconds of reading: the reader tells whenever it has found so many more. */
  readonly step: number;
}

/** To a reader: paths of modules to read, or, without any, the wish for the facts. */
export interface Batch {
  readonly paths: Strings;
  readonly options: ExtractOptions;
}

/** To a reader: strings to make files of, in parts, and the modules' names. */
export interface RenderRequest {
  readonly parts: readonly StringFacts[];
  readonly places: Places;
  readonly names: Strings;
  readonly options: RenderOptions;
}

/** From a reader that discovers: how much it has found so far, or all of it. */
export type SearchReply = { readonly cost: number } | { readonly discovery: Discovery };

/** From a reader that renders: the files, or why there are none. */
export type RenderReply =
  | { readonly files: readonly RenderedFile[] }
  | { readonly failure: string };

/** From a reader: that a batch is done, or the facts of all, in the order of its batches. */
export interface Reply {
  readonly facts?: Facts;
}
