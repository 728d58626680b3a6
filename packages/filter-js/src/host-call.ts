import type { Host } from "./host.ts";

/** The Proxy-Wasm functions that most filters don't use: numbers by which both engines know them. */
export const HostFunction = {
  GetStatus: 0,
  GetLogLevel: 1,
  SetProperty: 2,
  SendLocalResponse: 3,
  GetHeaderMapSize: 4,
  SetHeaderMapPairs: 5,
  GetBufferStatus: 6,
  GetSharedData: 7,
  SetSharedData: 8,
  RegisterSharedQueue: 9,
  ResolveSharedQueue: 10,
  DequeueSharedQueue: 11,
  EnqueueSharedQueue: 12,
  HttpCall: 13,
  GrpcCall: 14,
  GrpcStream: 15,
  GrpcSend: 16,
  GrpcClose: 17,
  GrpcCancel: 18,
  SetTickPeriod: 19,
  ContinueStream: 20,
  CloseStream: 21,
  SetEffectiveContext: 22,
  Done: 23,
  CallForeignFunction: 24,
} as const;
export type HostFunction = (typeof HostFunction)[keyof typeof HostFunction];

/** What {@link HostCall} returns: a status, a number (a token, an id, a size) and bytes; 0 and none where the function gives nothing. */
export type Answer = readonly [status: number, number: number, bytes: Uint8Array];

/** Calls one of {@link HostFunction} with up to two numbers (32 bits) and up to five byte strings, in the order of its parameters; those that are undefined at the end are not given. */
export type HostCall = (
  which: HostFunction,
  first: number,
  second: number,
  ...bytes: (Uint8Array | undefined)[]
) => Answer;

/** Takes the answer of an HTTP call. */
export type HttpCallHandler = (headers: number, bodySize: number, trailers: number) => void;

/** Takes what a gRPC call or stream receives. */
export interface GrpcHandler {
  /** A message has arrived: read it from `CallBuffer.GrpcReceive`. A call without a stream ends with it. */
  onMessage?(size: number): void;
  /** The stream has ended, or the call has failed; `getStatus` gives the message. @param status gRPC's status code */
  onClose?(status: number): void;
  /** Metadata has arrived: read it from `CallMap.GrpcInitialMetadata`. */
  onInitialMetadata?(count: number): void;
  /** Metadata has arrived: read it from `CallMap.GrpcTrailingMetadata`. */
  onTrailingMetadata?(count: number): void;
}

/** The host of filters that use more than {@link Host} has; the build gives it to those. */
export interface CallingHost extends Host {
  readonly hostCall: HostCall;
  /** The context that the filter acts on: the root context of a plugin, or a stream. */
  context(): number;
  /** Keeps the handler of a call-out for the context that made it. */
  expectHttp(token: number, handler: HttpCallHandler): void;
  /** @param once whether the first message ends it */
  expectGrpc(token: number, handler: GrpcHandler, once: boolean): void;
}

/** The host, as the functions beside it see it. */
export function calling(host: Host): CallingHost {
  if ("hostCall" in host) return host as CallingHost;
  throw new TypeError("this host has only the functions of Host: build the filter with this package's engines");
}
