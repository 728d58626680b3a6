import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { HeaderMap, type LocalReply, localReply, lowerCase, type Pair, ResponseFlag } from "proxy-wasm-host";
import { INTERNAL_HEADERS } from "./router/internal-headers.ts";
import { isHopByHop, isWebSocket, rawPairs, upgradeLines } from "./wire.ts";

/** Envoy's default `max_headers_count`. */
export const MAX_HEADERS = 100;

/**
 * The headers of a request as Envoy's connection manager passes them to filters: pseudo-headers first, hop-by-hop headers removed,
 * `x-forwarded-proto` and `x-request-id` set (envoyproxy/envoy, source/common/http/conn_manager_utility.cc,
 * mutateRequestHeaders).
 *
 * @returns the headers, or the reply to a request that is rejected
 */
export function readRequest(req: IncomingMessage): HeaderMap | LocalReply {
  const { url = "/", method = "GET", headers: parsed } = req;
  const lines = rawPairs(req.rawHeaders).map(([name, value]): Pair => [lowerCase(name), value]);
  const target = readTarget(url);
  const host = target?.host ?? parsed.host;
  if (lines.length > MAX_HEADERS) return localReply(431, "http1.too_many_headers", "Request Header Fields Too Large");
  if (req.httpVersion === "1.0")
    return localReply(426, "low_version", "Upgrade Required", ResponseFlag.downstream_protocol_error);
  if (host === undefined) return localReply(400, "missing_host_header");
  if (parsed["transfer-encoding"] !== undefined && !/^chunked$/i.test(parsed["transfer-encoding"])) {
    return localReply(501, "http1.invalid_transfer_encoding", "Not Implemented");
  }
  if (url.includes("#")) return localReply(400, "path_normalization_failed");
  if (!target && method !== "CONNECT") return localReply(404, "absolute_path_rejected");
  const named = (parsed.connection ?? "").toLowerCase().split(/\s*,\s*/);
  const upgrade = named.includes("upgrade") ? parsed.upgrade : undefined;
  if (upgrade !== undefined && !isWebSocket(upgrade)) return localReply(403, "upgrade_failed");
  const headers = new HeaderMap(
    "request",
    target?.host === undefined ? lines.filter(isHost) : [[":authority", target.host]],
  );
  if (target?.host !== undefined) headers.add(":scheme", "http");
  if (target) headers.add(":path", target.path);
  headers.add(":method", method);
  headers.set(":scheme", "http");
  for (const [name, value] of lines) {
    const ends = isHopByHop(name) || INTERNAL_HEADERS.has(name) || (named.includes(name) && name !== "te");
    const continues = name === "expect" && value.toLowerCase() === "100-continue";
    if (!ends && !continues && name !== "host") headers.add(name, value);
  }
  if (upgrade !== undefined) for (const [name, value] of upgradeLines(upgrade)) headers.add(name, value);
  return complete(headers);
}

/**
 * The headers of a request over HTTP/2, as {@link readRequest}.
 *
 * @param pairs all headers, with pseudo-headers
 */
export function readHttp2Request(pairs: readonly Pair[]): HeaderMap | LocalReply {
  const value = (wanted: string) => pairs.find(([name]) => name === wanted)?.[1];
  const [authority, path] = [value(":authority") ?? value("host"), value(":path")];
  if (pairs.length > MAX_HEADERS) return localReply(431, "http2.too_many_headers", "Request Header Fields Too Large");
  if (authority === undefined) return localReply(400, "missing_host_header");
  if (path?.includes("#")) return localReply(400, "path_with_fragment");
  // CONNECT has no path; the filters see it, then no route is found.
  if (!path?.startsWith("/") && value(":method") !== "CONNECT") return localReply(404, "absolute_path_rejected");
  const headers = new HeaderMap(
    "request",
    pairs.filter(([name]) => PSEUDO.has(name)),
  );
  headers.set(":authority", authority);
  headers.set(":scheme", (value(":scheme") ?? "http").toLowerCase());
  const cookies: string[] = [];
  for (const [name, text] of pairs) {
    // HTTP/2 may split a cookie into several headers (RFC 9113, section 8.2.3).
    if (name === "cookie") cookies.push(text);
    else if (!name.startsWith(":") && name !== "host" && !INTERNAL_HEADERS.has(name)) headers.add(name, text);
  }
  if (cookies.length > 0) headers.add("cookie", cookies.join("; "));
  return complete(headers);
}

function complete(headers: HeaderMap): HeaderMap {
  keepTrailersOnly(headers);
  if (!headers.has("x-forwarded-proto")) headers.add("x-forwarded-proto", "http");
  if (!headers.has("x-request-id")) headers.add("x-request-id", randomUUID());
  return headers;
}

/** The pseudo-headers of a request (RFC 9113, section 8.3.1). */
const PSEUDO: ReadonlySet<string> = new Set([":authority", ":path", ":method", ":scheme"]);

const isHost = ([name]: Pair): boolean => name === "host";

/** Keeps only `trailers` of `te`: its other values concern the next hop alone. */
function keepTrailersOnly(headers: HeaderMap): void {
  const te = headers.get("te");
  if (te === undefined) return;
  if (/(^|,)\s*trailers\s*(,|$)/.test(te)) headers.set("te", "trailers");
  else headers.remove("te");
}

/** A request's target: a path, or an absolute URL as sent to proxies. */
function readTarget(url: string): { path: string; host?: string } | undefined {
  if (url.startsWith("/")) return { path: url };
  const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url);
  if (!absolute?.[1]) return undefined;
  const path = absolute[2] ?? "";
  return { host: absolute[1], path: path.startsWith("/") ? path : `/${path}` };
}
