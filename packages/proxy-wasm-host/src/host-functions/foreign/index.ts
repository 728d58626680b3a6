import { Status } from "../../abi/status.ts";
import { compressionFunctions } from "./compression.ts";
import { expressionFunctions } from "./expressions.ts";
import { filterStateFunctions } from "./filter-state.ts";
import type { ForeignFunction } from "./function.ts";
import { signatureFunctions } from "./signatures.ts";

/** Envoy's foreign functions by name (envoyproxy/envoy, source/extensions/common/wasm/foreign.cc). */
export const FOREIGN_FUNCTIONS: ReadonlyMap<string, ForeignFunction> = new Map(
  Object.entries({
    ...signatureFunctions,
    ...compressionFunctions,
    ...filterStateFunctions,
    ...expressionFunctions,
    // There is one route, and it is not cached.
    clear_route_cache: () => Status.OK,
  }),
);
