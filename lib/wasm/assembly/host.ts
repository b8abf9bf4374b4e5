/**
 * What this module calls in the thread that runs it; see ../../read/parser.ts.
 *
 * @module
 */

/** Reads [offset, offset + length) of the file to its address. Does not return if that fails. */
export declare function need(offset: u32, length: u32): void;

/** Ends the current call by an exception. `at` is the file offset of what is wrong. */
export declare function fail(reason: u32, at: u32): void;

/** Passes on a value of a list that no index can hold: bytes [start, end) of memory. */
export declare function drop(list: u32, start: usize, end: usize): void;

/** Tells that a piece of work is done. Does not return if the module has taken too long. */
export declare function tick(): void;

/** Tells that the current module would add more to the index files than it may. */
export declare function exceed(): void;
