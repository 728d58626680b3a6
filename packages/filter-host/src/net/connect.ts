import { connect, type Socket } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import { ProtocolRefused } from "./tls-failure.ts";

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

/** How long a connection over TLS may take to be established, in milliseconds: Envoy's default `connect_timeout`. */
const CONNECT_TIMEOUT = 5_000;

/** The host of a URL, without brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

/** The port of a URL, by default that of its scheme. */
export const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === "https:" ? 443 : 80));

/** Opens a connection to an upstream for HTTP without TLS. */
export const connectHttp = (upstream: URL): Socket =>
  connect({ host: hostOf(upstream), port: portOf(upstream), noDelay: true });

/** Opens a connection to an upstream without TLS, or with TLS for `https:`; a TCP client may end its half of it. */
export function connectTcp(upstream: URL, tls: TlsOptions = {}): Socket {
  const where = { host: hostOf(upstream), port: portOf(upstream), allowHalfOpen: true };
  return upstream.protocol === "https:" ? connectTls(upstream, tls, []) : connect(where);
}

/**
 * Opens a connection over TLS.
 *
 * @param protocols what ALPN offers, the preferred one first; empty: no ALPN
 * @returns the socket, which emits `secureConnect` or `error`
 */
export function connectTls(upstream: URL, tls: TlsOptions, protocols: readonly AlpnProtocol[]): TLSSocket {
  const host = hostOf(upstream);
  const name = tls.serverName ?? (/^[\d.]+$|:/.test(host) ? undefined : host);
  const options: ConnectionOptions = {
    host,
    port: portOf(upstream),
    rejectUnauthorized: !tls.insecure,
    ...(protocols.length > 0 && { ALPNProtocols: [...protocols] }),
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(name !== undefined && { servername: name }),
  };
  const socket = tlsConnect(Object.assign(options, { allowHalfOpen: protocols.length === 0 }));
  const expired = () =>
    socket.destroy(Object.assign(new Error(`no connection after ${CONNECT_TIMEOUT} ms`), { syscall: "connect" }));
  socket.setTimeout(CONNECT_TIMEOUT, expired);
  socket.once("secureConnect", () => {
    socket.setTimeout(0).off("timeout", expired);
    const [only] = protocols.length === 1 ? protocols : [];
    if (only === "h2" && socket.alpnProtocol !== only) socket.destroy(new ProtocolRefused());
  });
  return socket;
}
