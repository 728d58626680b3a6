import { type LocalReply, localReply } from "proxy-wasm-host";
import { tlsFailure } from "../net/tls-failure.ts";

/** The response was not complete in time. */
export class UpstreamTimeout extends Error {
  override name = "UpstreamTimeout";
}

/** The upstream did not send a valid HTTP response. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

/** The upstream reset the HTTP/2 stream. */
export class StreamReset extends Error {
  override name = "StreamReset";
  /** Envoy's name of the reason. */
  readonly code: string;

  constructor(code: number, options?: ErrorOptions) {
    super(`stream reset with error code ${code}`, options);
    this.code = code === REFUSED_STREAM ? "remote refused stream reset" : "remote reset";
  }
}

const REFUSED_STREAM = 7;

const PREFIX = "upstream connect error or disconnect/reset before headers. reset reason:";
const DETAILS = "upstream_reset_before_response_started";

/**
 * Envoy's reply when an upstream gives no response: 504 after a timeout, 502 after a protocol error, else 503
 * (envoyproxy/envoy, source/common/router/router.cc, onUpstreamReset; the texts as Envoy 1.40 sends them).
 */
export function failureReply(error: NodeJS.ErrnoException): LocalReply {
  if (error instanceof UpstreamTimeout) return localReply(504, "response_timeout", "upstream request timeout");
  if (error instanceof ProtocolError || error.code?.startsWith("HPE_")) {
    return localReply(502, `${DETAILS}{protocol_error}`, `${PREFIX} protocol error`);
  }
  if (error instanceof StreamReset) {
    return localReply(503, `${DETAILS}{${error.code.replaceAll(" ", "_")}}`, `${PREFIX} ${error.code}`);
  }
  if (tlsFailure(error) !== undefined) {
    const why = "remote connection failure, transport failure reason: TLS_error";
    return localReply(503, `${DETAILS}{remote_connection_failure|TLS_error}`, `${PREFIX} ${why}`);
  }
  if (error.syscall === "connect" || error.syscall === "getaddrinfo") {
    const why = error.code === "ECONNREFUSED" ? "|delayed_connect_error:_Connection_refused" : "";
    return localReply(503, `${DETAILS}{remote_connection_failure${why}}`, `${PREFIX} remote connection failure`);
  }
  return localReply(503, `${DETAILS}{connection_termination}`, `${PREFIX} connection termination`);
}

/** The line of the log about a failure. */
export function failureText(url: URL, error: NodeJS.ErrnoException): string {
  const broken = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
  const what = tlsFailure(error) ?? (broken || error.code);
  const remedy = error.syscall === "connect" || error.syscall === "getaddrinfo" ? "; is it running there?" : "";
  return `upstream ${url.href}: ${what}${remedy}`;
}
