import { Agent } from "node:http";
import type { TlsOptions } from "../net/connect.ts";
import { Upstream } from "./http1/upstream.ts";
import { Http2Sessions } from "./http2/sessions.ts";
import { Http2Upstream } from "./http2/upstream.ts";
import { NegotiatedUpstream } from "./negotiated-upstream.ts";
import { Negotiation } from "./negotiation.ts";
import type { UpstreamEnd, UpstreamEvents } from "./upstream-end.ts";

/** The connections to upstreams, kept for further requests. */
export class UpstreamConnections {
  readonly #agent = new Agent({ keepAlive: true });
  /** The connections over HTTP/2. */
  readonly sessions: Http2Sessions;
  readonly #negotiation: Negotiation;

  constructor(tls: TlsOptions = {}) {
    this.sessions = new Http2Sessions(tls);
    this.#negotiation = new Negotiation(tls, this.sessions);
  }

  /**
   * Opens an upstream's end of an exchange: HTTP/1.1 for `http://HOST:PORT`, HTTP/2 with prior knowledge for `h2c://HOST:PORT`, and over
   * TLS for `https://HOST:PORT` what the upstream chooses.
   */
  open(upstream: URL, events: UpstreamEvents): UpstreamEnd {
    const { sessions } = this;
    const options = { agent: this.#agent, sessions, upstream };
    if (upstream.protocol === "h2c:") return new Http2Upstream(options, events);
    if (upstream.protocol !== "https:") return new Upstream(options, events);
    return new NegotiatedUpstream(this.#negotiation, upstream, events, (protocol) =>
      protocol === "h2"
        ? new Http2Upstream(options, events)
        : new Upstream({ ...options, agent: this.#negotiation.agentOf(upstream) }, events),
    );
  }

  /** Closes all connections. */
  close(): void {
    this.#agent.destroy();
    this.#negotiation.close();
    this.sessions.close();
  }
}
