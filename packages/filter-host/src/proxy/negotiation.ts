import type { Contain } from "proxy-wasm-host";
import type { AlpnProtocol, Dialer } from "../net/dialer.ts";
import { ConnectionPool } from "./http1-codec/connection-pool.ts";
import type { Http2Sessions } from "./http2/sessions.ts";

/** Called with the protocol of an upstream, or the error of the connection to it. */
type Settled = (error: Error | undefined, protocol?: AlpnProtocol) => void;

/** Connections over TLS to upstreams that choose between HTTP/2 and HTTP/1.1 by ALPN; their first connection says which it is. */
export class Negotiation {
  readonly #dialer: Dialer;
  readonly #sessions: Http2Sessions;
  /** The connections over HTTP/1.1. */
  readonly http1: ConnectionPool;
  /** The hosts of upstreams that speak HTTP/1.1, and whose last connection was established. */
  readonly #overHttp1 = new Set<string>();
  readonly #pending = new Map<string, Settled[]>();

  /**
   * @param sessions gets the connections of HTTP/2
   * @param contain wraps the listeners to the connections of HTTP/1.1
   */
  constructor(dialer: Dialer, sessions: Http2Sessions, contain: Contain) {
    this.#dialer = dialer;
    this.#sessions = sessions;
    const connect = (upstream: URL) =>
      dialer.tls(upstream, ["http/1.1"]).on("error", () => this.#overHttp1.delete(upstream.host));
    this.http1 = new ConnectionPool(connect, contain);
  }

  /** Finds the protocol of an upstream; the answer may come at once. */
  protocolOf(upstream: URL, settled: Settled): void {
    const { host } = upstream;
    const known = this.#sessions.has(upstream) ? "h2" : this.#overHttp1.has(host) ? "http/1.1" : undefined;
    if (known) {
      settled(undefined, known);
      return;
    }
    const pending = this.#pending.get(host);
    if (pending) {
      pending.push(settled);
      return;
    }
    const waiting = [settled];
    this.#pending.set(host, waiting);
    const settle: Settled = (error, protocol) => {
      this.#pending.delete(host);
      for (const one of waiting) one(error, protocol);
    };
    const socket = this.#dialer.tls(upstream, ["h2", "http/1.1"]);
    const failed = (error: Error) => settle(error);
    const gone = () => settle(new Error("the connection ended"));
    socket.once("error", failed).once("close", gone);
    socket.once("secureConnect", () => {
      socket.off("error", failed).off("close", gone);
      const protocol = socket.alpnProtocol === "h2" ? "h2" : "http/1.1";
      if (protocol === "h2") this.#sessions.adopt(upstream, socket);
      else {
        this.#overHttp1.add(host);
        this.http1.adopt(upstream, socket);
      }
      settle(undefined, protocol);
    });
  }

  /** Closes all connections. */
  close(): void {
    this.http1.close();
  }
}
