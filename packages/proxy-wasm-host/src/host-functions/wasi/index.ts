import type { HostFunction } from "../host-function.ts";
import { descriptorFunctions } from "./descriptors.ts";
import { pathFunctions } from "./paths.ts";
import { processFunctions } from "./process.ts";
import { socketFunctions } from "./sockets.ts";

/** WASI: time, randomness, environment variables and logging work as in Envoy; everything else has no effect (proxy-wasm-cpp-host, src/exports.cc). */
export const wasiFunctions: readonly HostFunction[] = [
  processFunctions,
  descriptorFunctions,
  pathFunctions,
  socketFunctions,
].flat();
