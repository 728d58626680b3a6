import { oneLine } from "@wasm-header-filter/cli";
import { isLoopback } from "./endpoint.ts";
import { RegistryError } from "./error.ts";

/** What Node's error codes mean to a user. */
const REASONS: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "its name could not be looked up",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ETIMEDOUT: "it does not answer",
  UND_ERR_CONNECT_TIMEOUT: "it does not answer",
  UND_ERR_HEADERS_TIMEOUT: "it does not answer",
  UND_ERR_BODY_TIMEOUT: "it stopped in the middle of its answer",
  EPROTO: "it does not speak https",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak https (--insecure allows plain http)",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
};

const UNTRUSTED = ["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"];
for (const code of [...UNTRUSTED, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"]) {
  REASONS[code] = "its certificate is not trusted (--ca names another authority)";
}

/** Network errors that may not occur again; an unknown host is none of them. */
const TRANSIENT =
  /^(ECONNRESET|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR_(SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT))$/;

/**
 * The error for a server that could not be reached or whose connection broke.
 *
 * @param where what was requested from which server
 * @param origin the server
 * @param error what fetch or a body's stream threw
 */
export function connectionError(where: string, origin: string, error: unknown): RegistryError {
  const code = codeOf(error);
  if (isAborted(error)) return new RegistryError(`${where}: ${origin}: not done in time`);
  // fetch's own text, "fetch failed", says nothing.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const reason = REASONS[code] ?? oneLine(cause);
  return new RegistryError(`${where}: ${origin}: ${reason}${proxyHint(origin)}`, { transient: TRANSIENT.test(code) });
}

/** Whether it is what an AbortSignal makes of a request. */
const isAborted = (error: unknown): boolean =>
  error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");

/** A proxy that is down looks like a registry that is down. */
function proxyHint(origin: string): string {
  const names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];
  const name = isLoopback(new URL(origin).hostname) ? undefined : names.find((name) => process.env[name]);
  return name ? ` (${name} is set)` : "";
}

function codeOf(error: unknown): string {
  for (let next = error; next instanceof Error; next = next.cause) {
    const { code } = next as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
  }
  return "";
}
