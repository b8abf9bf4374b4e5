// Types of the few functions of "@std/assert" that the tests use: the package comes from npm as
// JavaScript without any. See assert.ts.

/** Fails unless `value` is true. */
export function assert(value: unknown, message?: string): asserts value;

/** Fails unless both are equal, compared in depth. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void;

/** Fails unless `body` throws an error of this class with this text in its message. */
export function assertThrows<E extends Error>(
  body: () => unknown,
  // deno-lint-ignore no-explicit-any
  errorClass: new (...args: any[]) => E,
  messageIncludes?: string,
  message?: string,
): E;

/** Fails unless what `body` returns is rejected with an error of this class and text. */
export function assertRejects<E extends Error>(
  body: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any
  errorClass: new (...args: any[]) => E,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
