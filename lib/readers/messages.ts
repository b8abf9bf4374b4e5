/**
 * What the main thread and a reader say to each other: first, one of them is asked to search the
 * tree; then all get batches of modules in turn, with an answer to each, and in the end all facts
 * at once, so that a name is told once by each reader and not by each batch.
 *
 * @module
 */
import type { Finding, Search } from "../discover/tree.ts";
import type { ExtractOptions } from "../extract/extract.ts";
import type { Facts } from "../model.ts";

/** To a reader: a tree to search. */
export interface SearchRequest {
  readonly search: Search;
  /** Milliseconds of reading: the reader tells whenever it has found so many more. */
  readonly step: number;
}

/** To a reader: modules to read, or, without any, the wish for the facts. */
export interface Batch {
  readonly paths: readonly string[];
  readonly options: ExtractOptions;
}

/** From a reader that searches: how much it has found so far, or all of it. */
export type SearchReply = { readonly cost: number } | { readonly finding: PackedFinding };

/** From a reader: that a batch is done, or the facts of all, in the order of its batches. */
export interface Reply {
  readonly facts?: Facts;
}

/** A finding in few values, each of which costs time to send. */
export interface PackedFinding extends Omit<Finding, "files"> {
  /** Paths, with NUL between them. */
  readonly paths: string;
  /** Numbers of the files that were found again. */
  readonly again: readonly number[];
  /** By file: milliseconds that it takes to read it. */
  readonly costs: Float64Array;
}

/** Packs a finding. */
export function packFinding(
  { files, messages, failure }: Finding,
  costOf: (path: string) => number,
): PackedFinding {
  return {
    paths: files.map(({ path }) => path).join("\0"),
    again: files.flatMap(({ again }, index) => again ? [index] : []),
    costs: Float64Array.from(files, ({ path }) => costOf(path)),
    messages,
    failure,
  };
}

/** Unpacks a finding. */
export function unpackFinding({ paths, again, messages, failure }: PackedFinding): Finding {
  const files = paths === "" ? [] : paths.split("\0").map((path) => ({ path, again: false }));
  for (const index of again) files[index]!.again = true;
  return { files, messages, failure };
}
