import { constants, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { HeaderMap } from "../headers.ts";
import { connectionOf, StreamInfo } from "../stream-info.ts";
import { Http2Downstream } from "./http2-downstream.ts";
import { lead, NOT_FOUND, type ProxyState, reportsDropped } from "./lead.ts";
import { readHttp2Request } from "./request.ts";
import { rawPairs } from "./wire.ts";

const NOTHING = Buffer.alloc(0);

/** Leads one HTTP/2 stream of a client through the filters to the upstream, and the response back. */
export function serveHttp2(state: ProxyState, stream: ServerHttp2Stream, raw: readonly string[], flags: number): void {
  const pairs = rawPairs(raw);
  const headers = readHttp2Request(pairs);
  const method = pairs.find(([name]) => name === ":method")?.[1];
  const downstream = new Http2Downstream(stream, reportsDropped(state));
  const connection = connectionOf(stream.session?.socket as Socket);
  const info = new StreamInfo(connection, "HTTP/2", method, state.runtime.recorder);
  const empty = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
  let asked = empty;
  const { exchange, end } = lead(state, info, downstream, {
    get asked() {
      return asked;
    },
    resume: () => stream.resume(),
  });
  stream.on("drain", () => exchange.response.unblock());
  stream.on("close", end);
  // A reset is seen at the close; without a listener Node would end the process.
  stream.on("error", () => {});
  if (!(headers instanceof HeaderMap)) {
    asked ||= headers.status === NOT_FOUND;
    exchange.reply(headers);
    return;
  }
  exchange.ask(headers, empty);
  if (empty) return;
  let trailers: HeaderMap | undefined;
  stream.on("trailers", (_, __, more?: readonly string[]) => {
    trailers = new HeaderMap("request-trailers", rawPairs(more ?? []));
  });
  stream.on("data", (chunk: Buffer) => {
    info.requestSize += chunk.length;
    if (!exchange.request.data(chunk, false)) stream.pause();
  });
  stream.on("end", () => {
    // A reset ends what can be read, too.
    if (stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    asked = true;
    if (trailers) exchange.request.trailers(trailers);
    else exchange.request.data(NOTHING, true);
  });
}
