import { Agent } from "node:http";
import type { Socket } from "node:net";
import { type AlpnProtocol, connectTls, type TlsOptions } from "../net/connect.ts";
import type { Http2Sessions } from "./http2/sessions.ts";

/** Called with the protocol of an upstream, or the error of the connection to it. */
type Settled = (error: Error | undefined, protocol?: AlpnProtocol) => void;

/** Connections over TLS to upstreams that choose between HTTP/2 and HTTP/1.1 by ALPN; their first connection says which it is. */
export class Negotiation {
  readonly #tls: TlsOptions;
  readonly #sessions: Http2Sessions;
  readonly #agents = new Map<string, TlsAgent>();
  readonly #pending = new Map<string, Settled[]>();

  /** @param sessions gets the connections of HTTP/2 */
  constructor(tls: TlsOptions, sessions: Http2Sessions) {
    this.#tls = tls;
    this.#sessions = sessions;
  }

  /** The connections over HTTP/1.1 to an upstream. */
  agentOf(upstream: URL): TlsAgent {
    const found = this.#agents.get(upstream.host) ?? new TlsAgent(upstream, this.#tls);
    this.#agents.set(upstream.host, found);
    return found;
  }

  /** Finds the protocol of an upstream; the answer may come at once. */
  protocolOf(upstream: URL, settled: Settled): void {
    const { host } = upstream;
    const known = this.#sessions.has(upstream) ? "h2" : this.#agents.get(host)?.works ? "http/1.1" : undefined;
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
    const socket = connectTls(upstream, this.#tls, ["h2", "http/1.1"]);
    const failed = (error: Error) => settle(error);
    const gone = () => settle(new Error("the connection ended"));
    socket.once("error", failed).once("close", gone);
    socket.once("secureConnect", () => {
      socket.off("error", failed).off("close", gone);
      const protocol = socket.alpnProtocol === "h2" ? "h2" : "http/1.1";
      if (protocol === "h2") this.#sessions.adopt(upstream, socket);
      else this.agentOf(upstream).adopt(socket);
      settle(undefined, protocol);
    });
  }

  /** Closes all connections. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}

/** Keeps connections over TLS for HTTP/1.1. */
class TlsAgent extends Agent {
  readonly #upstream: URL;
  readonly #tls: TlsOptions;
  #first: Socket | undefined;
  /** Whether the last connection was established. */
  works = false;

  constructor(upstream: URL, tls: TlsOptions) {
    super({ keepAlive: true });
    this.#upstream = upstream;
    this.#tls = tls;
  }

  /** Takes the connection that negotiated the protocol. */
  adopt(socket: Socket): void {
    this.works = true;
    this.#first = socket.on("error", () => {});
  }

  override createConnection(): Socket {
    const first = this.#first;
    this.#first = undefined;
    if (first && !first.destroyed) return first;
    return connectTls(this.#upstream, this.#tls, ["http/1.1"]).on("error", () => {
      this.works = false;
    });
  }

  override destroy(): void {
    this.#first?.destroy();
    super.destroy();
  }
}
