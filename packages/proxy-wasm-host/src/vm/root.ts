import type { Pair } from "../abi/pairs.ts";
import type { Status } from "../abi/status.ts";
import type { QueueListener } from "../shared/shared-queues.ts";
import type { Prototype } from "../streams/filter-state.ts";

/** How a call-out ended: a gRPC status or one of Proxy-Wasm's, and a message. */
export interface CallStatus {
  readonly code: number;
  readonly message: string;
}

/** A gRPC method to call. */
export interface GrpcMethod {
  /** As {@link grpcTarget} reads it. */
  readonly target: Uint8Array;
  readonly service: string;
  readonly method: string;
  readonly metadata: readonly Pair[];
}

/** Sends a plugin's HTTP call-outs. */
export interface HttpCaller {
  /** @returns the token that the callback gets; undefined where Envoy answers BAD_ARGUMENT */
  start(cluster: string, headers: readonly Pair[], body: Uint8Array, timeout: number): number | undefined;
}

/** Makes a plugin's gRPC calls and streams. */
export interface GrpcCaller {
  call(method: GrpcMethod, message: Uint8Array, timeout: number): { readonly token: number } | Status;
  stream(method: GrpcMethod): { readonly token: number } | Status;
  send(token: number, message: Uint8Array, end: boolean): Status;
  close(token: number): Status;
  cancel(token: number): Status;
}

/** A plugin's root context, to which call-outs, ticks and queues belong. */
export interface Root extends QueueListener {
  readonly status: CallStatus;
  /** The properties that it has declared. */
  readonly prototypes: ReadonlyMap<string, Prototype>;
  readonly httpCalls: HttpCaller;
  readonly grpcCalls: GrpcCaller;
  /** Calls `proxy_on_tick` every so many milliseconds; 0 stops that. */
  setTickPeriod(milliseconds: number): void;
}
