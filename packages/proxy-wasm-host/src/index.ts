// The ABI: callbacks, statuses, pairs, the signatures of host functions.
export { callbackParameters } from "./abi/callbacks.ts";
export { type Enum, type LogLevelName, type LogThreshold, MetricType, nameOf } from "./abi/enums.ts";
export { ENVOY_VERSIONS, type EnvoyVersion, envoyVersion, NEWEST_ENVOY } from "./abi/envoy-version.ts";
export { hostFunctionNamed } from "./abi/host-functions.ts";
export { decodePairs, encodePairs, PAIRS_MAX_BYTES, PAIRS_MAX_COUNT, type Pair } from "./abi/pairs.ts";
export { type Form, isRun, type Secret } from "./abi/parameters.ts";
export type { Implementation, Signature } from "./abi/signature.ts";
export { Status } from "./abi/status.ts";
// What Envoy loads, as rules.
export { EXPORT_RULES } from "./check/export-rules.ts";
export { type Diagnosis, diagnosisIf, examine, type Finding, type Rule, type Severity } from "./check/finding.ts";
export { IMPORT_RULES } from "./check/import-rules.ts";
export { type Inspection, inspect } from "./check/inspection.ts";
export { MEMORY_RULES } from "./check/memory-rules.ts";
export { MODULE_RULES } from "./check/module-rules.ts";
// Filters without a proxy: where to start.
export { type Embedded, type EmbeddedStream, embed, type Passed, type StreamProgress } from "./embedded.ts";
// What is thrown, and why a plugin is not running.
export {
  EngineError,
  type ErrorCode,
  MemoryLimitError,
  MetricsLimitError,
  ModuleError,
  NoWatchdogError,
  RefusedError,
  TrapError,
  UnavailableError,
  UnknownPluginError,
} from "./errors.ts";
// HTTP messages, for a proxy around the filters.
export { Body } from "./http/body.ts";
export { grpcHeaders, grpcStatusOf } from "./http/grpc-reply.ts";
export { HeaderMap, lowerCase } from "./http/headers.ts";
export type { HeaderMapKind } from "./http/inline-headers.ts";
export { type LocalReply, localReply, replyHeaders } from "./http/local-reply.ts";
export type { Message } from "./http/message.ts";
export type { Compression } from "./platform/compression.ts";
// The platform: what the engine needs of a JavaScript runtime.
export { type Broken, brokenText, type Contain, containing, ignore, quietly } from "./platform/containment.ts";
export { fineClock } from "./platform/fine-clock.ts";
export type { Platform } from "./platform/platform.ts";
export type { Key, Signatures } from "./platform/signatures.ts";
export { standardPlatform } from "./platform/standard-platform.ts";
export type { Watchdog } from "./platform/watchdog.ts";
// The chain of plugins.
export { type FailPolicy, Plugin, type PluginOptions } from "./plugins/plugin.ts";
export { type ChainPluginOptions, Runtime, type RuntimeOptions } from "./plugins/runtime.ts";
export type { UnavailablePluginOptions } from "./plugins/unavailable-plugin.ts";
// What plugins share, also between threads.
export { Histogram } from "./shared/histogram.ts";
export { Metric, Metrics } from "./shared/metrics.ts";
export { SharedData } from "./shared/shared-data.ts";
export { type QueueListener, SharedQueues } from "./shared/shared-queues.ts";
export type { SharedState } from "./shared/state.ts";
export type { StatsTag } from "./shared/stats-tags.ts";
// Streams and connections, for a proxy around the filters.
export type { ChainPlugin, PluginState } from "./streams/chain.ts";
export { bufferLimit, Exchange, type Gone } from "./streams/exchange.ts";
export type { Filter, Receiver, StreamHandle, Verdict } from "./streams/filter.ts";
export { FilterState } from "./streams/filter-state.ts";
export { ResponseFlag } from "./streams/response-flags.ts";
export { type Connection, noConnection, type Peer, StreamInfo } from "./streams/stream-info.ts";
export type { EndedStream, StreamRecord } from "./streams/stream-record.ts";
export { CloseType, type TcpFilter, type TcpHandle } from "./streams/tcp-filter.ts";
// Traces: each call between host and module.
export { traceText } from "./trace/trace-text.ts";
export type { TraceEvent } from "./trace/tracer.ts";
// Services that modules can call, logs, and observers.
export { type Answer, answering } from "./vm/answering.ts";
export {
  type CallRequest,
  type CallResponse,
  type Clusters,
  type GrpcEvents,
  type GrpcHandle,
  type GrpcRequest,
  noClusters,
} from "./vm/clusters.ts";
export type { Context } from "./vm/context.ts";
export { isCrashWarning } from "./vm/crash-warning.ts";
export type { LogLine } from "./vm/log-line.ts";
export type { ObservedVm, Observer } from "./vm/observer.ts";
export type { Memory } from "./wasm/memory.ts";
