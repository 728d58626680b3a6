import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import {
  type Contain,
  containing,
  Exchange,
  HeaderMap,
  ignore,
  localReply,
  ResponseFlag,
  StreamInfo,
} from "proxy-wasm-host";
import { connectionOf } from "../connection-of.ts";
import { NOT_FOUND, onDroppedHeader, openExchange, type ProxyState, reportBroken } from "../open-exchange.ts";
import { readRequest } from "../request.ts";
import { hasBody, rawPairs } from "../wire.ts";
import { Downstream } from "./downstream.ts";
import { Tunnel } from "./tunnel.ts";

const NOTHING = Buffer.alloc(0);

/**
 * Passes a client's request through the filters to the upstream, and the response back.
 *
 * @param upgrade the bytes after an upgrade request; Node's parser has released its connection
 */
export function serve(state: ProxyState, req: IncomingMessage, res: ServerResponse, upgrade?: Buffer): void {
  // The response's `close` event also reports a client that disconnects.
  req.on("error", ignore);
  res.on("error", ignore);
  const contain = containing((event, error) => {
    reportBroken(state.runtime, event, error);
    abandon(res);
  });
  contain("the request", () => begin(state, req, res, upgrade))();
}

/** Answers 500 to a request without an exchange. */
function abandon(res: ServerResponse): void {
  res.shouldKeepAlive = false;
  if (!res.headersSent) res.writeHead(500, ["connection", "close", "content-length", "0", "server", "envoy"]);
  res.end();
}

function begin(state: ProxyState, req: IncomingMessage, res: ServerResponse, upgrade: Buffer | undefined): void {
  const headers = readRequest(req);
  const received = (bytes: Buffer, end: boolean): boolean => {
    info.requestSize += bytes.length;
    return exchange.request.data(bytes, end);
  };
  const sender = upgrade ? req.socket : req;
  const clientOf = (contain: Contain) =>
    new Downstream(
      req,
      res,
      onDroppedHeader(state),
      () => !state.connections.draining,
      upgrade && new Tunnel(req.socket, upgrade, received, contain),
    );
  let complete = false;
  const record = state.recorder?.begin(req.method ?? "GET");
  const info = new StreamInfo(connectionOf(req.socket), `HTTP/${req.httpVersion}`, req.method, record);
  const { exchange, end, contain } = openExchange(state, info, clientOf, {
    get complete() {
      return complete;
    },
    resume: () => sender.resume(),
  });
  state.active.set(req.socket, exchange);
  const drained = contain("the client's draining", () => exchange.response.unblock());
  (upgrade ? req.socket : res).on("drain", drained);
  // The response is sent, or the client has disconnected.
  res.on("close", end).on("close", state.connections.begin(req.socket));
  if (!(headers instanceof HeaderMap)) {
    complete = headers.status === NOT_FOUND;
    exchange.reply(headers);
    return;
  }
  const ask = contain("the request's head", (end: boolean) => exchange.ask(headers, end));
  if (upgrade) {
    ask(false);
    return;
  }
  const open = req.method === "CONNECT";
  const body = open || hasBody(req);
  complete = !body;
  ask(!body);
  const receive = contain("the request's data", (chunk: Buffer) => {
    if (!received(chunk, false)) req.pause();
  });
  const ended = contain("the request's end", () => {
    complete = true;
    if (!body || open) return;
    if (req.rawTrailers.length > 0)
      exchange.request.trailers(new HeaderMap("request-trailers", rawPairs(req.rawTrailers)));
    else exchange.request.data(NOTHING, true);
  });
  req.on("data", receive);
  req.on("end", ended);
}

/**
 * Handles a connection that sent a malformed request. If it has an exchange without a response, that gets 400. Else the filters see an
 * exchange that has only an entry in their logs.
 *
 * @param tooLarge whether the request's head is too large
 * @returns whether an exchange has answered
 */
export function rejectMalformed({ runtime, active }: ProxyState, socket: Socket, tooLarge: boolean): boolean {
  const exchange = active.get(socket);
  const reply = tooLarge
    ? localReply(431, "http1.headers_too_large", "Request Header Fields Too Large")
    : localReply(400, "http1.codec_error", "Bad Request");
  if (exchange?.unanswered) {
    exchange.reply(reply);
    exchange.info.responseFlags |= ResponseFlag.downstream_protocol_error;
    return true;
  }
  const nowhere = { headers: () => {}, data: () => true, trailers: () => {} };
  const rejected = new Exchange(runtime.plugins, new StreamInfo(connectionOf(socket), "HTTP/1.1"), {
    upstream: nowhere,
    client: nowhere,
    ready: () => {},
    answered: () => {},
    reset: () => {},
  });
  rejected.reply({ ...reply, flags: ResponseFlag.downstream_protocol_error });
  rejected.end();
  return false;
}
