import type { AbiVersion } from "../abi/version.ts";
import type { HostFunction } from "../host-function.ts";
import { bufferFunctions } from "./buffers.ts";
import { foreignFunctions } from "./foreign.ts";
import { grpcCallFunctions } from "./grpc-call.ts";
import { headerFunctions } from "./headers.ts";
import { httpCallFunctions } from "./http-call.ts";
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
const SINCE: Readonly<Record<string, AbiVersion>> = {
  proxy_get_log_level: "0.2.1",
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
].flat();

/** The functions of the import module `env` under one version of the ABI. */
export function hostFunctionsOf(abi: AbiVersion): readonly HostFunction[] {
  return HOST_FUNCTIONS.filter(({ name }) => (SINCE[name] ?? abi) <= abi);
}
