/**
 * What each thread may do, as text (--show-grants).
 *
 *     readers (1 to 2)
 *       read         /lib/modules
 *
 * @module
 */
import { printable } from "../bytes/text.ts";
import type { Grants, Plan } from "../model.ts";

/** What `--show-grants` shows: each thread, with a line for each path and what it may do there. */
export function renderGrants({ main, readers, writer }: Grants, plan: Plan): string {
  const { fewest, most } = plan.readers;
  return [
    "main thread, until the first module is read",
    ...renderPaths("read", main),
    "main thread, from then on",
    "  nothing",
    `readers (${fewest === most ? most : `${fewest} to ${most}`})`,
    ...renderPaths("read", readers),
    "writer",
    ...(writer.length > 0 ? renderPaths("read, write", writer) : ["  nothing: it is not started"]),
    "",
  ].join("\n");
}

function renderPaths(permissions: string, paths: readonly string[]): string[] {
  return [...new Set(paths)].map((path) => `  ${permissions.padEnd(11)}  ${printable(path)}`);
}
