import { randomUUID } from "node:crypto";
import { HeaderMap, type LocalReply, localReply, type Pair, ResponseFlag } from "proxy-wasm-host";
import { MAX_HEADERS } from "./http1-codec/header-lines.ts";
import type { RequestHead } from "./http1-codec/request-head.ts";
import { INTERNAL_HEADERS } from "./router/internal-headers.ts";
import { HOP_BY_HOP, HOP_BY_HOP_OF_UPGRADE, isWebSocket } from "./wire.ts";

/**
 * Makes of an HTTP/1 request's headers those that Envoy's connection manager passes to filters: hop-by-hop headers removed, `:scheme`,
 * `x-forwarded-proto` and `x-request-id` set (envoyproxy/envoy, source/common/http/conn_manager_impl.cc, decodeHeaders, and
 * conn_manager_utility.cc, mutateRequestHeaders).
 *
 * @returns the reply to a request that is rejected
 */
export function admitRequest({ headers, method, http11, upgrade }: RequestHead): LocalReply | undefined {
  const path = headers.get(":path");
  if (!http11) return localReply(426, "low_version", "Upgrade Required", ResponseFlag.downstream_protocol_error);
  if (!headers.has(":authority")) return localReply(400, "missing_host_header");
  if (method === "QUERY" && !headers.get("content-type")) return localReply(400, "query_missing_content_type");
  if (path?.includes("#")) return localReply(400, "path_normalization_failed");
  if (path !== undefined && !path.startsWith("/")) return localReply(404, "absolute_path_rejected");
  const connect = method === "CONNECT";
  if (upgrade && !connect && !isWebSocket(headers.get("upgrade"))) return localReply(403, "upgrade_failed");
  const left = upgrade && !connect ? HOP_BY_HOP_OF_UPGRADE : HOP_BY_HOP;
  // Removing makes a new list.
  for (const [name] of headers.pairs()) if (left.has(name) || INTERNAL_HEADERS.has(name)) headers.remove(name);
  if (!headers.has(":scheme")) headers.set(":scheme", schemeOf(headers));
  complete(headers);
  return undefined;
}

/** The scheme that a proxy in front has told, else that of the connection. */
function schemeOf(headers: HeaderMap): string {
  const told = headers.get("x-forwarded-proto")?.toLowerCase();
  return told === "http" || told === "https" ? told : "http";
}

/**
 * The headers of a request over HTTP/2, as {@link admitRequest} makes them.
 *
 * @param pairs all headers, with pseudo-headers
 */
export function readHttp2Request(pairs: readonly Pair[]): HeaderMap | LocalReply {
  const value = (wanted: string) => pairs.find(([name]) => name === wanted)?.[1];
  const [authority, path] = [value(":authority") ?? value("host"), value(":path")];
  if (pairs.length > MAX_HEADERS) return localReply(431, "http2.too_many_headers", "Request Header Fields Too Large");
  if (authority === undefined) return localReply(400, "missing_host_header");
  if (path?.includes("#")) return localReply(400, "path_normalization_failed");
  // CONNECT has no path; the filters see it, then no route is found.
  if (!path?.startsWith("/") && value(":method") !== "CONNECT") return localReply(404, "absolute_path_rejected");
  const headers = new HeaderMap(
    "request",
    pairs.filter(([name]) => PSEUDO.has(name)),
  );
  headers.set(":authority", authority);
  headers.set(":scheme", value(":scheme")?.toLowerCase() ?? "http");
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

/** Keeps only `trailers` of `te`: its other values concern the next hop alone. */
function keepTrailersOnly(headers: HeaderMap): void {
  const te = headers.get("te");
  if (te === undefined) return;
  if (/(^|,)\s*trailers\s*(,|$)/.test(te)) headers.set("te", "trailers");
  else headers.remove("te");
}
