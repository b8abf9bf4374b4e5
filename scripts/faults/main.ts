/**
 * Kills runs, lets the system fail them, and starts many at once.
 *
 *     scripts/torture [--seed N] [--kills N] [--rounds N] [kill | full | race]…
 */
// @ts-types="../std_cli.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { startRandom } from "../../tests/support/random.ts";
import { testFaults } from "./full.ts";
import { testKills } from "./kill.ts";
import { testRaces } from "./race.ts";
import { Checks, withWork } from "./support.ts";

function refuse(argument: string): never {
  console.error(`scripts/torture: there is no ${argument}`);
  Deno.exit(2);
}

const options = parseArgs(Deno.args, {
  string: ["seed", "kills", "rounds", "_"],
  default: { seed: "1", kills: "1000", rounds: "50" },
  unknown: (argument, key) => key === undefined || refuse(argument),
});
const parts = options._.length > 0 ? options._ : ["kill", "full", "race"];
const checks = new Checks();
const random = startRandom(Number(options.seed));
await withWork(async (work) => {
  for (const part of parts) {
    const given = { work, checks, random };
    if (part === "kill") await testKills({ ...given, kills: Number(options.kills) });
    else if (part === "full") await testFaults(given);
    else if (part === "race") await testRaces({ ...given, rounds: Number(options.rounds) });
    else refuse(`part ${part}`);
  }
});
console.log(checks.summary);
Deno.exit(checks.failed === 0 ? 0 : 1);
