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
import type { UpstreamEnd, UpstreamEvents } from "./upstream-end.ts";
import { failureText } from "./upstream-failure.ts";

/** What all exchanges of a proxy share. */
export interface ProxyState {
  readonly runtime: Runtime;
  /** Records the exchanges, if anything does. */
  readonly recorder: Recorder | undefined;
  readonly upstream: URL;
  /** Opens the upstream's end of an exchange. */
  readonly openUpstream: (events: UpstreamEvents) => UpstreamEnd;
  /** The exchange that a client's connection is busy with; HTTP/1.1 alone. */
  readonly active: WeakMap<Socket, Exchange>;
  /** What was last reported of the upstream, so that one outage is one line of the log. */
  trouble: string | undefined;
}

/** The client's end of an exchange, whatever protocol it speaks. */
export interface Client extends Receiver {
  /** Takes nothing more from the client once this response is sent. */
  closeAfter(): void;
  /** Cuts the response short, so that the client sees that it is not whole. */
  reset(): void;
}

/** How a client sends its request. */
export interface Sender {
  /** The whole request has come. */
  readonly asked: boolean;
  /** It was told to wait and may go on. */
  resume(): void;
}

export const NOT_FOUND = 404;

/**
 * Opens an exchange: the request goes through the filters to the upstream, the response back to the client.
 *
 * @param clientOf makes the client's end, with listeners that are made by what it is given
 * @returns the exchange, what ends it, and what makes the other listeners to the client
 */
export function openExchange(
  state: ProxyState,
  info: StreamInfo,
  clientOf: (contain: Contain) => Client,
  sender: Sender,
): { exchange: Exchange; end: () => void; contain: Contain } {
  let again = false;
  const broken: Broken = (event, error) => {
    reportBroken(state.runtime, event, error);
    if (!again) {
      again = true;
      quietly(() => exchange.break());
      return;
    }
    // Ending it properly has failed, too.
    quietly(() => upstream.close());
    quietly(() => client.reset());
  };
  const contain = containing(broken);
  const client = clientOf(contain);
  const upstream = connect(state, () => exchange, broken);
  const exchange = new Exchange(state.runtime.plugins, info, {
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
    client,
    ready: (side) => (side === "request" ? sender.resume() : upstream.resume()),
    answered: () => {
      upstream.close();
      // What a client still sends would be taken for its next request.
      if (!sender.asked) client.closeAfter();
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

/** Logs an exception that has not ended the process. */
export function reportBroken(runtime: Runtime, event: string, error: unknown): void {
  quietly(() => runtime.report("error", brokenText(event, error)));
}

/** Tells of a header that filters or an upstream gave and that can't be sent. */
export function onDroppedHeader({ runtime }: ProxyState): (name: string) => void {
  return (name) => runtime.report("warn", `response header ${JSON.stringify(name)} left out: HTTP does not allow it`);
}

function connect(state: ProxyState, exchange: () => Exchange, broken: Broken): UpstreamEnd {
  return state.openUpstream({
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
    broken,
  });
}
