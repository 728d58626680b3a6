import type { Pair } from "proxy-wasm-host";
import { HOP_BY_HOP, TOKEN } from "../wire.ts";

const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+\-.]*$/;
const PATH = /^[\x21-\x7e\x80-\xff]+$/;
const AUTHORITY = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]%]+$/;

const PSEUDO: Readonly<Record<string, RegExp>> = {
  ":method": TOKEN,
  ":scheme": SCHEME,
  ":path": PATH,
  ":authority": AUTHORITY,
};

/** The head of a message, and the length of its body that the head says. */
export interface MessageHead {
  readonly pairs: readonly Pair[];
  readonly contentLength: number | undefined;
}

/**
 * Checks the headers of a request as Envoy's codec does (nghttp2/nghttp2, lib/nghttp2_http.c).
 *
 * @param end whether the request has no body
 * @returns undefined if the request is invalid
 */
export function requestHead(pairs: readonly Pair[], end: boolean): MessageHead | undefined {
  const seen = new Map<string, string>();
  let [regular, contentLength]: [boolean, number | undefined] = [false, undefined];
  for (const [name, value] of pairs) {
    if (name.startsWith(":")) {
      if (regular || seen.has(name) || !PSEUDO[name]?.test(value)) return undefined;
    } else {
      regular = true;
      if (!isField(name, value)) return undefined;
      if (name === "host" && (seen.has("host") || !AUTHORITY.test(value))) return undefined;
      if (name === "content-length") {
        if (contentLength !== undefined || !/^\d{1,15}$/.test(value)) return undefined;
        contentLength = Number(value);
      }
    }
    seen.set(name, value);
  }
  if (!isComplete(seen) || (end && contentLength)) return undefined;
  return { pairs, contentLength };
}

/** Checks the trailers of a request. */
export const validTrailers = (pairs: readonly Pair[]): boolean => pairs.every(([name, value]) => isField(name, value));

/** HTTP/2 forbids hop-by-hop headers (RFC 9113, section 8.2.2). */
function isField(name: string, value: string): boolean {
  if (!NAME.test(name) || !VALUE.test(value) || HOP_BY_HOP.has(name)) return false;
  return name !== "te" || value.toLowerCase() === "trailers";
}

/** Whether the pseudo-headers are those of a request (RFC 9113, section 8.3.1). */
function isComplete(seen: ReadonlyMap<string, string>): boolean {
  const [method, path] = [seen.get(":method"), seen.get(":path")];
  if (method === undefined) return false;
  if (method === "CONNECT") return seen.has(":authority") && path === undefined && !seen.has(":scheme");
  const scheme = seen.get(":scheme")?.toLowerCase();
  if (scheme === undefined || path === undefined || !(seen.has(":authority") || seen.has("host"))) return false;
  const web = scheme === "http" || scheme === "https";
  return !web || path.startsWith("/") || (path === "*" && method === "OPTIONS");
}

/** The head of a response. */
export interface ResponseHead extends MessageHead {
  /** Whether another head follows. */
  readonly informational: boolean;
}

/**
 * Checks the headers of a response as Envoy's codec does (nghttp2/nghttp2, lib/nghttp2_http.c).
 *
 * @param end whether the response has no body
 * @param method that of the request
 * @returns undefined if the response is invalid
 */
export function responseHead(pairs: readonly Pair[], end: boolean, method: string): ResponseHead | undefined {
  const [[first, status] = []] = pairs;
  if (first !== ":status" || status === undefined || !/^\d{3}$/.test(status) || status === "101") return undefined;
  const informational = status.startsWith("1");
  if (informational && end) return undefined;
  const kept: Pair[] = [[":status", status]];
  const cookies: string[] = [];
  let length: string | undefined;
  for (const [name, value] of pairs.slice(1)) {
    if (!isField(name, value)) return undefined;
    if (name === "content-length") {
      if (length !== undefined || !/^\d{1,15}$/.test(value) || informational) return undefined;
      length = value;
      if (status === "204" && value !== "0") return undefined;
      if (status === "204") continue;
    }
    if (name === "cookie") cookies.push(value);
    else kept.push([name, value]);
  }
  if (cookies.length > 0) kept.push(["cookie", cookies.join("; ")]);
  const bodiless = method === "HEAD" || status === "204" || status === "304";
  const contentLength = bodiless ? 0 : length === undefined ? undefined : Number(length);
  if (end && contentLength) return undefined;
  return { pairs: kept, contentLength, informational };
}
