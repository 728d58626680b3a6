export { Status } from "./abi/status.ts";
export { type Host, type HostOptions, type HostPort, startHost } from "./host.ts";
export type { PluginOptions } from "./plugin.ts";
export type { LogLine } from "./services.ts";
export type { TraceEvent } from "./trace.ts";
