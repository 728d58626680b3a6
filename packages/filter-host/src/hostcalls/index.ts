import type { HostFunction } from "../host-function.ts";
import { bufferFunctions } from "./buffers.ts";
import { headerFunctions } from "./headers.ts";
import { logFunctions } from "./log.ts";
import { metricFunctions } from "./metrics.ts";

/** The functions of the import module `env`, by name. */
export const HOST_FUNCTIONS: ReadonlyMap<string, HostFunction> = new Map(
  [logFunctions, headerFunctions, bufferFunctions, metricFunctions].flat().map((fn) => [fn.name, fn]),
);
