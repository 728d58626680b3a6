import type { Pair } from "../abi/pairs.ts";
import type { HeaderMap } from "../http/headers.ts";

/** An HTTP call-out of a module. */
export interface CallRequest {
  /** With the pseudo-headers. */
  readonly headers: HeaderMap;
  readonly body: Uint8Array;
  /** Milliseconds from the end of the request to the end of the response; 0 for no limit. */
  readonly timeout: number;
}

/** The response to an HTTP call-out. */
export interface CallResponse {
  readonly headers: HeaderMap;
  readonly body: Uint8Array;
  readonly trailers: HeaderMap | undefined;
}

/** Is told what a gRPC call or stream receives, in this order; `closed` comes once, last. */
export interface GrpcEvents {
  initialMetadata(metadata: HeaderMap): void;
  message(bytes: Uint8Array): void;
  trailingMetadata(metadata: HeaderMap): void;
  closed(status: number, message: string): void;
}

/** A gRPC call or stream that a module opens. */
export interface GrpcRequest {
  /** The host and port, or the cluster's name. */
  readonly authority: string;
  /** `/SERVICE/METHOD` */
  readonly path: string;
  readonly metadata: readonly Pair[];
  /** Milliseconds from the end of the request to the end of the response; undefined for no limit. */
  readonly timeout?: number | undefined;
}

/** An open gRPC call or stream. */
export interface GrpcHandle {
  /** @param end whether this is the last message */
  send(message: Uint8Array, end: boolean): void;
  /** Ends the sending side. */
  halfClose(): void;
  /** Cancels the call: no event comes after this. */
  reset(): void;
}

/** The services that modules can call, by name. */
export interface Clusters {
  /** @returns where a service is; undefined if there is none of that name */
  find(name: string): URL | undefined;
  /**
   * Sends a request.
   *
   * @param done is called once, perhaps before this returns: with the response, or without one if the connection was reset
   * @returns cancels the request: `done` is not called after this
   */
  send(url: URL, request: CallRequest, done: (response?: CallResponse) => void): () => void;
  /** Opens a gRPC call or stream; events come after this has returned. */
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
