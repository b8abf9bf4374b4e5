/**
 * Composes strings from others; see assembly/compose.ts.
 *
 * @module
 */
import { encodeStrings } from "../bytes/strings.ts";
import type { Strings } from "../model.ts";
import { ALWAYS_FIRST, STRING_BYTES, STRING_OFFSETS } from "./assembly/codes.ts";
import { calculate, type Workspace } from "./workspace.ts";

/**
 * A part of string i: a text, the same for all; string i of a list; or string `numbers[i]` of one.
 */
export type Part = string | Strings | { readonly from: Strings; readonly numbers: Uint32Array };

/** `count` strings, each made of all parts in turn. */
export function compose(count: number, parts: readonly Part[]): Strings {
  return calculate((workspace) => {
    composeIn(workspace, { heading: "", count, parts });
    return takeStrings(workspace);
  });
}

/** The bytes of such strings, one after the other, after a heading. */
export function composeText(
  parts: readonly Part[],
  { heading, count }: { heading: string; count: number },
): Uint8Array {
  return calculate((workspace) => {
    composeIn(workspace, { heading, count, parts });
    return workspace.columnBytes(STRING_BYTES);
  });
}

function composeIn(
  workspace: Workspace,
  { heading, count, parts }: { heading: string; count: number; parts: readonly Part[] },
): void {
  const head = new TextEncoder().encode(heading);
  const addresses = Uint32Array.from(parts.flatMap((part) => putPart(workspace, part)));
  workspace.exports.compose(
    workspace.put(head),
    head.length,
    workspace.put(addresses),
    parts.length,
    count,
  );
}

/** The strings with these numbers, in this order. */
export function selectStrings(from: Strings, numbers: Uint32Array): Strings {
  return compose(numbers.length, [{ from, numbers }]);
}

/**
 * The lines of `modules.dep`, without their newlines: line i has the path of module i and those of
 * its dependencies.
 */
export function composeDependencies(
  paths: Strings,
  { starts, modules }: { readonly starts: Uint32Array; readonly modules: Uint32Array },
): Strings {
  return calculate((workspace) => {
    workspace.exports.composeDependencies(
      workspace.put(paths.bytes),
      workspace.put(paths.offsets),
      workspace.put(starts),
      workspace.put(modules),
      starts.length - 1,
    );
    return takeStrings(workspace);
  });
}

function putPart(workspace: Workspace, part: Part): number[] {
  if (typeof part === "string") {
    return [...putStrings(workspace, encodeStrings([part])), ALWAYS_FIRST];
  }
  if ("from" in part) return [...putStrings(workspace, part.from), workspace.put(part.numbers)];
  return [...putStrings(workspace, part), 0];
}

function putStrings(workspace: Workspace, { bytes, offsets }: Strings): number[] {
  return [workspace.put(bytes), workspace.put(offsets)];
}

function takeStrings(workspace: Workspace): Strings {
  return {
    bytes: workspace.columnBytes(STRING_BYTES),
    offsets: workspace.columnNumbers(STRING_OFFSETS),
  };
}
