import { utf8Bytes } from "../abi/bytes.ts";
import type { Pair } from "../abi/pairs.ts";
import { HeaderMap } from "./headers.ts";

/** A response that the proxy or a filter sends instead of the upstream. */
export interface LocalReply {
  readonly status: number;
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
  /** The value of the property `response.code_details`. */
  readonly details: string;
  /** What it adds to the property `response.flags`. */
  readonly flags?: number;
  /** The status for gRPC clients; by default the one that the HTTP status maps to. */
  readonly grpcStatus?: number;
}

/** A local reply without additional headers. @param flags what it adds to the property `response.flags` */
export const localReply = (status: number, details: string, body = "", flags = 0): LocalReply => ({
  status,
  headers: [],
  body: utf8Bytes(body),
  details,
  ...(flags > 0 && { flags }),
});

/** The headers of a local reply (envoyproxy/envoy, source/common/http/utility.cc, prepareLocalReply). */
export function replyHeaders(reply: LocalReply): HeaderMap {
  const headers = new HeaderMap("response", reply.headers);
  headers.replace(":status", String(reply.status));
  if (reply.body.length === 0) {
    headers.remove("content-length");
    headers.remove("content-type");
    return headers;
  }
  headers.set("content-length", String(reply.body.length));
  if (!headers.has("content-type")) headers.add("content-type", "text/plain");
  return headers;
}

/**
 * The response of a filter that has never been configured, whatever its fail policy (envoyproxy/envoy,
 * source/common/http/filter_chain_helper.cc, MissingConfigFilter).
 */
export const MISSING = localReply(500, "filter_config_not_found");
