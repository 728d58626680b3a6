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
  readonly source: Peer;
  readonly destination: Peer;
  readonly state: FilterState;
}

/** The upstream's part in a stream; times in milliseconds of `performance.now()`. */
interface UpstreamInfo {
  readonly peer: Peer;
  readonly asked: number;
  /** This side of the connection, and since when it is there. */
  local?: Peer;
  ready?: number;
  /** When the whole response had come. */
  answered?: number;
}

const NOWHERE: Peer = { address: "", port: 0 };

/** A connection of nobody. */
export const noConnection = (): Connection => ({
  id: 0,
  source: NOWHERE,
  destination: NOWHERE,
  state: new FilterState(),
});

/** What is known of a stream; grows as it goes on. */
export class StreamInfo {
  /** Milliseconds since 1970. */
  readonly startTime = Date.now();
  /** The client's method, whatever filters make of it. */
  readonly method: string;
  readonly protocol: string | undefined;
  readonly connection: Connection;
  readonly state: FilterState;
  /** What is kept of the stream for those who look, if anything is. */
  readonly record: StreamRecord | undefined;
  readonly #started = performance.now();
  upstream: UpstreamInfo | undefined;
  requestHeaders: HeaderMap | undefined;
  responseHeaders: HeaderMap | undefined;
  responseTrailers: HeaderMap | undefined;
  /** Bytes of the body that came from the client. */
  requestSize = 0;
  /** Bytes of the body that went to the client. */
  responseSize = 0;
  responseCodeDetails: string | undefined;
  /** Milliseconds from the beginning to the end, once that has come. */
  duration: number | undefined;

  /**
   * @param protocol undefined for TCP
   * @param record takes down what happens to it, if anything does
   */
  constructor(connection: Connection, protocol?: string, method = "GET", record?: StreamRecord) {
    this.record = record;
    this.connection = connection;
    this.method = method;
    this.protocol = protocol;
    this.state = new FilterState(connection.state);
  }

  /** The request goes to an upstream. */
  routed(peer: Peer): void {
    this.upstream = { peer, asked: performance.now() };
  }

  /** The connection to the upstream is there. */
  connected(local: Peer): void {
    if (this.upstream) Object.assign(this.upstream, { local, ready: performance.now() });
  }

  /** The whole response has come from the upstream. */
  answered(): void {
    if (this.upstream) this.upstream.answered = performance.now();
  }

  /** The stream is over. */
  complete(): void {
    this.duration = performance.now() - this.#started;
  }
}
