import type { HeaderMap } from "proxy-wasm-host";
import { CodecError } from "./codec-error.ts";

/** How many tokens `connection` may not have. */
const TOO_MANY = 10;
/** Tokens that do not name a header. */
const OPTIONS = new Set(["close", "http2-settings", "keep-alive", "upgrade"]);
/** Headers that tell where a request comes from, which no client may have removed. */
const PROTECTED = new Set(["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"]);

/** The tokens of a header's list. */
const tokens = (list: string | undefined): string[] =>
  list === undefined ? [] : list.split(",").flatMap((token) => token.trim() || []);

/** Whether a list has a token, in any case. @param token in lower case */
const hasToken = (list: string | undefined, token: string): boolean =>
  list !== undefined && tokens(list).some((one) => one.toLowerCase() === token);

/** Whether a message asks for a protocol upgrade. */
export const isUpgrade = (headers: HeaderMap): boolean =>
  headers.has("upgrade") && hasToken(headers.get("connection"), "upgrade");

/**
 * Whether a connection ends with a message (envoyproxy/envoy, source/common/http/header_utility.cc, shouldCloseConnection).
 *
 * @param http11 whether its version is 1.1
 */
export function closesConnection(headers: HeaderMap, http11: boolean): boolean {
  const connection = headers.get("connection");
  if (!http11 && !hasToken(connection, "keep-alive")) return true;
  return (http11 && hasToken(connection, "close")) || hasToken(headers.get("proxy-connection"), "close");
}

/** Removes the `keep-alive` header that `connection` names. */
export function removeKeepAlive(headers: HeaderMap): void {
  if (hasToken(headers.get("connection"), "keep-alive")) headers.remove("keep-alive");
}

/** Removes the headers of an upgrade to HTTP/2, which a server may ignore. */
export function ignoreHttp2Upgrade(headers: HeaderMap): void {
  if (headers.get("upgrade")?.toLowerCase() !== "h2c" || !isUpgrade(headers)) return;
  headers.remove("upgrade");
  headers.remove("http2-settings");
  keepTokens(headers, (token) => token !== "upgrade" && token !== "http2-settings");
}

/**
 * Removes the headers of a request that `connection` names (envoyproxy/envoy, source/common/http/utility.cc,
 * sanitizeConnectionHeader).
 *
 * @throws CodecError if it names a header that must stay, or too many
 */
export function removeNominated(headers: HeaderMap): void {
  const connection = headers.get("connection");
  if (connection === undefined) return;
  const named = tokens(connection).map((token) => token.toLowerCase());
  const rejected = named.some((token) => token.startsWith(":") || PROTECTED.has(token));
  if (rejected || named.length >= TOO_MANY) {
    throw new CodecError("invalid nominated headers in connection", 400, "http1.connection_header_rejected");
  }
  const removed = new Set(named.filter((token) => !OPTIONS.has(token)));
  if (removed.has("te") && hasToken(headers.get("te"), "trailers")) {
    headers.set("te", "trailers");
    removed.delete("te");
  }
  if (removed.size === 0) return;
  keepTokens(headers, (token) => !removed.has(token));
  for (const name of removed) if (name !== "connection") headers.remove(name);
}

/** Keeps some tokens of `connection`; it goes if none is left. */
function keepTokens(headers: HeaderMap, kept: (token: string) => boolean): void {
  const left = tokens(headers.get("connection")).filter((token) => kept(token.toLowerCase()));
  if (left.length > 0) headers.set("connection", left.join(","));
  else headers.remove("connection");
}
