import { ResponseFlag } from "proxy-wasm-host";
import type { Observed } from "./exchange.ts";

/** The names of flags in access logs (envoyproxy/envoy, source/common/stream_info/utility.h). */
const NAMES: Readonly<Record<keyof typeof ResponseFlag, string>> = {
  no_healthy_upstream: "UH",
  upstream_request_timeout: "UT",
  local_reset: "LR",
  upstream_remote_reset: "UR",
  upstream_connection_failure: "UF",
  upstream_connection_termination: "UC",
  upstream_overflow: "UO",
  no_route_found: "NR",
  downstream_connection_termination: "DC",
  upstream_retry_limit_exceeded: "URX",
  stream_idle_timeout: "SI",
  downstream_protocol_error: "DPE",
  upstream_max_stream_duration_reached: "UMSDR",
  upstream_protocol_error: "UPE",
  downstream_remote_reset: "DR",
};

/** What `proxy_on_log` saw in one line: status, flags, details, how often the request was sent; `-` for what is missing. */
export function summary({ seen }: Observed): string | undefined {
  const log = seen.find(([callback]) => callback === "l")?.[1];
  if (!log) return undefined;
  const bits = Number(log["response.flags"]);
  const flags = Object.entries(ResponseFlag).flatMap(([name, bit]) =>
    bits & bit ? NAMES[name as keyof typeof NAMES] : [],
  );
  return [
    log["response.code"] ?? "-",
    flags.join(",") || "-",
    log["response.code_details"] ?? "-",
    log["upstream.request_attempt_count"],
  ].join(" ");
}
