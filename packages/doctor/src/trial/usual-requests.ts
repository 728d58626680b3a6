import type { Pair } from "proxy-wasm-host";
import type { TrialRequest } from "./report.ts";

/** What Envoy adds to a request before its filters see it. */
export const ADDED_BY_ENVOY: readonly Pair[] = [
  ["x-forwarded-proto", "http"],
  ["x-request-id", "6ba7b810-9dad-41d1-80b4-00c04fd430c8"],
];

const headers = (method: string, path: string): readonly Pair[] => [
  [":authority", "httpbin:8000"],
  [":path", path],
  [":method", method],
  [":scheme", "http"],
  ["user-agent", "filter-host"],
  ...ADDED_BY_ENVOY,
];

const BODY = '{"hello":"something"}';

const REQUESTS: readonly TrialRequest[] = [
  { name: "without hello", headers: headers("GET", "/headers") },
  { name: "with hello", headers: [...headers("GET", "/headers"), ["hello", "something"]] },
];

const WITH_BODY: TrialRequest = {
  name: "with a body",
  headers: [...headers("POST", "/post"), ["content-type", "application/json"], ["content-length", String(BODY.length)]],
  body: BODY,
};

/** The callbacks of HTTP and of TCP (proxy-wasm/spec, abi-versions/v0.2.1). */
const HTTP = /^proxy_on_(?:request|response)_/;
const TCP = /^proxy_on_(?:new_connection|(?:downstream|upstream)_(?:data|connection_close))$/;

/** Whether a module has callbacks of TCP. @param exports those of the module */
export const hasTcpCallbacks = (exports: readonly string[]): boolean => exports.some((name) => TCP.test(name));

/** The requests of a trial for which none are given; none for a filter of connections. @param exports those of the module */
export function usualRequests(exports: readonly string[]): readonly TrialRequest[] {
  if (hasTcpCallbacks(exports) && !exports.some((name) => HTTP.test(name))) return [];
  return exports.includes("proxy_on_request_body") ? [...REQUESTS, WITH_BODY] : REQUESTS;
}
