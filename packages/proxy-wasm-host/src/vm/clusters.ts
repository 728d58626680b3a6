import type { Pair } from "../abi/pairs.ts";
import type { HeaderMap } from "../http/headers.ts";

/** A request that a module sends to another service. */
export interface CallRequest {
  /** Pseudo-headers among them. */
  readonly headers: HeaderMap;
  readonly body: Uint8Array;
  /** Milliseconds from the request's end to the response's; 0: no limit. */
  readonly timeout: number;
}

/** The whole response to such a request. */
export interface CallResponse {
  readonly headers: HeaderMap;
  readonly body: Uint8Array;
  readonly trailers: HeaderMap | undefined;
}

/** What a gRPC stream brings, in this order; `closed` comes once, last. */
export interface GrpcEvents {
  initialMetadata(metadata: HeaderMap): void;
  message(bytes: Uint8Array): void;
  trailingMetadata(metadata: HeaderMap): void;
  closed(status: number, message: string): void;
}

export interface GrpcRequest {
  readonly authority: string;
  /** `/SERVICE/METHOD` */
  readonly path: string;
  readonly metadata: readonly Pair[];
  /** Milliseconds from the request's end to the response's; undefined for a stream, which has all the time. */
  readonly timeout?: number | undefined;
}

/** A gRPC call under way. */
export interface GrpcHandle {
  /** Sends a message, perhaps the last one. */
  send(message: Uint8Array, end: boolean): void;
  /** Sends no more messages. */
  halfClose(): void;
  /** Cancels the call; nothing more is told of it. */
  reset(): void;
}

/** The services that modules may call, by name. */
export interface Clusters {
  /** Where a service is, or undefined if there is none of that name. */
  find(name: string): URL | undefined;
  /**
   * Sends a request.
   *
   * @param done told once, perhaps before this returns: the response, or undefined if it was cut short
   * @returns what cancels it: then `done` is not told
   */
  send(url: URL, request: CallRequest, done: (response?: CallResponse) => void): () => void;
  /** Begins a gRPC call. */
  openGrpc(url: URL, request: GrpcRequest, events: GrpcEvents): GrpcHandle;
  /** Ends all connections. */
  close(): void;
}

/** No services. */
export const noClusters: Clusters = {
  find: () => undefined,
  send: () => () => {},
  openGrpc: () => ({ send: () => {}, halfClose: () => {}, reset: () => {} }),
  close: () => {},
};
