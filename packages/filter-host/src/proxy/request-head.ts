import { type HeaderMap, type LocalReply, localReply } from "proxy-wasm-host";
import { isName, sendable } from "./wire.ts";

/** The head of a request to an upstream. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
  /** Headers without pseudo-headers and hop-by-hop headers. */
  readonly lines: [name: string, value: string][];
}

/**
 * Turns a request's headers into the head to send.
 *
 * @param timeout milliseconds that the upstream is told it has; 0: it is told nothing
 * @returns the head, or the reply to a request that filters have made invalid (envoyproxy/envoy, source/common/router/router.cc)
 */
export function requestHead(headers: HeaderMap, timeout: number): RequestHead | LocalReply {
  const [method, path, authority] = [headers.get(":method"), headers.get(":path"), headers.get(":authority")];
  if (timeout > 0) headers.set("x-envoy-expected-rq-timeout-ms", String(timeout));
  const invalid: string[] = [];
  const lines = sendable(headers, (name) => invalid.push(isName(name) ? `value for: ${name}` : `name: ${name}`));
  if (method === undefined || path === undefined || invalid.length > 0) {
    const text = method === undefined ? "missing required header: :method" : `invalid header ${invalid[0]}`;
    return localReply(503, "filter_removed_required_request_headers", text);
  }
  return { method, path, authority, lines };
}
