import { type ClientHttp2Session, connect } from "node:http2";

/** The flow-control window of a response: smaller than Envoy's default `initial_stream_window_size`. */
const WINDOW = 1024 * 1024;

/** The HTTP/2 connections to upstreams, one per upstream. */
export class Http2Sessions {
  readonly #sessions = new Map<string, ClientHttp2Session>();

  /** The connection to an upstream; a new one if there is none, or it takes no more requests. */
  to({ host }: URL): ClientHttp2Session {
    const current = this.#sessions.get(host);
    if (current && !current.closed && !current.destroyed) return current;
    const session = connect(`http://${host}`, { settings: { enablePush: false, initialWindowSize: WINDOW } });
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
