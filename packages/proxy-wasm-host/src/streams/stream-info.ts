import type { HeaderMap } from "../http/headers.ts";
import { FilterState } from "./filter-state.ts";
import type { StreamRecord } from "./stream-record.ts";

/** An address and a port. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** A client's connection. */
export interface Connection {
  readonly id: number;
  /** The client's address. */
  readonly source: Peer;
  /** The address that the client has connected to. */
  readonly destination: Peer;
  /** The properties that filters have set on the connection. */
  readonly state: FilterState;
}

/** A stream's upstream; times in milliseconds of `performance.now()`. */
interface UpstreamInfo {
  readonly peer: Peer;
  readonly asked: number;
  /** This side of the connection, and when it was ready. */
  readonly local?: Peer;
  readonly ready?: number;
  /** When the response was complete. */
  readonly answered?: number;
  /** Why the connection failed, in Envoy's words. */
  readonly failure?: string;
}

const NOWHERE: Peer = { address: "", port: 0 };

/** Creates the connection of a stream that has no client, with empty addresses. */
export const noConnection = (): Connection => ({
  id: 0,
  source: NOWHERE,
  destination: NOWHERE,
  state: new FilterState(),
});

/** What is known about a stream; more is added while it runs. */
export class StreamInfo {
  /** Milliseconds since 1970. */
  readonly startTime = Date.now();
  /** The method as the client has sent it. */
  readonly method: string;
  /** `HTTP/1.1`, `HTTP/2`; undefined for TCP. */
  readonly protocol: string | undefined;
  readonly connection: Connection;
  readonly state: FilterState;
  /** Records what happens to the stream. */
  readonly record: StreamRecord | undefined;
  readonly #started = performance.now();
  upstream: UpstreamInfo | undefined;
  requestHeaders: HeaderMap | undefined;
  responseHeaders: HeaderMap | undefined;
  responseTrailers: HeaderMap | undefined;
  /** The response's status when it came, and, once it has passed the filters, the one that the client gets. */
  responseCode: number | undefined;
  /** Bytes of the body that came from the client. */
  requestSize = 0;
  /** Bytes of the body that went to the client. */
  responseSize = 0;
  responseCodeDetails: string | undefined;
  /** The bits of `ResponseFlag` that apply. */
  responseFlags = 0;
  /** How often the request was sent to an upstream. */
  attempts = 0;
  /** Milliseconds from the start to the end; undefined until the end. */
  duration: number | undefined;

  /**
   * @param connection the client's connection
   * @param protocol `HTTP/1.1`, `HTTP/2`; undefined for TCP
   * @param method the client's method
   * @param record records what happens to the stream
   */
  constructor(connection: Connection, protocol?: string, method = "GET", record?: StreamRecord) {
    this.record = record;
    this.connection = connection;
    this.method = method;
    this.protocol = protocol;
    this.state = new FilterState(connection.state);
  }

  /** The request is sent to an upstream, for the first time or again. */
  routed(peer: Peer): void {
    this.attempts++;
    this.upstream = { peer, asked: performance.now() };
  }

  /** The connection to the upstream is ready. */
  connected(local: Peer): void {
    if (this.upstream) this.upstream = { ...this.upstream, local, ready: performance.now() };
  }

  /** The connection to the upstream has failed. @param failure why, in Envoy's words */
  disconnected(failure: string): void {
    if (this.upstream) this.upstream = { ...this.upstream, failure };
  }

  /** The upstream has no host that the request could be sent to. */
  unrouted(): void {
    this.upstream = undefined;
  }

  /** The upstream's response is complete. */
  answered(): void {
    if (this.upstream) this.upstream = { ...this.upstream, answered: performance.now() };
  }

  /** The stream has ended. */
  complete(): void {
    this.duration = performance.now() - this.#started;
  }
}
