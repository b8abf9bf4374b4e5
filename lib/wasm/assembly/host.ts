/**
 * What this module calls in the thread that it works for; see ../../read/parser.ts.
 *
 * @module
 */

/** Reads [offset, offset + length) of the file to its place. Does not return if that fails. */
export declare function need(offset: u32, length: u32): void;

/** Ends the call that is under way, by an exception. `at` is the file offset of what is wrong. */
export declare function fail(reason: u32, at: u32): void;

/** Tells of a value that no index can hold: bytes [start, end) of memory, of one of the lists. */
export declare function drop(list: u32, start: usize, end: usize): void;

/** Tells that the current module would add more to the index files than it may. */
export declare function exceed(): void;
