import { constants, type Http2Stream } from "node:http2";
import { type Contain, HeaderMap, type HeaderMapKind } from "proxy-wasm-host";
import { rawPairs } from "../wire.ts";

const NOTHING = Buffer.alloc(0);

/** What comes after the head of a message. */
export interface BodyEvents {
  /** @returns false if the sender is to wait until the stream is resumed */
  data(bytes: Buffer, end: boolean): boolean;
  trailers(trailers: HeaderMap): void;
}

/**
 * Reads the body of a message. The frame that ends it mostly bears its last bytes, too, and Envoy shows both at once
 * (envoyproxy/envoy, source/common/http/http2/codec_impl.cc, ConnectionImpl::onData). Node tells of the end after the bytes, but
 * before anything else is read: so each piece waits until then.
 *
 * @param stream may be reset, then what came before is passed on, without an end
 * @param kind of its trailers
 * @param contain makes the listeners to the stream
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
  // Trailers come while bytes before them may still wait to be read.
  const trailed = contain("trailers", (_headers: unknown, _flags: unknown, raw: readonly string[]) => {
    trailers = new HeaderMap(kind, rawPairs(raw));
  });
  const ended = contain("a body's end", () => {
    // A reset ends what can be read, too.
    if (stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return passOn();
    if (!trailers) return pass(true);
    passOn();
    events.trailers(trailers);
  });
  stream.on("trailers", trailed);
  stream.on("end", ended);
  stream.on("close", passOn);
}
