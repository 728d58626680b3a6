import type { AbiVersion } from "../../abi/version.ts";
import type { HostFunction } from "../host-function.ts";
import { bufferFunctions } from "./buffers.ts";
import { emscriptenFunctions } from "./emscripten.ts";
import { foreignFunctions } from "./foreign.ts";
import { grpcCallFunctions } from "./grpc-call.ts";
import { headerFunctions } from "./headers.ts";
import { httpCallFunctions } from "./http-call.ts";
import { legacyFunctions } from "./legacy.ts";
import { localResponseFunctions } from "./local-response.ts";
import { logFunctions } from "./log.ts";
import { metricFunctions } from "./metrics.ts";
import { propertyFunctions } from "./properties.ts";
import { sharedDataFunctions } from "./shared-data.ts";
import { sharedQueueFunctions } from "./shared-queue.ts";
import { statusFunctions } from "./status.ts";
import { streamFunctions } from "./stream.ts";
import { timeFunctions } from "./time.ts";

/** Functions that only some versions of the ABI have (proxy-wasm-cpp-host, src/wasm.cc, registerCallbacks). */
const ONLY: Readonly<Record<string, readonly AbiVersion[]>> = {
  proxy_get_configuration: ["0.1.0"],
  proxy_continue_request: ["0.1.0"],
  proxy_continue_response: ["0.1.0"],
  proxy_clear_route_cache: ["0.1.0"],
  proxy_continue_stream: ["0.2.0", "0.2.1"],
  proxy_close_stream: ["0.2.0", "0.2.1"],
  proxy_get_log_level: ["0.2.1"],
};

/** The functions of the import module `env`. */
const HOST_FUNCTIONS: readonly HostFunction[] = [
  logFunctions,
  statusFunctions,
  propertyFunctions,
  localResponseFunctions,
  sharedDataFunctions,
  sharedQueueFunctions,
  headerFunctions,
  bufferFunctions,
  httpCallFunctions,
  grpcCallFunctions,
  timeFunctions,
  metricFunctions,
  streamFunctions,
  foreignFunctions,
  legacyFunctions,
  emscriptenFunctions,
].flat();

/** The functions of the import module `env` under one version of the ABI. */
export function hostFunctionsOf(abi: AbiVersion): readonly HostFunction[] {
  return HOST_FUNCTIONS.filter(({ name }) => ONLY[name]?.includes(abi) ?? true);
}
