import type { Socket } from "node:net";
import type { Recorder } from "@wasm-header-filter/flight-recorder";
import {
  type Broken,
  brokenText,
  type Contain,
  containing,
  Exchange,
  localReply,
  quietly,
  type Receiver,
  type Runtime,
  type StreamInfo,
} from "proxy-wasm-host";
import type { ClientConnections } from "../net/client-connections.ts";
import { portOf } from "../net/connect.ts";
import type { UpstreamEnd, UpstreamEvents } from "./upstream-end.ts";
import { failureText } from "./upstream-failure.ts";

/** The state that all exchanges of a proxy share. */
export interface ProxyState {
  readonly runtime: Runtime;
  /** Records the exchanges; undefined if recording is off. */
  readonly recorder: Recorder | undefined;
  readonly upstream: URL;
  /** Opens the upstream's end of an exchange. */
  readonly openUpstream: (events: UpstreamEvents) => UpstreamEnd;
  /** The connections of the clients. */
  readonly connections: ClientConnections;
  /** The current exchange of each client's connection; only HTTP/1.1. */
  readonly active: WeakMap<Socket, Exchange>;
  /** The last reported failure of the upstream, so that one outage is one line of the log. */
  lastFailure: string | undefined;
}

/** The client's end of an exchange, whatever protocol it speaks. */
export interface Client extends Receiver {
  /** Takes no more data from the client after this response. */
  closeAfter(): void;
  /** Aborts the response, so that the client sees that it is incomplete. */
  reset(): void;
}

/** The sending side of a client. */
export interface Sender {
  /** Whether the whole request has arrived. */
  readonly complete: boolean;
  /** Continues to read the request after back-pressure. */
  resume(): void;
}

export const NOT_FOUND = 404;

/**
 * Opens an exchange: the request goes through the filters to the upstream, the response back to the client.
 *
 * @param clientOf creates the client's end; its argument wraps the listeners
 * @returns the exchange, a function that ends it, and one that wraps the other listeners to the client
 */
export function openExchange(
  state: ProxyState,
  info: StreamInfo,
  clientOf: (contain: Contain) => Client,
  sender: Sender,
): { exchange: Exchange; end: () => void; contain: Contain } {
  let failed = false;
  const broken: Broken = (event, error) => {
    reportBroken(state.runtime, event, error);
    if (!failed) {
      failed = true;
      quietly(() => exchange.break());
      return;
    }
    // The exchange could not be ended properly either.
    quietly(() => upstream.close());
    quietly(() => client.reset());
  };
  const contain = containing(broken);
  const client = clientOf(contain);
  const upstream = connectUpstream(state, () => exchange, broken);
  const exchange = new Exchange(state.runtime.plugins, info, {
    upstream: {
      headers: (sent, end) => {
        // A filter has removed a header that the route needs.
        if (!sent.has(":path") || !sent.has("x-forwarded-proto")) {
          exchange.fail(localReply(NOT_FOUND, "route_not_found"));
          return;
        }
        info.routed({ address: state.upstream.hostname, port: portOf(state.upstream) });
        upstream.headers(sent, end);
      },
      data: (bytes, end) => upstream.data(bytes, end),
      trailers: (trailers) => upstream.trailers(trailers),
    },
    client,
    ready: (side) => (side === "request" ? sender.resume() : upstream.resume()),
    answered: () => {
      upstream.close();
      // The rest of the request would be read as the next one.
      if (!sender.complete) client.closeAfter();
    },
    reset: () => client.reset(),
    broken,
  });
  const closeUpstream = contain("the upstream's closing", () => upstream.close());
  const end = () => {
    closeUpstream();
    exchange.end();
  };
  return { exchange, end: contain("the end", end), contain };
}

/** Logs an exception that was caught in a listener. */
export function reportBroken(runtime: Runtime, event: string, error: unknown): void {
  quietly(() => runtime.report("error", brokenText(event, error)));
}

/** Logs the name of each response header that cannot be sent. */
export function onDroppedHeader({ runtime }: ProxyState): (name: string) => void {
  return (name) => runtime.report("warn", `response header ${JSON.stringify(name)} dropped: HTTP does not allow it`);
}

function connectUpstream(state: ProxyState, exchange: () => Exchange, broken: Broken): UpstreamEnd {
  return state.openUpstream({
    headers: (headers, end) => {
      state.lastFailure = undefined;
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
      if (text !== undefined && text !== state.lastFailure) state.runtime.report("warn", text);
      state.lastFailure = text ?? state.lastFailure;
      exchange().fail(reply);
    },
    connected: (local) => exchange().info.connected(local),
    unblocked: () => exchange().request.unblock(),
    broken,
  });
}
