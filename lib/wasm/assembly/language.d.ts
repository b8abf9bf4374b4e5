/**
 * What AssemblyScript has beyond TypeScript, as far as it is used here, for editors and `deno
 * check`. The compiler has declarations of its own, in which the types of numbers differ.
 */

type bool = boolean;
type u8 = number;
type u16 = number;
type i32 = number;
type u32 = number;
type u64 = number;
type usize = number;
type isize = number;

/** Address of the first byte after the static data. */
declare const __heap_base: usize;

declare function load<T>(address: usize, offset?: usize): T;
declare function store<T>(address: usize, value: T, offset?: usize): void;
declare function sizeof<T>(): usize;
declare function changetype<T>(address: usize): T;
declare function bswap<T extends number>(value: T): T;
declare function clz<T extends number>(value: T): T;
declare function ctz<T extends number>(value: T): T;
declare function min<T extends number>(a: T, b: T): T;
declare function max<T extends number>(a: T, b: T): T;

/** Marks a class whose instances are the addresses of their fields. */
declare function unmanaged(constructor: abstract new () => unknown, context?: unknown): void;

declare namespace memory {
  /** Pages of 64 KiB. */
  function size(): i32;
  function grow(pages: i32): i32;
  function copy(target: usize, source: usize, length: usize): void;
  function fill(target: usize, value: u8, length: usize): void;
  /** Address of static memory, zeros. */
  function data(size: u32): usize;
}
