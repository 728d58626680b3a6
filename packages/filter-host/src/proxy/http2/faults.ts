import { type Gone, ResponseFlag } from "proxy-wasm-host";

const fault = (details: string, flags: number = ResponseFlag.downstream_protocol_error): Gone => ({ flags, details });

/** How a client spoils one of its streams, as Envoy names it (envoyproxy/envoy, source/common/http/http2/codec_impl.cc, Http2ResponseCodeDetailValues). */
export const Fault = {
  /** A body of another length than the head says, or beyond the window. */
  body: fault("http2.remote_reset"),
  /** Trailers before the end of the body, or that do not end the message. */
  messaging: fault("http2.violation.of.messaging.rule"),
  field: fault("http2.invalid.header.field"),
  emptyFrames: fault("http2.inbound_empty_frames_flood"),
  /** A frame that may not be on it. */
  frame: fault("http2.unknown.nghttp2.error"),
  manyHeaders: fault("http2.too_many_headers", ResponseFlag.downstream_remote_reset),
  largeHeaders: fault("http2.header_list_size_too_large", ResponseFlag.downstream_remote_reset),
  /** Beside too many others that its client has reset. */
  resets: fault("too_many_premature_resets", 0),
} as const;

/** How the other streams of a connection that cannot go on end. @param flood the frames of which there are too many, if that is why */
export function codecError(flood: string | undefined): Gone {
  const reason = flood === undefined ? "The user callback function failed" : `Too many ${flood}`;
  return fault(`codec_error:${reason.replaceAll(" ", "_")}`);
}
