// Filters without a proxy around them.

// What is called, and with what.
export { callbackParameters } from "./abi/callbacks.ts";
export { type Enum, MetricType, nameOf } from "./abi/enums.ts";
export { ENVOY_VERSIONS, type EnvoyVersion, envoyVersion, NEWEST_ENVOY } from "./abi/envoy-version.ts";
export { hostFunctionNamed } from "./abi/host-functions.ts";
export { decodePairs, encodePairs, PAIRS_MAX_BYTES, PAIRS_MAX_COUNT, type Pair } from "./abi/pairs.ts";
export { type Form, isRun, type Secret } from "./abi/parameters.ts";
export type { Implementation, Signature } from "./abi/signature.ts";
export { Status } from "./abi/status.ts";
// What Envoy loads.
export { EXPORT_RULES } from "./check/export-rules.ts";
export { type Diagnosis, diagnosisIf, examine, type Finding, type Rule, type Severity } from "./check/finding.ts";
export { IMPORT_RULES } from "./check/import-rules.ts";
export { type Inspection, inspect } from "./check/inspection.ts";
export { MEMORY_RULES } from "./check/memory-rules.ts";
export { MODULE_RULES } from "./check/module-rules.ts";
export { type Embedded, type EmbeddedStream, embed, type Message } from "./embedded.ts";
// A proxy around the filters.
export { Body } from "./http/body.ts";
export { grpcHeaders, grpcStatusOf } from "./http/grpc-reply.ts";
export { HeaderMap, lowerCase } from "./http/headers.ts";
export type { HeaderMapKind } from "./http/inline-headers.ts";
export { type LocalReply, localReply, replyHeaders } from "./http/local-reply.ts";
export type { Compression } from "./platform/compression.ts";
// What a platform gives.
export { type Broken, brokenText, type Contain, containing, ignore, quietly } from "./platform/containment.ts";
export type { Platform } from "./platform/platform.ts";
export type { Key, Signatures } from "./platform/signatures.ts";
export { standardPlatform } from "./platform/standard-platform.ts";
export type { Watchdog } from "./platform/watchdog.ts";
export { type FailPolicy, Plugin, type PluginOptions } from "./plugins/plugin.ts";
export { type ChainPluginOptions, Runtime, type RuntimeOptions } from "./plugins/runtime.ts";
export type { UnavailablePluginOptions } from "./plugins/unavailable-plugin.ts";
// What the filters of several threads share.
export { Histogram } from "./shared/histogram.ts";
export { Metric, Metrics } from "./shared/metrics.ts";
export { SharedData } from "./shared/shared-data.ts";
export { type QueueListener, SharedQueues } from "./shared/shared-queues.ts";
export type { SharedState } from "./shared/state.ts";
export type { ChainPlugin, PluginState } from "./streams/chain.ts";
export { Exchange } from "./streams/exchange.ts";
export type { Filter, Receiver, StreamHandle, Verdict } from "./streams/filter.ts";
export { FilterState } from "./streams/filter-state.ts";
export { type Connection, noConnection, type Peer, StreamInfo } from "./streams/stream-info.ts";
export type { EndedStream, StreamRecord } from "./streams/stream-record.ts";
export { CloseType, type TcpFilter, type TcpHandle } from "./streams/tcp-filter.ts";
export { traceText } from "./trace/trace-text.ts";
export type { TraceEvent } from "./trace/tracer.ts";
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
export type { LogLine } from "./vm/log-line.ts";
export type { ObservedVm, Observer } from "./vm/observer.ts";
export type { Memory } from "./wasm/memory.ts";
