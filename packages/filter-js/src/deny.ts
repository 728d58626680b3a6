import { Action, type Filter } from "./filter.ts";
import { MetricType } from "./host.ts";
import { type CallingHost, HostFunction } from "./host-call.ts";
import { respond } from "./messages.ts";
import type { Denials } from "./on-error.ts";
import { Status } from "./status.ts";
import { closeStream, StreamType } from "./streams.ts";

/** How many streams were denied. */
const COUNTER = "filter_js_denied";

/** gRPC's status for a client of gRPC. */
const INTERNAL = 13;

const REQUEST = ["onRequestHeaders", "onRequestBody", "onRequestTrailers"] as const;
const RESPONSE = ["onResponseHeaders", "onResponseBody", "onResponseTrailers"] as const;
const CONNECTION = ["onNewConnection", "onDownstreamData", "onUpstreamData"] as const;

const OF_CONNECTIONS = new Set<string>(CONNECTION);
/** The callbacks whose stream does not go on though it was answered or closed before: what arrived must not pass. */
const HELD = new Set<string>([...REQUEST, ...CONNECTION]);
/** The callbacks at a stream's end: a local response in one ends Envoy. */
const ENDS = new Set(["onLog", "onDone", "onDownstreamConnectionClose"]);

/** See `onError.watch`. */
export function watch(host: CallingHost): (filter: Filter<unknown, unknown>) => Denials | undefined {
  /** The streams that the filter itself has answered or closed since the proxy's call: a second answer would end Envoy. */
  const answered = new Set<number>();
  const { sendLocalResponse, hostCall } = host;

  const watched: Pick<CallingHost, "sendLocalResponse" | "hostCall"> = {
    sendLocalResponse(...given) {
      answered.add(host.context());
      return sendLocalResponse(...given);
    },
    hostCall(which, ...given) {
      if (which === HostFunction.SendLocalResponse || which === HostFunction.CloseStream) answered.add(host.context());
      return hostCall(which, ...given);
    },
  };
  Object.assign(host, watched);
  return (filter) => denialsOf(filter, host, answered);
}

function denialsOf(filter: Filter<unknown, unknown>, host: CallingHost, answered: Set<number>): Denials | undefined {
  const mode = filter.onError ?? "continue";
  if (mode === "continue") return undefined;
  if (mode !== "deny") throw new TypeError('onError: expected "continue" or "deny"');

  const defines = (names: readonly (keyof typeof filter)[]) => names.some((name) => filter[name]);
  const isTcp = defines([...CONNECTION, "onDownstreamConnectionClose", "onUpstreamConnectionClose"]);
  const isHttp = !isTcp || defines([...REQUEST, ...RESPONSE]);
  const callbacks = [...(isHttp ? [REQUEST[0]] : []), ...(isTcp ? [CONNECTION[0]] : [])];
  const connections = new Set<number>();
  /** The streams that are denied, or at their end. */
  const over = new Set<number>();
  /** Those whose `onStream` has failed. */
  const due = new Set<number>();
  let counter: number | undefined;

  function deny(name: string, context: number, cause = name): number | undefined {
    if (name === "onStream") {
      due.add(context);
      return undefined;
    }
    const held = HELD.has(name) ? Action.Pause : undefined;
    if (over.has(context) || answered.has(context)) return held;
    over.add(context);
    if (host.context() !== context && host.hostCall(HostFunction.SetEffectiveContext, context, 0)[0] !== Status.Ok)
      return held;
    const status =
      !isHttp || connections.has(context)
        ? closeStream(host, StreamType.Downstream)
        : respond(host, { status: 500, details: `filter_js_error{${cause}}`, grpcStatus: INTERNAL });
    if (status !== Status.Ok) return held;
    if (counter !== undefined) host.incrementMetric(counter, 1);
    return Action.Pause;
  }

  return {
    callbacks: filter.onStream ? callbacks : [],
    enter(name, context) {
      // Timers call onTick while the proxy's call still runs.
      if (name !== "onTick") answered.clear();
      if (name === "onConfigure") counter ??= host.defineMetric(MetricType.Counter, COUNTER).value;
      if (OF_CONNECTIONS.has(name)) connections.add(context);
      if (ENDS.has(name)) over.add(context);
      if (name === "onDelete") for (const contexts of [connections, over, due]) contexts.delete(context);
    },
    deny,
    denyDue: (name, context) => (due.has(context) ? deny(name, context, "onStream") : undefined),
  };
}
