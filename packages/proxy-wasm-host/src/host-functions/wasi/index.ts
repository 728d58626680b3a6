import type { HostFunction } from "../host-function.ts";
import { descriptorFunctions } from "./descriptors.ts";
import { pathFunctions } from "./paths.ts";
import { processFunctions } from "./process.ts";
import { socketFunctions } from "./sockets.ts";

/** The import modules under which Envoy offers WASI. */
export const WASI_MODULES = ["wasi_snapshot_preview1", "wasi_unstable"] as const;

/** WASI as Envoy offers it (proxy-wasm-cpp-host, src/exports.cc): time, randomness, environment, logging; the rest is refused. */
export const WASI_FUNCTIONS: readonly HostFunction[] = [
  processFunctions,
  descriptorFunctions,
  pathFunctions,
  socketFunctions,
].flat();
