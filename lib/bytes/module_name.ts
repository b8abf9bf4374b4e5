/**
 * The name of a module, as the kernel and modprobe know it.
 *
 * @module
 */

/** The module name for a path: the base name up to its first dot, `-` made `_`. */
export function moduleName(path: string): string {
  const base = path.slice(path.lastIndexOf("/") + 1);
  const dot = base.indexOf(".");
  return (dot < 0 ? base : base.slice(0, dot)).replaceAll("-", "_");
}
