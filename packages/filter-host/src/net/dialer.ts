import { connect, type Socket } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import { startTimer } from "./start-timer.ts";
import { ProtocolRefused } from "./tls-failure.ts";
import { hostOf, portOf } from "./upstream-address.ts";

/** How connections over TLS are made. */
export interface TlsOptions {
  /** Certificates that are trusted in place of Node's own, in PEM form. */
  readonly ca?: string | undefined;
  /** The name for SNI, which the certificate must have; by default the host of the URL. */
  readonly serverName?: string | undefined;
  /** Whether any certificate is accepted; false by default. */
  readonly insecure?: boolean | undefined;
}

/** A protocol as ALPN names it. */
export type AlpnProtocol = "h2" | "http/1.1";

/** The connection was not established in time. */
export class ConnectTimeout extends Error {
  override name = "ConnectTimeout";
}

/** Opens connections to upstreams and services; one that is not established in time fails with {@link ConnectTimeout}. */
export class Dialer {
  readonly #tls: TlsOptions;
  readonly #timeout: number;

  /** @param timeout milliseconds until a connection must be established, with TLS; 0: no limit; Envoy's default `connect_timeout` by default */
  constructor(tls: TlsOptions = {}, timeout = 5_000) {
    this.#tls = tls;
    this.#timeout = timeout;
  }

  /** Opens a connection for HTTP without TLS. */
  http(upstream: URL): Socket {
    return this.#limit(connect({ host: hostOf(upstream), port: portOf(upstream), noDelay: true }), "connect");
  }

  /** Opens a connection without TLS, or with TLS for `https:`; a TCP client may end its half of it. */
  tcp(upstream: URL): Socket {
    if (upstream.protocol === "https:") return this.tls(upstream, []);
    return this.#limit(connect({ host: hostOf(upstream), port: portOf(upstream), allowHalfOpen: true }), "connect");
  }

  /**
   * Opens a connection over TLS.
   *
   * @param protocols what ALPN offers, the preferred one first; empty: no ALPN
   * @returns the socket, which emits `secureConnect` or `error`
   */
  tls(upstream: URL, protocols: readonly AlpnProtocol[]): TLSSocket {
    const { ca, serverName, insecure } = this.#tls;
    const host = hostOf(upstream);
    const name = serverName ?? (/^[\d.]+$|:/.test(host) ? undefined : host);
    const options: ConnectionOptions = {
      host,
      port: portOf(upstream),
      rejectUnauthorized: !insecure,
      ...(protocols.length > 0 && { ALPNProtocols: [...protocols] }),
      ...(ca !== undefined && { ca }),
      ...(name !== undefined && { servername: name }),
    };
    const socket = tlsConnect(Object.assign(options, { allowHalfOpen: protocols.length === 0 }));
    socket.once("secureConnect", () => {
      const [only] = protocols.length === 1 ? protocols : [];
      if (only === "h2" && socket.alpnProtocol !== only) socket.destroy(new ProtocolRefused());
    });
    return this.#limit(socket, "secureConnect");
  }

  #limit<T extends Socket>(socket: T, established: "connect" | "secureConnect"): T {
    const late = () => socket.destroy(new ConnectTimeout(`no connection after ${this.#timeout} ms`));
    const timer = startTimer(this.#timeout, late);
    const stop = () => clearTimeout(timer);
    return socket.once(established, stop).once("close", stop);
  }
}
