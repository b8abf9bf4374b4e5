/**
 * The stages of the program that the fuzzer tries. Tests put broken ones in their place.
 *
 * @module
 */
import { parseOptions } from "../../lib/cli/parse_options.ts";
import { makePlan } from "../../lib/cli/plan.ts";
import { parseConfig } from "../../lib/discover/config.ts";
import { orderModules } from "../../lib/discover/order.ts";
import { selectModules } from "../../lib/discover/select.ts";
import type { Facts } from "../../lib/model.ts";
import { Extractor } from "../../lib/read/extract.ts";
import { renderModel, renderStrings } from "../../lib/render/files.ts";
import { parseSymvers, parseSystemMap } from "../../lib/resolve/kernel_symbols.ts";
import { resolve } from "../../lib/resolve/resolve.ts";
import { DEFAULT_MODULE_SIZE, DEFAULT_MODULE_TIMEOUT } from "../../lib/cli/options.ts";

/** Reads modules, one after the other. */
export interface Reader {
  read(paths: readonly string[]): Promise<void>;
  finish(): Facts;
}

/** The stages. */
export const STAGES = {
  startReader: (): Reader =>
    new Extractor({
      maxModuleSize: DEFAULT_MODULE_SIZE,
      moduleTimeout: DEFAULT_MODULE_TIMEOUT,
      detailed: true,
    }),
  parseConfig,
  selectModules,
  orderModules,
  parseSymvers,
  parseSystemMap,
  resolve,
  renderStrings,
  renderModel,
  parseOptions,
  makePlan,
};

/** Stages of which any may be another one. */
export type Stages = typeof STAGES;
