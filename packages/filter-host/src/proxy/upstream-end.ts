import type { Broken, HeaderMap, LocalReply, Peer, Receiver } from "proxy-wasm-host";
import type { ConnectionPool } from "./http1-codec/connection-pool.ts";

/** The events of an upstream. */
export interface UpstreamEvents {
  headers(headers: HeaderMap, end: boolean): void;
  data(bytes: Buffer, end: boolean): boolean;
  trailers(trailers: HeaderMap): void;
  /** An interim response (1xx) has arrived. */
  informed?(status: number): void;
  /** There is no complete response; `reply` is the answer if none has started. */
  failed(reply: LocalReply, error?: Error): void;
  /** The connection is established; `local` is its local address. */
  connected?(local: Peer): void;
  /** The upstream accepts more of the request's body. */
  unblocked(): void;
  /** A listener to the upstream has thrown; the upstream is closed. */
  readonly broken: Broken;
}

/** Sends a request to an upstream and receives its response. */
export interface UpstreamEnd extends Receiver {
  /** The client accepts more of the response. */
  resume(): void;
  /** Aborts the request if its response is not complete. */
  close(): void;
}

/** How requests reach an upstream of HTTP/1. */
export interface UpstreamOptions {
  readonly pool: ConnectionPool;
  readonly upstream: URL;
}
