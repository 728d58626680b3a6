import type { Recorder } from "@wasm-header-filter/flight-recorder";
import {
  type Broken,
  brokenText,
  type Contain,
  containing,
  Exchange,
  type Gone,
  type HeaderMap,
  type Peer,
  quietly,
  type Receiver,
  type Runtime,
  type StreamInfo,
} from "proxy-wasm-host";
import type { ClientConnections } from "../net/client-connections.ts";
import { portOf } from "../net/upstream-address.ts";
import { isUpgrade } from "./http1-codec/connection-header.ts";
import type { Pause } from "./pause.ts";
import { StreamIdleTimer } from "./router/idle-timer.ts";
import { hasRoute, NO_ROUTE, unsendable } from "./router/route.ts";
import type { RouterEvents } from "./router/router.ts";
import type { UpstreamEnd } from "./upstream-end.ts";
import { failureText, isNowhere, transportFailure } from "./upstream-failure.ts";

/** The state that all exchanges of a proxy share. */
export interface ProxyState {
  readonly runtime: Runtime;
  /** Records the exchanges; undefined if recording is off. */
  readonly recorder: Recorder | undefined;
  /** Chooses the upstream of a request, whose headers are as the last filter has left them. */
  readonly upstreamOf: (headers: HeaderMap) => URL;
  /** Opens the upstream's end of an exchange. @param target is called when the request is sent, each time */
  readonly openUpstream: (events: RouterEvents, info: StreamInfo, target: () => URL) => UpstreamEnd;
  /** Holds requests back before the chain. */
  readonly pause: Pause | undefined;
  /** The connections of the clients. */
  readonly connections: ClientConnections;
  /** Milliseconds without progress after which a stream is ended; 0: no limit. */
  readonly streamIdleTimeout: number;
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

/**
 * Opens an exchange: the request goes through the filters to the upstream, the response back to the client.
 *
 * @param clientOf creates the client's end; its argument wraps the listeners
 * @returns the exchange, a function that ends it (with how the client has left, if it has not closed the connection), and one that wraps the other listeners to the client
 */
export function openExchange(
  state: ProxyState,
  info: StreamInfo,
  clientOf: (contain: Contain) => Client,
  sender: Sender,
): { exchange: Exchange; end: (gone?: Gone, sent?: boolean) => void; contain: Contain } {
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
  // No request is sent before its headers have passed the filters.
  let target: URL | undefined;
  const upstream = connectUpstream(
    state,
    info,
    () => exchange,
    () => target as URL,
    broken,
  );
  const idle = new StreamIdleTimer(
    state.streamIdleTimeout,
    contain("the stream's idle timeout", () => exchange.reply(idle.reply(sender.complete))),
  );
  const { plugins } = state.runtime;
  const exchange = new Exchange(state.pause ? [state.pause, ...plugins] : plugins, info, {
    upstream: {
      headers: (sent, end) => {
        const reply = hasRoute(sent) ? unsendable(sent) : NO_ROUTE;
        target = state.upstreamOf(sent);
        if (reply !== NO_ROUTE) info.routed(peerOf(target));
        if (reply) exchange.reply(reply);
        else upstream.headers(sent, end);
      },
      data: (bytes, end) => upstream.data(bytes, end),
      trailers: (trailers) => upstream.trailers(trailers),
    },
    client: {
      headers: (headers, end) => {
        addRequestId(headers, info);
        client.headers(headers, end);
      },
      data: (bytes, end) => client.data(bytes, end),
      trailers: (trailers) => client.trailers(trailers),
    },
    ready: (side) => (side === "request" ? sender.resume() : upstream.resume()),
    answered: () => {
      upstream.close();
      // The rest of the request would be read as the next one.
      if (!sender.complete) client.closeAfter();
    },
    reset: () => client.reset(),
    active: () => idle.refresh(),
    broken,
  });
  const closeUpstream = contain("the upstream's closing", () => upstream.close());
  const end = (gone?: Gone, sent?: boolean) => {
    idle.stop();
    closeUpstream();
    exchange.end(gone, sent);
  };
  return { exchange, end: contain("the end", end), contain };
}

/**
 * Gives a response its request's id, after the headers that Envoy adds to each response, if a filter has asked for a trace
 * (envoyproxy/envoy, source/common/http/conn_manager_utility.cc, mutateResponseHeaders).
 */
function addRequestId(headers: HeaderMap, { requestHeaders }: StreamInfo): void {
  const id = requestHeaders?.get("x-request-id");
  if (id === undefined || !requestHeaders?.has("x-envoy-force-trace")) return;
  if (!headers.has("date")) headers.add("date", new Date().toUTCString());
  headers.set("server", "envoy");
  headers.set("x-request-id", id);
}

/** Logs an exception that was caught in a listener. */
export function reportBroken(runtime: Runtime, event: string, error: unknown): void {
  quietly(() => runtime.report("error", brokenText(event, error)));
}

/** Logs the name of each response header that cannot be sent. */
export function onDroppedHeader({ runtime }: ProxyState): (name: string) => void {
  return (name) => runtime.report("warn", `response header ${JSON.stringify(name)} dropped: HTTP does not allow it`);
}

/** Whether a response answers a request for an upgrade as if it were another one (envoyproxy/envoy, source/common/http/http1/codec_impl.cc). */
function refusesUpgrade({ requestHeaders }: StreamInfo, response: HeaderMap): boolean {
  const status = Number(response.get(":status"));
  return status >= 200 && status < 400 && requestHeaders !== undefined && isUpgrade(requestHeaders);
}

const peerOf = (upstream: URL): Peer => ({ address: upstream.hostname, port: portOf(upstream) });

function connectUpstream(
  state: ProxyState,
  info: StreamInfo,
  exchange: () => Exchange,
  target: () => URL,
  broken: Broken,
): UpstreamEnd {
  const events: RouterEvents = {
    headers: (headers, end) => {
      state.lastFailure = undefined;
      const refused = refusesUpgrade(info, headers);
      exchange().respond(headers, end);
      if (refused) info.responseCodeDetails = "websocket_handshake_unsuccessful";
    },
    data: (bytes, end) => {
      if (end) info.answered();
      return exchange().response.data(bytes, end);
    },
    trailers: (trailers) => {
      info.answered();
      exchange().response.trailers(trailers);
    },
    failed: (reply, error) => {
      const text = error && failureText(target(), error);
      if (text !== undefined && text !== state.lastFailure) state.runtime.report("warn", text);
      state.lastFailure = text ?? state.lastFailure;
      if (error && isNowhere(error)) info.unrouted();
      else if (error) info.disconnected(transportFailure(error));
      exchange().reply(reply);
    },
    connected: (local) => info.connected(local),
    retried: () => info.routed(peerOf(target())),
    flagged: (flag) => {
      info.responseFlags |= flag;
    },
    unblocked: () => exchange().request.unblock(),
    broken,
  };
  return state.openUpstream(events, info, target);
}
