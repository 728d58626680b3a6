import { constants, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { HeaderMap, StreamInfo } from "proxy-wasm-host";
import { connectionOf } from "../connection-of.ts";
import { lead, NOT_FOUND, type ProxyState, reportsDropped } from "../lead.ts";
import { readHttp2Request } from "../request.ts";
import { rawPairs } from "../wire.ts";
import { readHttp2Body } from "./body.ts";
import { Http2Downstream } from "./downstream.ts";

/** Leads one HTTP/2 stream of a client through the filters to the upstream, and the response back. */
export function serveHttp2(state: ProxyState, stream: ServerHttp2Stream, raw: readonly string[], flags: number): void {
  const pairs = rawPairs(raw);
  const headers = readHttp2Request(pairs);
  const method = pairs.find(([name]) => name === ":method")?.[1] ?? "GET";
  const downstream = new Http2Downstream(stream, reportsDropped(state));
  const connection = connectionOf(stream.session?.socket as Socket);
  const info = new StreamInfo(connection, "HTTP/2", method, state.recorder?.begin(method));
  const empty = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
  let asked = empty;
  const { exchange, end } = lead(state, info, downstream, {
    get asked() {
      return asked;
    },
    resume: () => stream.resume(),
  });
  if (!empty && headers instanceof HeaderMap) {
    readHttp2Body(stream, "request-trailers", {
      data: (bytes, end) => {
        asked = end;
        info.requestSize += bytes.length;
        return exchange.request.data(bytes, end);
      },
      trailers: (trailers) => {
        asked = true;
        exchange.request.trailers(trailers);
      },
    });
  }
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
}
