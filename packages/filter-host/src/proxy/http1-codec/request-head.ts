import { HeaderMap, type Pair } from "proxy-wasm-host";
import { CodecError } from "./codec-error.ts";
import { closesConnection, ignoreHttp2Upgrade, isUpgrade, removeNominated } from "./connection-header.ts";
import type { HeaderLines } from "./header-lines.ts";
import type { Framing } from "./message-reader.ts";
import type { RequestLine } from "./request-line.ts";

/** A request's head as Envoy's codec passes it on. */
export interface RequestHead {
  /** With pseudo-headers; `:authority` and `:path` are missing if the request has none, `:scheme` unless its target has one. */
  readonly headers: HeaderMap;
  readonly method: string;
  /** Whether the version is 1.1. */
  readonly http11: boolean;
  readonly framing: Framing;
  /** Whether the connection leaves HTTP after this request, if the upstream agrees. */
  readonly upgrade: boolean;
  /** Whether the client closes the connection after this request. */
  readonly closes: boolean;
}

/** What the authority of a request may contain (envoyproxy/envoy, source/common/http/header_utility.cc, authorityIsValid). */
const AUTHORITY = /^[A-Za-z0-9!$%&'()*+,\-.:;=@[\]_~]*$/;
/** A host with its port, without user information. */
const HOST = /^(?:[A-Za-z0-9\-.]+|\[[0-9A-Fa-f:.]+\])(?::(\d+))?$/;
const ABSOLUTE = /^([a-z][a-z0-9+\-.]*):\/\/(?:[^/?@]*@)?([^/?]*)(.*)$/is;
const LAST_PORT = 65_535;

/**
 * Checks a request's head, and makes of it the headers that filters see (envoyproxy/envoy, source/common/http/http1/codec_impl.cc,
 * onHeadersComplete).
 *
 * @throws CodecError if Envoy's codec refuses it
 */
export function readRequestHead(line: RequestLine, lines: HeaderLines): RequestHead {
  const { method } = line;
  const connect = method === "CONNECT";
  const http11 = line.version === "HTTP/1.1";
  if (connect && (lines.length ?? 0) > 0) throw new CodecError("CONNECT with a body", 400, "http1.body_disallowed");
  checkCoding(lines, connect);
  const headers = withTarget(line, lines.pairs);
  if (connect) headers.remove("content-length");
  ignoreHttp2Upgrade(headers);
  const closes = closesConnection(headers, http11);
  removeNominated(headers);
  const upgrade = connect || isUpgrade(headers);
  if (!AUTHORITY.test(headers.get(":authority") ?? "")) {
    throw new CodecError("an invalid host", 400, "http.invalid_authority");
  }
  const framing = upgrade ? Number.POSITIVE_INFINITY : lines.chunked ? "chunked" : (lines.length ?? 0);
  return { headers, method, http11, framing, upgrade, closes };
}

function checkCoding({ coded, chunked, length }: HeaderLines, connect: boolean): void {
  if (!coded) return;
  if (length !== undefined) {
    throw new CodecError(
      "both content-length and transfer-encoding",
      400,
      "http1.content_length_and_chunked_not_allowed",
    );
  }
  if (!chunked || connect) {
    throw new CodecError("an unsupported transfer-encoding", 501, "http1.invalid_transfer_encoding");
  }
}

/** The headers with the pseudo-headers in Envoy's order. */
function withTarget({ method, target }: RequestLine, pairs: readonly Pair[]): HeaderMap {
  const headers = new HeaderMap("request");
  if (method === "CONNECT") {
    if (!isPort(HOST.exec(target)?.[1])) throw invalidUrl();
    headers.add(":authority", target);
  } else if (target.startsWith("/") || (target.startsWith("*") && method === "OPTIONS")) {
    for (const [name, value] of pairs) if (name === "host") headers.add(":authority", value);
    headers.add(":path", target);
  } else {
    const { scheme, authority, path } = absolute(target);
    headers.add(":authority", authority);
    headers.add(":scheme", scheme);
    headers.add(":path", path);
  }
  headers.add(":method", method);
  for (const [name, value] of pairs) if (name !== "host") headers.add(name, value);
  return headers;
}

/** The parts of an absolute URL as a target; user information is left out. */
function absolute(target: string): { scheme: string; authority: string; path: string } {
  const [, scheme = "", host = "", path = ""] = ABSOLUTE.exec(target) ?? [];
  const port = HOST.exec(host)?.[1];
  if (!HOST.test(host) || (port !== undefined && !isPort(port))) throw invalidUrl();
  if (!/^https?$/i.test(scheme)) throw new CodecError("a scheme other than those of HTTP", 400, "http1.invalid_scheme");
  return { scheme: scheme.toLowerCase(), authority: host, path: path === "" ? "/" : path };
}

const isPort = (port: string | undefined): boolean => port !== undefined && Number(port) <= LAST_PORT;

const invalidUrl = (): CodecError => new CodecError("an invalid URL", 400, "http1.invalid_url");
