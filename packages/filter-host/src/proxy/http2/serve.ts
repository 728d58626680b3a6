import type { Socket } from "node:net";
import { containing, HeaderMap, type Pair, StreamInfo } from "proxy-wasm-host";
import { connectionOf } from "../connection-of.ts";
import { onDroppedHeader, openExchange, type ProxyState, reportBroken } from "../open-exchange.ts";
import { readHttp2Request } from "../request.ts";
import { Http2Downstream } from "./downstream.ts";
import { ErrorCode } from "./frame.ts";
import type { ServerStream } from "./server-stream.ts";

/**
 * Passes a client's HTTP/2 stream through the filters to the upstream, and the response back.
 *
 * @param whole whether the request has no body
 */
export function serveHttp2(
  state: ProxyState,
  stream: ServerStream,
  socket: Socket,
  pairs: readonly Pair[],
  whole: boolean,
): void {
  const contain = containing((event, error) => {
    reportBroken(state.runtime, event, error);
    stream.reset(ErrorCode.internal);
  });
  contain("the request", () => begin(state, stream, socket, pairs, whole))();
}

function begin(state: ProxyState, stream: ServerStream, socket: Socket, pairs: readonly Pair[], whole: boolean): void {
  const headers = readHttp2Request(pairs);
  const method = pairs.find(([name]) => name === ":method")?.[1] ?? "GET";
  const clientOf = () => new Http2Downstream(stream, onDroppedHeader(state));
  const info = new StreamInfo(connectionOf(socket), "HTTP/2", method, state.recorder?.begin(method));
  const { exchange, end, contain } = openExchange(state, info, clientOf, {
    get complete() {
      return stream.remoteEnded;
    },
    resume: () => stream.resume(),
  });
  const refused = headers instanceof HeaderMap ? undefined : headers;
  const received = contain("the request's data", (bytes: Buffer, end: boolean): boolean => {
    info.requestSize += bytes.length;
    return exchange.request.data(bytes, end);
  });
  const trailers = contain("the request's trailers", (pairs: readonly Pair[]) =>
    exchange.request.trailers(new HeaderMap("request-trailers", pairs)),
  );
  stream.listen({
    data: (bytes, end) => refused !== undefined || received(bytes, end) !== false,
    trailers: (pairs) => {
      if (!refused) trailers(pairs);
    },
    drained: contain("the client's draining", () => exchange.response.unblock()),
    closed: () => end(stream.gone, stream.localEnded),
  });
  if (headers instanceof HeaderMap && headers.get("expect")?.toLowerCase() === "100-continue") {
    headers.remove("expect");
    stream.inform([[":status", "100"]]);
  }
  if (headers instanceof HeaderMap) contain("the request's head", () => exchange.ask(headers, whole))();
  else exchange.reply(headers);
}
