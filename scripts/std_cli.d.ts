// Types for the part of "@std/cli" that the scripts use; its package on npm comes without any.

/** Which options there are, and what they are when they are not given. */
export interface ParseOptions<Name extends string> {
  /** Names of the options that take a value; `_` keeps operands strings too. */
  readonly string: readonly (Name | "_")[];
  /** Values of options that are not given. */
  readonly default: Readonly<Record<Name, string>>;
  /** Called with each option that is not declared, and with each operand (`key` is absent then). */
  readonly unknown?: (argument: string, key?: string) => unknown;
}

/** Value of each option, and the operands. */
export type ParsedArgs<Name extends string> =
  & Readonly<Record<Name, string>>
  & { readonly _: readonly string[] };

/** Parses a command line. An option that is given more than once has its last value. */
export function parseArgs<Name extends string>(
  args: readonly string[],
  options: ParseOptions<Name>,
): ParsedArgs<Name>;
