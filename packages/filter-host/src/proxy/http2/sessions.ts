import { type ClientHttp2Session, connect } from "node:http2";
import type { Socket } from "node:net";
import { connectTls, type TlsOptions } from "../../net/connect.ts";

/** The flow-control window of a response: smaller than Envoy's default `initial_stream_window_size`. */
const WINDOW = 1024 * 1024;

/** The HTTP/2 connections to upstreams, one per upstream. */
export class Http2Sessions {
  readonly #sessions = new Map<string, ClientHttp2Session>();
  readonly #tls: TlsOptions;

  constructor(tls: TlsOptions = {}) {
    this.#tls = tls;
  }

  /** Whether there is a connection to an upstream that takes requests. */
  has({ host }: URL): boolean {
    const current = this.#sessions.get(host);
    return current !== undefined && !current.closed && !current.destroyed;
  }

  /** The connection to an upstream; a new one if there is none, or it takes no more requests. */
  to(upstream: URL): ClientHttp2Session {
    const current = this.#sessions.get(upstream.host);
    if (current && this.has(upstream)) return current;
    return this.#open(upstream, upstream.protocol === "https:" ? connectTls(upstream, this.#tls, ["h2"]) : undefined);
  }

  /** Uses a connection that has chosen HTTP/2. */
  adopt(upstream: URL, socket: Socket): void {
    this.#open(upstream, socket);
  }

  #open(upstream: URL, socket: Socket | undefined): ClientHttp2Session {
    const { host } = upstream;
    const session = connect(`http://${host}`, {
      settings: { enablePush: false, initialWindowSize: WINDOW },
      ...(socket && { createConnection: () => socket }),
    });
    // Each stream reports the errors of its connection.
    session.on("error", () => {});
    session.unref();
    this.#sessions.set(host, session);
    return session;
  }

  /** Closes all connections. */
  close(): void {
    for (const session of this.#sessions.values()) session.destroy();
  }
}
