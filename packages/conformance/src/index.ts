export type { EnvoyFilter, EnvoyListener } from "./envoy/bootstrap.ts";
export { type FoundEnvoy, findEnvoy } from "./envoy/find.ts";
export type { EnvoyLine } from "./envoy/log.ts";
export { type Envoy, type EnvoyOptions, startEnvoy } from "./envoy/start.ts";
export { type Httpbin, startHttpbin } from "./httpbin.ts";
export { ensurePython, type Missing, type Python } from "./python.ts";
