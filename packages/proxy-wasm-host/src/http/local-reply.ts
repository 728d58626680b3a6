import { utf8Bytes } from "../abi/bytes.ts";
import type { Pair } from "../abi/pairs.ts";
import { HeaderMap } from "./headers.ts";

/** An answer made by the proxy or a filter in the upstream's place. */
export interface LocalReply {
  readonly status: number;
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
  /** Why, as the property `response.code_details` tells it. */
  readonly details: string;
  /** The gRPC status to give to gRPC clients, if not the one that the HTTP status maps to. */
  readonly grpcStatus?: number;
}

/** A local reply without headers of its own. */
export const localReply = (status: number, details: string, body = ""): LocalReply => ({
  status,
  headers: [],
  body: utf8Bytes(body),
  details,
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
 * What a filter that never took a configuration answers, whether it may fail open or not (envoyproxy/envoy,
 * source/common/http/filter_chain_helper.cc, MissingConfigFilter).
 */
export const MISSING = localReply(500, "filter_config_not_found");
