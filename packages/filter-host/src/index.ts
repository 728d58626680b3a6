export type { HostPort } from "@wasm-header-filter/cli";
export { type Trial, tryModule } from "@wasm-header-filter/doctor";
export {
  type Embedded,
  type EmbeddedStream,
  type FailPolicy,
  type Finding,
  type Inspection,
  inspect,
  type LogLine,
  type Message,
  PAIRS_MAX_BYTES,
  PAIRS_MAX_COUNT,
  type Pair,
  type PluginOptions,
  Status,
  type TraceEvent,
} from "proxy-wasm-host";
export { type AppliedHost, type ApplyOptions, startApplied } from "./apply/apply.ts";
export type { Workload } from "./apply/workload.ts";
export { drainOnSignal } from "./drain-on-signal.ts";
export { type Host, startHost } from "./host.ts";
export type { HostOptions } from "./host-options.ts";
export { startOrExplain } from "./net/start-or-explain.ts";
export { nodePlatform } from "./platform/node-platform.ts";
export { embed, type NodeRuntimeOptions } from "./platform/node-runtime.ts";
