/** A peer has sent what HTTP/1 does not allow, or more than the limits. */
export class CodecError extends Error {
  override name = "CodecError";
  /** The status of the answer, if the peer is a client. */
  readonly status: 400 | 431 | 501;
  /** Envoy's name of the reason. */
  readonly details: string;

  /** @param details Envoy's name of the reason (envoyproxy/envoy, source/common/http/http1/codec_impl.cc) */
  constructor(message: string, status: 400 | 431 | 501 = 400, details = "http1.codec_error") {
    super(message);
    this.status = status;
    this.details = details;
  }
}
