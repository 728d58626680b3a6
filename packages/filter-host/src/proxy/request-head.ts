import type { HeaderMap, LocalReply } from "proxy-wasm-host";
import { isUpgrade } from "./http1-codec/connection-header.ts";
import { invalidRequest } from "./router/route.ts";
import { HOP_BY_HOP, HOP_BY_HOP_OF_UPGRADE, sendable, TOKEN } from "./wire.ts";

/** The head of a request to an upstream. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
  /** Headers without pseudo-headers, and without hop-by-hop headers but those of an upgrade. */
  readonly lines: [name: string, value: string][];
}

/**
 * Turns a request's headers into the head to send.
 *
 * @returns the head, or the reply to a request that filters have made invalid (envoyproxy/envoy, source/common/router/router.cc)
 */
export function requestHead(headers: HeaderMap): RequestHead | LocalReply {
  const [method, path, authority] = [headers.get(":method"), headers.get(":path"), headers.get(":authority")];
  const invalid: string[] = [];
  const reject = (name: string) => invalid.push(TOKEN.test(name) ? `value for: ${name}` : `name: ${name}`);
  const lines = sendable(headers, reject, isUpgrade(headers) ? HOP_BY_HOP_OF_UPGRADE : HOP_BY_HOP);
  if (method === undefined || path === undefined || invalid.length > 0) {
    const text = method === undefined ? "missing required header: :method" : `invalid header ${invalid[0]}`;
    return invalidRequest(text);
  }
  return { method, path, authority, lines };
}
