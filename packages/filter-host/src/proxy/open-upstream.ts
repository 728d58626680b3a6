import { type Broken, containing } from "proxy-wasm-host";
import type { Dialer } from "../net/dialer.ts";
import { Upstream } from "./http1/upstream.ts";
import { ConnectionPool } from "./http1-codec/connection-pool.ts";
import { Http2Sessions } from "./http2/sessions.ts";
import { Http2Upstream } from "./http2/upstream.ts";
import { NegotiatedUpstream } from "./negotiated-upstream.ts";
import { Negotiation } from "./negotiation.ts";
import type { UpstreamEnd, UpstreamEvents } from "./upstream-end.ts";

/** The connections to upstreams, kept for further requests. */
export class UpstreamConnections {
  readonly #pool: ConnectionPool;
  /** The connections over HTTP/2. */
  readonly sessions: Http2Sessions;
  readonly #negotiation: Negotiation;

  /** @param broken called with exceptions of the listeners to the connections */
  constructor(dialer: Dialer, broken: Broken) {
    const contain = containing(broken);
    this.#pool = new ConnectionPool((upstream) => dialer.http(upstream), contain);
    this.sessions = new Http2Sessions(dialer, contain);
    this.#negotiation = new Negotiation(dialer, this.sessions, contain);
  }

  /**
   * Opens an upstream's end of an exchange: HTTP/1.1 for `http://HOST:PORT`, HTTP/2 with prior knowledge for `h2c://HOST:PORT`, and over
   * TLS for `https://HOST:PORT` what the upstream chooses.
   */
  open(upstream: URL, events: UpstreamEvents): UpstreamEnd {
    const { sessions } = this;
    if (upstream.protocol === "h2c:") return new Http2Upstream({ sessions, upstream }, events);
    if (upstream.protocol !== "https:") return new Upstream({ pool: this.#pool, upstream }, events);
    return new NegotiatedUpstream(this.#negotiation, upstream, events, (protocol) =>
      protocol === "h2"
        ? new Http2Upstream({ sessions, upstream }, events)
        : new Upstream({ pool: this.#negotiation.http1, upstream }, events),
    );
  }

  /** Closes all connections. */
  close(): void {
    this.#pool.close();
    this.#negotiation.close();
    this.sessions.close();
  }
}
