import { type LocalReply, localReply, ResponseFlag } from "proxy-wasm-host";
import { ConnectTimeout } from "../net/dialer.ts";
import { tlsFailure } from "../net/tls-failure.ts";

/** The upstream did not send a valid HTTP response. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

/** A limit for the response has passed. */
export class UpstreamTimeout extends Error {
  override name = "UpstreamTimeout";
}

/** The upstream reset the HTTP/2 stream. */
export class StreamReset extends Error {
  override name = "StreamReset";
  /** Envoy's name of the reason. */
  readonly code: ResetReason;

  constructor(code: number, options?: ErrorOptions) {
    super(`stream reset with error code ${code}`, options);
    this.code = RESETS[code] ?? "remote reset";
  }
}

/** Why there is no complete response, in Envoy's words (envoyproxy/envoy, source/common/http/utility.cc, resetReasonToString). */
export type ResetReason =
  | "connection termination"
  | "connection timeout"
  | "local reset"
  | "protocol error"
  | "remote connection failure"
  | "remote error with CONNECT request"
  | "remote refused stream reset"
  | "remote reset";

/** The reasons that error codes have of their own (RFC 9113, section 7). */
const RESETS: Readonly<Record<number, ResetReason>> = {
  1: "protocol error",
  7: "remote refused stream reset",
  10: "remote error with CONNECT request",
};

const FLAGS: Readonly<Record<ResetReason, number>> = {
  "connection termination": ResponseFlag.upstream_connection_termination,
  "connection timeout": ResponseFlag.upstream_connection_failure,
  "local reset": ResponseFlag.local_reset,
  "protocol error": ResponseFlag.upstream_protocol_error,
  "remote connection failure": ResponseFlag.upstream_connection_failure,
  "remote error with CONNECT request": ResponseFlag.upstream_remote_reset,
  "remote refused stream reset": ResponseFlag.upstream_remote_reset,
  "remote reset": ResponseFlag.upstream_remote_reset,
};

/** The texts of system errors, as Envoy shows them. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  EHOSTUNREACH: "No route to host",
  ENETUNREACH: "Network is unreachable",
  ETIMEDOUT: "Connection timed out",
};

const TLS = "TLS_error";

/** Why there is no complete response. */
export function resetReason(error: NodeJS.ErrnoException): ResetReason {
  if (error instanceof ProtocolError || error.code?.startsWith("HPE_")) return "protocol error";
  if (error instanceof StreamReset) return error.code;
  if (error instanceof ConnectTimeout) return "connection timeout";
  if (error.syscall === "connect" || tlsFailure(error) !== undefined) return "remote connection failure";
  return "connection termination";
}

/** Why a connection could not be established, in Envoy's words; empty if another thing failed. */
export function transportFailure(error: NodeJS.ErrnoException): string {
  if (tlsFailure(error) !== undefined) return TLS;
  const { syscall, code = "" } = error;
  const text = syscall === "connect" ? SYSTEM_ERRORS[code] : undefined;
  return text === undefined ? "" : `delayed connect error: ${text}`;
}

/** Whether the upstream's name has no address: Envoy sends nothing then, and sends nothing again. */
export const isNowhere = ({ syscall }: NodeJS.ErrnoException): boolean => syscall === "getaddrinfo";

/** What the upstream has done before it failed. */
export interface Progress {
  /** The response has started. */
  readonly started: boolean;
  /** The request was sent more than once. */
  readonly retried: boolean;
}

/**
 * Envoy's reply after a time-out of the response.
 *
 * @param quiet whether it is 204, as `x-envoy-upstream-rq-timeout-alt-response` asks
 */
export const timeoutReply = (details: string, quiet: boolean): LocalReply =>
  localReply(
    quiet ? 204 : 504,
    details,
    quiet ? "" : "upstream request timeout",
    ResponseFlag.upstream_request_timeout,
  );

/**
 * Envoy's reply when an upstream gives no complete response: 504 after a time-out, 502 after a protocol error, else 503 (envoyproxy/envoy,
 * source/common/router/router.cc, onUpstreamReset; the texts as Envoy 1.40 sends them).
 */
export function failureReply(error: NodeJS.ErrnoException, { started, retried }: Progress = FIRST): LocalReply {
  if (error instanceof UpstreamTimeout) return timeoutReply("response_timeout", false);
  if (isNowhere(error)) {
    return localReply(503, "no_healthy_upstream", "no healthy upstream", ResponseFlag.no_healthy_upstream);
  }
  const reason = resetReason(error);
  const transport = transportFailure(error);
  const why = transport === "" ? reason : `${reason}|${transport}`;
  const cause = transport === TLS ? `, transport failure reason: ${TLS}` : "";
  const before = `upstream_reset_${started ? "after" : "before"}_response_started`;
  return localReply(
    reason === "protocol error" ? 502 : 503,
    `${before}{${why.replaceAll(" ", "_")}}`,
    `upstream connect error or disconnect/reset before headers. ${retried ? "retried and the latest " : ""}reset reason: ${reason}${cause}`,
    FLAGS[reason],
  );
}

const FIRST: Progress = { started: false, retried: false };

/** The line of the log about a failure. */
export function failureText(url: URL, error: NodeJS.ErrnoException): string {
  const broken = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
  const what = tlsFailure(error) ?? (broken || error.code);
  const remedy = error.syscall === "connect" || error.syscall === "getaddrinfo" ? "; is it running there?" : "";
  return `upstream ${url.href}: ${what}${remedy}`;
}
