const UNTRUSTED = "its certificate is not trusted; give the file of its CA with --upstream-ca";
const NOT_TLS = "it does not speak TLS; is it http://?";
const NO_PROTOCOL = "it accepts none of the protocols that are offered by ALPN";

/** What is wrong, by the code of Node's error. */
const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  INVALID_CA: UNTRUSTED,
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: NO_PROTOCOL,
  ERR_SSL_NO_APPLICATION_PROTOCOL: NO_PROTOCOL,
};

/** The upstream does not accept the only protocol that is offered. */
export class ProtocolRefused extends Error {
  readonly code = "ERR_TLS_NO_HTTP2";

  constructor() {
    super("it does not accept HTTP/2 by ALPN");
  }
}

/**
 * Says what is wrong with a connection over TLS.
 *
 * @param error the error of a connection
 * @returns the text; undefined if the error is not one of TLS
 */
export function tlsFailure(
  error: NodeJS.ErrnoException & { readonly cert?: { readonly subjectaltname?: string } },
): string | undefined {
  const { code = "", message, cert } = error;
  if (code === "ECONNRESET" && message.includes("before secure TLS connection")) {
    return `TLS: it closed the connection during the handshake (${code})`;
  }
  if (!(code in REASONS) && !/^(ERR_SSL|ERR_TLS|CERT)_/.test(code)) return undefined;
  const names = cert?.subjectaltname?.replaceAll(/DNS:|IP Address:/g, "") || "another name";
  const reason =
    code === "ERR_TLS_CERT_ALTNAME_INVALID"
      ? `its certificate is for ${names}; use that name, or give it with --upstream-sni`
      : (REASONS[code] ?? message.trim());
  return `TLS: ${reason} (${code})`;
}
