import type { Host } from "./host.ts";
import { calling, HostFunction } from "./host-call.ts";
import { statusOf } from "./results.ts";
import type { Status } from "./status.ts";

export const StreamType = { Request: 0, Response: 1, Downstream: 2, Upstream: 3 } as const;
export type StreamType = (typeof StreamType)[keyof typeof StreamType];

/** The buffers of a TCP connection, for `getBuffer` and `setBuffer`. */
export const ConnectionBuffer = { DownstreamData: 2, UpstreamData: 3 } as const;

/** Who closed a connection, as `onDownstreamConnectionClose` and `onUpstreamConnectionClose` are told. */
export const Peer = { Unknown: 0, Local: 1, Remote: 2 } as const;
export type Peer = (typeof Peer)[keyof typeof Peer];

/** Lets go of a stream that a callback has paused (`proxy_continue_stream`). */
export function continueStream(host: Host, stream: StreamType): Status {
  return statusOf(calling(host).hostCall(HostFunction.ContinueStream, stream, 0));
}

/** Resets a request's stream, or closes a connection (`proxy_close_stream`). */
export function closeStream(host: Host, stream: StreamType): Status {
  return statusOf(calling(host).hostCall(HostFunction.CloseStream, stream, 0));
}

/** The number of the context that the filter acts on: the stream whose callback runs, or the plugin's root context. */
export function currentContext(host: Host): number {
  return calling(host).context();
}

/**
 * Makes another context the one that the filter acts on, until the callback returns (`proxy_set_effective_context`): a timer can answer or
 * continue a stream that waits.
 *
 * @param context from {@link currentContext}, in a callback of that stream
 * @returns BadArgument if there is no such context any more
 */
export function setEffectiveContext(host: Host, context: number): Status {
  return statusOf(calling(host).hostCall(HostFunction.SetEffectiveContext, context, 0));
}

/** Lets the host delete the plugin's context, after `onPluginDone` has returned false (`proxy_done`). NotFound if it doesn't wait for that. */
export function done(host: Host): Status {
  return statusOf(calling(host).hostCall(HostFunction.Done, 0, 0));
}

/** Has `onTick` called again and again (`proxy_set_tick_period_milliseconds`). @param milliseconds 0: not any more */
export function setTickPeriod(host: Host, milliseconds: number): Status {
  return statusOf(calling(host).hostCall(HostFunction.SetTickPeriod, milliseconds, 0));
}
