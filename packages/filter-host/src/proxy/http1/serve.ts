import type { Socket } from "node:net";
import {
  containing,
  type Gone,
  HeaderMap,
  ignore,
  localReply,
  type Pair,
  ResponseFlag,
  StreamInfo,
} from "proxy-wasm-host";
import { connectionOf } from "../connection-of.ts";
import type { CodecError } from "../http1-codec/codec-error.ts";
import type { RequestHead } from "../http1-codec/request-head.ts";
import { type RequestListener, ServerConnection } from "../http1-codec/server-connection.ts";
import { onDroppedHeader, openExchange, type ProxyState, reportBroken } from "../open-exchange.ts";
import { admitRequest } from "../request.ts";
import { Downstream } from "./downstream.ts";

const NOTHING = Buffer.alloc(0);
const TEXTS = { 400: "Bad Request", 431: "Request Header Fields Too Large", 501: "Not Implemented" } as const;
const CONTINUE = "HTTP/1.1 100 Continue";

/**
 * Serves a client's HTTP/1 connection: passes its requests through the filters to the upstream, and the responses back.
 *
 * @param first the bytes that have been read from it already
 */
export function serve(state: ProxyState, socket: Socket, first: Buffer): void {
  let connection: ServerConnection | undefined;
  const contain = containing((event, error) => {
    reportBroken(state.runtime, event, error);
    if (connection) abandon(connection);
    else socket.destroy();
  });
  contain("the connection", () => {
    connection = new ServerConnection(
      socket,
      (connection) => ({
        request: (head, end) => begin(state, connection, head, end),
        rejected: (error) => reject(state, connection, error),
      }),
      contain,
    );
    connection.receive(first);
  })();
}

/** Answers 500 to a request without an exchange. */
function abandon(connection: ServerConnection): void {
  const lines = [["connection", "close"] as const, ["content-length", "0"] as const, ["server", "envoy"] as const];
  connection.writer.head("HTTP/1.1 500 Internal Server Error", lines, "none");
  connection.close();
}

function begin(state: ProxyState, connection: ServerConnection, head: RequestHead, ended: boolean): RequestListener {
  const { headers, method, http11, upgrade } = head;
  const record = state.recorder?.begin(method);
  const info = new StreamInfo(connectionOf(connection.socket), http11 ? "HTTP/1.1" : "HTTP/1.0", method, record);
  if (!http11) connection.keepAlive = false;
  const { exchange, contain, done, refuse } = opened(state, connection, info, upgrade);
  const ask = contain("the request's head", () => {
    if (http11 && headers.get("expect")?.toLowerCase() === "100-continue") {
      headers.remove("expect");
      connection.writer.head(CONTINUE, [], "none");
    }
    const refusal = admitRequest(head);
    if (refusal) {
      exchange.reply(refusal);
      return;
    }
    exchange.ask(headers, ended);
    // Envoy's codec passes on that a tunnel begins.
    if (upgrade && exchange.unanswered) exchange.request.data(NOTHING, false);
  });
  ask();
  const receive = contain("the request's data", (bytes: Buffer) => exchange.request.data(bytes, false));
  return {
    data: (bytes) => {
      info.requestSize += bytes.length;
      return receive(bytes) ?? true;
    },
    end: contain("the request's end", (trailers: readonly Pair[] | undefined) => {
      if (trailers) exchange.request.trailers(new HeaderMap("request-trailers", trailers));
      else exchange.request.data(NOTHING, true);
    }),
    malformed: contain("a malformed request", refuse),
    drained: contain("the client's draining", () => exchange.response.unblock()),
    done,
  };
}

function opened(state: ProxyState, connection: ServerConnection, info: StreamInfo, upgrade: boolean) {
  const clientOf = () =>
    new Downstream(connection, info, upgrade, onDroppedHeader(state), () => state.connections.draining);
  const ended = state.connections.begin(connection.socket);
  const open = openExchange(state, info, clientOf, {
    get complete() {
      return connection.complete;
    },
    resume: () => connection.resume(),
  });
  let gone: Gone | undefined;
  const done = () => {
    open.end(gone);
    // A request that has arrived already comes next.
    process.nextTick(ended);
  };
  /** What the client has sent is malformed; filters see the flag in their log callback only. */
  const refuse = ({ status, details }: CodecError) => {
    const flags = ResponseFlag.downstream_protocol_error;
    if (open.exchange.unanswered) open.exchange.reply(localReply(status, details, TEXTS[status]));
    else {
      gone = { flags, details };
      connection.reset();
    }
    info.responseFlags |= flags;
  };
  return { ...open, done, refuse };
}

/** Answers a request whose head is malformed; the filters only see it in their log callback. */
function reject(state: ProxyState, connection: ServerConnection, error: CodecError): RequestListener {
  const info = new StreamInfo(connectionOf(connection.socket), "HTTP/1.1");
  const { contain, refuse, done } = opened(state, connection, info, false);
  contain("a malformed request", refuse)(error);
  return { data: () => true, end: ignore, malformed: ignore, drained: ignore, done };
}
