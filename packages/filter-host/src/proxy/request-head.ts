import { type HeaderMap, type LocalReply, localReply } from "proxy-wasm-host";
import { isName, sendable } from "./wire.ts";

/** What a request begins with, ready to be sent. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
  /** Names and values, without what the protocol says in its own way. */
  readonly lines: [name: string, value: string][];
}

/**
 * What is to be sent of a request's headers.
 *
 * @param timeout milliseconds that the upstream is told it has; 0: nothing is said
 * @returns the head, or the answer to a request that filters have spoiled (envoyproxy/envoy, source/common/router/router.cc)
 */
export function requestHead(headers: HeaderMap, timeout: number): RequestHead | LocalReply {
  const [method, path, authority] = [headers.get(":method"), headers.get(":path"), headers.get(":authority")];
  if (timeout > 0) headers.set("x-envoy-expected-rq-timeout-ms", String(timeout));
  const spoiled: string[] = [];
  const lines = sendable(headers, (name) => spoiled.push(isName(name) ? `value for: ${name}` : `name: ${name}`));
  if (method === undefined || path === undefined || spoiled.length > 0) {
    const text = method === undefined ? "missing required header: :method" : `invalid header ${spoiled[0]}`;
    return localReply(503, "filter_removed_required_request_headers", text);
  }
  return { method, path, authority, lines };
}
