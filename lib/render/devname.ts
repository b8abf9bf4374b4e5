/**
 * `modules.devname`: device nodes that exist before their module is loaded.
 *
 *     fuse fuse c10:229          module, name below /dev, c or b, major:minor
 *
 * A module is listed that has both an alias `devname:NAME` and one of `char-major-M-N` and
 * `block-major-M-N`.
 *
 * @module
 */
import { countStrings, stringBytes, stringText } from "../bytes/strings.ts";
import { decodeLatin1, encodeLatin1 } from "../bytes/text.ts";
import type { ModuleStrings, StringModel } from "../model.ts";
import type { Input } from "./input.ts";

interface DeviceNode {
  name: string | undefined;
  /** Type, major and minor number as the file has them. */
  number: string | undefined;
}

/** Renders `modules.devname`. */
export function renderDevname({ alias, names, messages }: Input<StringModel>): Uint8Array {
  let text = "";
  for (let index = 0; index < countStrings(names); index++) {
    const { name, number } = findNode(alias, index);
    if (name === undefined) continue;
    const module = stringText(names, index);
    if (number !== undefined) text += `${module} ${name} ${number}\n`;
    else {
      const message = lacksNumber(module, name);
      messages.push({ level: "error", code: "device-number", text: message, owner: index });
    }
  }
  const heading = "# Device nodes to trigger on-demand module loading.\n";
  return encodeLatin1(text === "" ? "" : heading + text);
}

function lacksNumber(module: string, devname: string): string {
  return `Module '${module}' has devname (${devname}) but lacks major and minor information. ` +
    "Ignoring.";
}

/**
 * Goes through the aliases until both parts are known; before that, a later name or number replaces
 * an earlier one.
 */
function findNode({ starts, values }: ModuleStrings, module: number): DeviceNode {
  const { bytes, offsets } = values;
  const end = starts[module + 1]!;
  const node: DeviceNode = { name: undefined, number: undefined };
  for (let i = starts[module]!; i < end; i++) {
    const first = bytes[offsets[i]!];
    if (first !== 0x64 && first !== 0x63 && first !== 0x62) continue; // d, c, b
    const alias = decodeLatin1(stringBytes(values, i));
    if (alias.startsWith("devname:")) node.name = alias.slice("devname:".length);
    else node.number = parseDeviceNumber(alias) ?? node.number;
    if (node.name !== undefined && node.number !== undefined) break;
  }
  return node;
}

/** `c10:229` from `char-major-10-229`. Numbers are read as scanf(3) does for `%u`. */
function parseDeviceNumber(alias: string): string | undefined {
  const match = /^(char|block)-major-[ ]*([+-]?\d+)-[ ]*([+-]?\d+)/.exec(alias);
  if (match === null) return undefined;
  const [, type, major, minor] = match;
  return `${type === "char" ? "c" : "b"}${toUnsigned(major!)}:${toUnsigned(minor!)}`;
}

/** Saturated at 64 bits, then cut to 32. */
function toUnsigned(digits: string): bigint {
  const largest = (1n << 64n) - 1n;
  const magnitude = BigInt(digits.replace(/^[+-]/, ""));
  if (magnitude > largest) return BigInt.asUintN(32, largest);
  return BigInt.asUintN(32, digits.startsWith("-") ? -magnitude : magnitude);
}
