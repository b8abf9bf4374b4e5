/**
 * Reports of the program, judged by the schema that is shipped with it.
 *
 * @module
 */
import { Ajv, type ValidateFunction } from "ajv";
import { assert, assertEquals } from "./assert.ts";

const SCHEMA = new URL("../../scripts/package/report.schema.json", import.meta.url);

/** What the tests use of a report on one tree. */
export interface ReportedTree {
  readonly kernel: string | null;
  readonly tree: string | null;
  readonly output: string | null;
  readonly outcome: string;
  readonly changed: boolean;
  readonly replaced: readonly string[];
  readonly stages: Readonly<Record<string, number>>;
  readonly bytes: { readonly modules: number | null; readonly files: number | null };
  readonly found:
    | { readonly modules: number; readonly read: number; readonly cached: number }
    | null;
  readonly messages: readonly ReportedMessage[];
  readonly contested: readonly {
    readonly name: string;
    readonly winner: string;
    readonly losers: readonly {
      readonly path: string;
      readonly lostTo: string;
      readonly rule: string;
    }[];
  }[];
  readonly modules: readonly ReportedModule[] | null;
}

/** A message in a report. */
export interface ReportedMessage {
  readonly level: string;
  readonly code: string;
  readonly module?: string;
  readonly text: string;
}

/** A module in a report. */
export interface ReportedModule {
  readonly path: string;
  readonly name: string;
  readonly compression: string;
  readonly size: number | null;
  readonly cached: boolean;
  readonly aliases: number;
  readonly symbols: number;
  readonly dependencies: readonly string[];
  readonly softDependencies: readonly string[];
  readonly weakDependencies: readonly string[];
}

/** A report on one tree. */
export interface Report extends ReportedTree {
  readonly exitStatus: number;
  readonly milliseconds: number;
  readonly readers: number;
}

/** A report on all trees of a module directory. */
export interface ReportOfAll extends Pick<Report, "exitStatus" | "messages"> {
  readonly kernels: readonly ReportedTree[];
}

let validate: ValidateFunction | undefined;

function compileSchema(): ValidateFunction {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
  return ajv.compile(JSON.parse(Deno.readTextFileSync(SCHEMA)));
}

/** What a validator has to say against a value as a report; nothing for a valid one. */
export function findFaults(report: unknown): string[] {
  validate ??= compileSchema();
  if (validate(report)) return [];
  return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The report in a text, which is valid, and tells this exit status. */
export function parseReport<Kind = Report>(text: string, status: number): Kind {
  const report = JSON.parse(text);
  assertEquals(findFaults(report), []);
  assertEquals(report.exitStatus, status, "exit status");
  return report;
}

/** The text of `modules.dep` by what the report tells of dependencies. */
export function renderDep({ modules }: Pick<Report, "modules">): string {
  assert(modules !== null, "the report has no modules");
  return modules.map(({ path, dependencies }) => {
    return `${[`${path}:`, ...dependencies].join(" ")}\n`;
  }).join("");
}
