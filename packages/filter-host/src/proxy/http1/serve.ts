import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Exchange, HeaderMap, localReply, StreamInfo } from "proxy-wasm-host";
import { connectionOf } from "../connection-of.ts";
import { lead, NOT_FOUND, type ProxyState, reportsDropped } from "../lead.ts";
import { readRequest } from "../request.ts";
import { hasBody, rawPairs } from "../wire.ts";
import { Downstream } from "./downstream.ts";
import { Tunnel } from "./tunnel.ts";

const NOTHING = Buffer.alloc(0);

/**
 * Leads one request of a client through the filters to the upstream, and the response back.
 *
 * @param upgrade what came after a request that asks for another protocol; Node's parser has let go of its connection
 */
export function serve(state: ProxyState, req: IncomingMessage, res: ServerResponse, upgrade?: Buffer): void {
  const headers = readRequest(req);
  const received = (bytes: Buffer, end: boolean): boolean => {
    info.requestSize += bytes.length;
    return exchange.request.data(bytes, end);
  };
  const sender = upgrade ? req.socket : req;
  const tunnel = upgrade && new Tunnel(req.socket, upgrade, received);
  const downstream = new Downstream(req, res, reportsDropped(state), tunnel);
  let asked = false;
  const record = state.recorder?.begin(req.method ?? "GET");
  const info = new StreamInfo(connectionOf(req.socket), `HTTP/${req.httpVersion}`, req.method, record);
  const { exchange, end } = lead(state, info, downstream, {
    get asked() {
      return asked;
    },
    resume: () => sender.resume(),
  });
  state.active.set(req.socket, exchange);
  (upgrade ? req.socket : res).on("drain", () => exchange.response.unblock());
  // The response is sent, or the client is gone.
  res.on("close", end);
  // The client's going away is seen at the response; without a listener Node would end the process.
  sender.on("error", () => {});
  if (!(headers instanceof HeaderMap)) {
    asked = headers.status === NOT_FOUND;
    exchange.reply(headers);
    return;
  }
  if (upgrade) {
    exchange.ask(headers, false);
    return;
  }
  const open = req.method === "CONNECT";
  const body = open || hasBody(req);
  asked = !body;
  exchange.ask(headers, !body);
  req.on("data", (chunk: Buffer) => {
    if (!received(chunk, false)) req.pause();
  });
  req.on("end", () => {
    asked = true;
    if (!body || open) return;
    if (req.rawTrailers.length > 0)
      exchange.request.trailers(new HeaderMap("request-trailers", rawPairs(req.rawTrailers)));
    else exchange.request.data(NOTHING, true);
  });
}

/** A connection sent what is no HTTP: its exchange, if it has one, or one that is no more than an entry in the filters' logs. */
export function refuse({ runtime, active }: ProxyState, socket: Socket): boolean {
  const exchange = active.get(socket);
  if (exchange?.unanswered) {
    exchange.reply(localReply(400, "http1.codec_error", "Bad Request"));
    return true;
  }
  const ends = { headers: () => {}, data: () => true, trailers: () => {} };
  new Exchange(runtime.plugins, new StreamInfo(connectionOf(socket), "HTTP/1.1"), {
    upstream: ends,
    client: ends,
    ready: () => {},
    answered: () => {},
    reset: () => {},
  }).end();
  return false;
}
