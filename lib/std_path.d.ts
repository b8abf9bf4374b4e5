// Types of the few functions of "@std/path" that are used: the package on npm is JavaScript without
// types.

/** The last part of a path. */
export function basename(path: string): string;

/** Whether a path starts at the root. */
export function isAbsolute(path: string): boolean;

/** The path without its last part. */
export function dirname(path: string): string;

/** The path from the root, without `.`, `..` and double slashes. */
export function resolve(path: string): string;
