import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { HeaderMap } from "../headers.ts";
import { type LocalReply, localReply } from "../local-reply.ts";
import { isHopByHop, rawPairs } from "./wire.ts";

/** Envoy's default `max_headers_count`. */
const MAX_HEADERS = 100;

/**
 * The request's headers as Envoy's connection manager hands them to filters: pseudo-headers first, those that end at each proxy
 * removed, `x-forwarded-proto` and `x-request-id` set (envoyproxy/envoy, source/common/http/conn_manager_utility.cc,
 * mutateRequestHeaders).
 *
 * @returns the headers, or the answer to a request that goes no further
 */
export function readRequest(req: IncomingMessage): HeaderMap | LocalReply {
  const { url = "/", method = "GET" } = req;
  const lines = rawPairs(req.rawHeaders);
  if (lines.length > MAX_HEADERS) return localReply(431, "http1.too_many_headers", "Request Header Fields Too Large");
  const target = readTarget(url);
  const host = target?.host ?? req.headers.host;
  if (req.httpVersion === "1.0") return localReply(426, "low_version");
  if (!host) return localReply(400, "missing_host_header");
  if (!target) return localReply(400, "path_normalization_failed");
  if (req.headers.upgrade !== undefined && /\bupgrade\b/i.test(req.headers.connection ?? "")) {
    return localReply(403, "upgrade_failed");
  }
  const headers = new HeaderMap([
    [":authority", host],
    [":path", target.path],
    [":method", method],
    [":scheme", "http"],
    ...lines.filter(([name]) => !isHopByHop(name.toLowerCase()) && !/^(host|expect)$/i.test(name)),
  ]);
  headers.replace("x-forwarded-proto", "http");
  if (!headers.has("x-request-id")) headers.add("x-request-id", randomUUID());
  return headers;
}

/** A request's target: a path, or an absolute URL, as proxies are asked. */
function readTarget(url: string): { path: string; host?: string } | undefined {
  if (url.includes("#")) return undefined;
  if (url.startsWith("/") || url === "*") return { path: url };
  const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url);
  if (!absolute?.[1]) return undefined;
  const path = absolute[2] ?? "";
  return { host: absolute[1], path: path.startsWith("/") ? path : `/${path}` };
}
