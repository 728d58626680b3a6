import type { Agent } from "node:http";
import type { ClientHttp2Session } from "node:http2";
import type { Broken, HeaderMap, LocalReply, Peer, Receiver } from "proxy-wasm-host";

/** What comes back from an upstream. */
export interface UpstreamEvents {
  headers(headers: HeaderMap, end: boolean): void;
  data(bytes: Buffer, end: boolean): boolean;
  trailers(trailers: HeaderMap): void;
  /** There is no response, or not all of it; the answer to give if none has begun. */
  failed(reply: LocalReply, error?: Error): void;
  /** The connection is there; its address at this side. */
  connected?(local: Peer): void;
  /** The upstream takes more of the request's body again. */
  unblocked(): void;
  /** Something was thrown where the upstream was heard; it is closed. */
  readonly broken: Broken;
}

/** Sends a request to an upstream and takes its response. */
export interface UpstreamEnd extends Receiver {
  /** The client takes more of the response again. */
  resume(): void;
  /** Ends it, whatever it was doing. */
  close(): void;
}

/** Where requests go and how. */
export interface UpstreamOptions {
  readonly agent: Agent;
  /** Connections over HTTP/2. */
  readonly sessions: { to(upstream: URL): ClientHttp2Session };
  readonly upstream: URL;
  /** Milliseconds from the request's end to the response's; 0: no limit. */
  readonly timeout: number;
}
