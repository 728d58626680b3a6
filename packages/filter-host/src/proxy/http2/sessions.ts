import { type ClientHttp2Session, connect } from "node:http2";

/** How much of a response may be on its way before it is read: Envoy's default `initial_stream_window_size` of an upstream is larger. */
const WINDOW = 1024 * 1024;

/** The HTTP/2 connections to upstreams, one to each. */
export class Http2Sessions {
  readonly #sessions = new Map<string, ClientHttp2Session>();

  /** The connection to an upstream; a new one if there is none yet or it takes no more requests. */
  to({ host }: URL): ClientHttp2Session {
    const known = this.#sessions.get(host);
    if (known && !known.closed && !known.destroyed) return known;
    const session = connect(`http://${host}`, { settings: { enablePush: false, initialWindowSize: WINDOW } });
    // Each stream is told of what befalls its connection.
    session.on("error", () => {});
    session.unref();
    this.#sessions.set(host, session);
    return session;
  }

  /** Ends all connections. */
  close(): void {
    for (const session of this.#sessions.values()) session.destroy();
  }
}
