import type { HeaderMap, Pair } from "proxy-wasm-host";

/** Hop-by-hop headers: each proxy removes them and sets its own. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** The same without those that ask for a protocol upgrade, which only go through if there is one. */
export const HOP_BY_HOP_OF_UPGRADE: ReadonlySet<string> = HOP_BY_HOP.difference(new Set(["connection", "upgrade"]));

/** A token of HTTP, such as a method or a header's name (RFC 9110, section 5.6.2). */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Paths that Envoy's parsers would not read again. */
export const UNSENDABLE_PATH = /[^\x21-\x7e\x80-\xff]|^$/;

/** Envoy does not check them: a line break in a value could inject headers. */
const UNSENDABLE_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether HTTP allows a header, or, but for its colon, a pseudo-header. */
export const isSendable = ([name, value]: Pair): boolean =>
  TOKEN.test(name.replace(/^:/, "")) && !UNSENDABLE_VALUE.test(value);

/**
 * The headers to send, without pseudo-headers and hop-by-hop headers.
 *
 * @param dropped called with the name of each header that HTTP does not allow
 * @param left the hop-by-hop headers that are left out
 */
export function sendable(
  headers: HeaderMap,
  dropped: (name: string) => void,
  left: ReadonlySet<string> = HOP_BY_HOP,
): [name: string, value: string][] {
  const lines: [string, string][] = [];
  for (const [name, value] of headers.pairs()) {
    if (name.startsWith(":") || left.has(name)) continue;
    if (!isSendable([name, value])) dropped(name);
    else lines.push([name, value]);
  }
  return lines;
}

/** Nothing is left out of trailers over HTTP/1. */
const NONE: ReadonlySet<string> = new Set();

/** The trailers to send over HTTP/1: all that HTTP allows. @param dropped called with the name of each other one */
export const sendableTrailers = (
  trailers: HeaderMap,
  dropped: (name: string) => void,
): [name: string, value: string][] => sendable(trailers, dropped, NONE);

/** Whether an upgrade is allowed: only to WebSocket, as Istio configures Envoy. */
export const isWebSocket = (upgrade: string | undefined): boolean => upgrade?.toLowerCase() === "websocket";
