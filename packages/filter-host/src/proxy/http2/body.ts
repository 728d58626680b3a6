import { constants, type Http2Stream } from "node:http2";
import { type Contain, HeaderMap, type HeaderMapKind } from "proxy-wasm-host";
import { rawPairs } from "../wire.ts";

const NOTHING = Buffer.alloc(0);

/** The events of a message after its head. */
export interface BodyEvents {
  /** @returns false if the sender must wait until the stream is resumed */
  data(bytes: Buffer, end: boolean): boolean;
  trailers(trailers: HeaderMap): void;
}

/**
 * Reads the body of a message. The last frame usually has both the last bytes and the end, which Envoy passes as one event
 * (envoyproxy/envoy, source/common/http/http2/codec_impl.cc, ConnectionImpl::onData). Node reports the end after the bytes, but before
 * it reads more, so each chunk is delayed until then.
 *
 * @param stream if it is reset, the bytes before are passed on, without an end
 * @param kind the kind of its trailers
 * @param contain wraps the listeners to the stream
 */
export function readHttp2Body(stream: Http2Stream, kind: HeaderMapKind, contain: Contain, events: BodyEvents): void {
  let waiting: Buffer | undefined;
  let trailers: HeaderMap | undefined;
  const pass = (end: boolean): void => {
    const bytes = waiting ?? NOTHING;
    waiting = undefined;
    if (!events.data(bytes, end) && !end) stream.pause();
  };
  const passOn = contain("a body's data", (): void => {
    if (waiting) pass(false);
  });
  stream.on("data", (chunk: Buffer) => {
    passOn();
    waiting = chunk;
    setImmediate(passOn);
  });
  // Node reports trailers before the bytes that precede them are read.
  const receiveTrailers = contain("trailers", (_headers: unknown, _flags: unknown, raw: readonly string[]) => {
    trailers = new HeaderMap(kind, rawPairs(raw));
  });
  const ended = contain("a body's end", () => {
    // A reset also ends the readable side.
    if (stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return passOn();
    if (!trailers) return pass(true);
    passOn();
    events.trailers(trailers);
  });
  stream.on("trailers", receiveTrailers);
  stream.on("end", ended);
  stream.on("close", passOn);
}
