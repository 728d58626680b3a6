import type { Agent, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Exchange } from "../exchange.ts";
import { HeaderMap } from "../headers.ts";
import { localReply } from "../local-reply.ts";
import type { Runtime } from "../runtime.ts";
import { connectionOf, StreamInfo } from "../stream-info.ts";
import { Downstream } from "./downstream.ts";
import { readRequest } from "./request.ts";
import { Tunnel } from "./tunnel.ts";
import { Upstream } from "./upstream.ts";
import { failureText } from "./upstream-failure.ts";
import { hasBody, rawPairs } from "./wire.ts";

/** What all exchanges of a proxy share. */
export interface ProxyState {
  readonly runtime: Runtime;
  readonly upstream: URL;
  readonly agent: Agent;
  /** Milliseconds that an upstream has from the request's end to the response's. */
  readonly timeout: number;
  /** The exchange that a client's connection is busy with. */
  readonly active: WeakMap<Socket, Exchange>;
  /** What was last reported of the upstream, so that one outage is one line of the log. */
  trouble: string | undefined;
}

const NOTHING = Buffer.alloc(0);

/**
 * Leads one request of a client through the filters to the upstream, and the response back.
 *
 * @param upgrade what came after a request that asks for another protocol; Node's parser has let go of its connection
 */
export function serve(state: ProxyState, req: IncomingMessage, res: ServerResponse, upgrade?: Buffer): void {
  const { runtime } = state;
  const headers = readRequest(req);
  const received = (bytes: Buffer, end: boolean): boolean => {
    info.requestSize += bytes.length;
    return exchange.request.data(bytes, end);
  };
  const sender = upgrade ? req.socket : req;
  const dropped = (name: string) =>
    runtime.report("warn", `response header ${JSON.stringify(name)} left out: HTTP does not allow it`);
  const downstream = new Downstream(req, res, dropped, upgrade && new Tunnel(req.socket, upgrade, received));
  const upstream = connect(state, () => exchange);
  let asked = false;
  const info = new StreamInfo(connectionOf(req.socket), `HTTP/${req.httpVersion}`, req.method, runtime.recorder);
  const exchange = new Exchange(runtime.plugins, info, {
    upstream: {
      headers: (sent, end) => {
        // Filters that remove what a route is found by.
        if (!sent.has(":path") || !sent.has("x-forwarded-proto")) {
          exchange.fail(localReply(NOT_FOUND, "route_not_found"));
          return;
        }
        info.routed({ address: state.upstream.hostname, port: Number(state.upstream.port || 80) });
        upstream.headers(sent, end);
      },
      data: (bytes, end) => upstream.data(bytes, end),
      trailers: (trailers) => upstream.trailers(trailers),
    },
    client: downstream,
    ready: (side) => (side === "request" ? sender.resume() : upstream.resume()),
    answered: () => {
      upstream.close();
      // What a client still sends would be taken for its next request.
      if (!asked) downstream.closeAfter();
    },
    reset: () => downstream.reset(),
  });
  state.active.set(req.socket, exchange);
  (upgrade ? req.socket : res).on("drain", () => exchange.response.unblock());
  // The response is sent, or the client is gone.
  res.on("close", () => {
    upstream.close();
    exchange.end();
  });
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

const NOT_FOUND = 404;

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

function connect(state: ProxyState, exchange: () => Exchange): Upstream {
  return new Upstream(state, {
    headers: (headers, end) => {
      state.trouble = undefined;
      exchange().respond(headers, end);
    },
    data: (bytes, end) => {
      if (end) exchange().info.answered();
      return exchange().response.data(bytes, end);
    },
    trailers: (trailers) => {
      exchange().info.answered();
      exchange().response.trailers(trailers);
    },
    failed: (reply, error) => {
      const text = error && failureText(state.upstream, error);
      if (text !== undefined && text !== state.trouble) state.runtime.report("warn", text);
      state.trouble = text ?? state.trouble;
      exchange().fail(reply);
    },
    connected: (local) => exchange().info.connected(local),
    unblocked: () => exchange().request.unblock(),
  });
}
