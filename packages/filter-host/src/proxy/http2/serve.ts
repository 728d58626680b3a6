import { constants, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { type Connection, type Contain, containing, HeaderMap, ignore, StreamInfo } from "proxy-wasm-host";
import { connectionOf } from "../connection-of.ts";
import { NOT_FOUND, onDroppedHeader, openExchange, type ProxyState, reportBroken } from "../open-exchange.ts";
import { readHttp2Request } from "../request.ts";
import { rawPairs } from "../wire.ts";
import { readHttp2Body } from "./body.ts";
import { Http2Downstream } from "./downstream.ts";

/** Passes a client's HTTP/2 stream through the filters to the upstream, and the response back. */
export function serveHttp2(state: ProxyState, stream: ServerHttp2Stream, raw: readonly string[], flags: number): void {
  // The `close` event also reports a reset.
  stream.on("error", ignore);
  const { session } = stream;
  // Node also emits streams that were reset, or whose connection ended, within the same read.
  if (!session || session.destroyed || stream.destroyed) return;
  const contain = containing((event, error) => {
    reportBroken(state.runtime, event, error);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  });
  contain("the request", () => begin(state, stream, connectionOf(session.socket as Socket), raw, flags))();
}

function begin(
  state: ProxyState,
  stream: ServerHttp2Stream,
  connection: Connection,
  raw: readonly string[],
  flags: number,
): void {
  const pairs = rawPairs(raw);
  const headers = readHttp2Request(pairs);
  const method = pairs.find(([name]) => name === ":method")?.[1] ?? "GET";
  const clientOf = (contain: Contain) => new Http2Downstream(stream, onDroppedHeader(state), contain);
  const info = new StreamInfo(connection, "HTTP/2", method, state.recorder?.begin(method));
  const empty = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
  let complete = empty;
  const { exchange, end, contain } = openExchange(state, info, clientOf, {
    get complete() {
      return complete;
    },
    resume: () => stream.resume(),
  });
  if (!empty && headers instanceof HeaderMap) {
    readHttp2Body(stream, "request-trailers", contain, {
      data: (bytes, end) => {
        complete = end;
        info.requestSize += bytes.length;
        return exchange.request.data(bytes, end);
      },
      trailers: (trailers) => {
        complete = true;
        exchange.request.trailers(trailers);
      },
    });
  }
  const drained = contain("the client's draining", () => exchange.response.unblock());
  stream.on("drain", drained);
  stream.on("close", end);
  if (!(headers instanceof HeaderMap)) {
    complete ||= headers.status === NOT_FOUND;
    exchange.reply(headers);
    return;
  }
  contain("the request's head", () => exchange.ask(headers, empty))();
}
