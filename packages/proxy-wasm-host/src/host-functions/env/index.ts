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

/** The functions of the import module `env`, under all versions of the ABI. */
export const envFunctions: readonly HostFunction[] = [
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
