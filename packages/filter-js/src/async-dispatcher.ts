import { CALLBACKS } from "./callbacks.ts";
import { type Dispatcher, dispatcher as dispatcherOf, thrownBy } from "./dispatcher.ts";
import { Action, type Filter, type FilterDefinition } from "./filter.ts";
import { type Host, LogLevel } from "./host.ts";
import { type CallingHost, type HostCall, HostFunction } from "./host-call.ts";
import { Status } from "./status.ts";
import { StreamType } from "./streams.ts";
import { tasks } from "./tasks.ts";

/** What a callback's promise pauses. Data from the server can't be continued by a filter, so a promise doesn't pause it. */
const DIRECTIONS: Record<string, StreamType> = {
  onRequestHeaders: StreamType.Request,
  onRequestBody: StreamType.Request,
  onRequestTrailers: StreamType.Request,
  onResponseHeaders: StreamType.Response,
  onResponseBody: StreamType.Response,
  onResponseTrailers: StreamType.Response,
  onNewConnection: StreamType.Downstream,
  onDownstreamData: StreamType.Downstream,
};

type Called = (...given: unknown[]) => unknown;

/** One direction of a stream, while callbacks of it are asynchronous. */
interface Flow {
  /** The callbacks' promises that are not settled. */
  pending: number;
  /** Whether the client has been answered by the filter: then nothing is left to continue. */
  isAnswered: boolean;
}

interface Stream {
  readonly flows: Map<StreamType, Flow>;
  /** The direction whose callback was called last. */
  direction: StreamType;
}

/** The callback that runs, and what it has decided meanwhile. */
interface Serving {
  readonly name: string;
  readonly context: number;
  readonly flow: Flow | undefined;
  promise?: PromiseLike<unknown>;
  action?: number;
}

/**
 * Connects a filter whose callbacks may be asynchronous with an engine, as `dispatcher` does. A stream is paused until its callback's promise
 * is fulfilled; then it goes on, unless the filter has answered the client or the promise's value is `Action.Pause`. An exception is logged,
 * and the stream goes on.
 *
 * @param definition the filter's
 * @param bound the functions that the engine has of its own
 * @param call the engine's function for all others
 * @throws what the definition throws, or TypeError if it returns no filter
 */
export function dispatcher(definition: FilterDefinition<unknown>, bound: Host, call: HostCall): Dispatcher {
  const streams = new Map<number, Stream>();
  const roots = new Map<number, number>();
  let host: CallingHost;
  let serving: Serving | undefined;

  function answering<T>(status: T): T {
    if (status !== Status.Ok) return status;
    const stream = streams.get(host.context());
    if (stream) flowOf(stream, stream.direction).isAnswered = true;
    return status;
  }

  const watched: Host = {
    ...bound,
    sendLocalResponse: (httpStatus, headers, body) => answering(bound.sendLocalResponse(httpStatus, headers, body)),
  };

  function watchedCall(...given: Parameters<HostCall>): ReturnType<HostCall> {
    const answer = call(...given);
    if (given[0] === HostFunction.SendLocalResponse || given[0] === HostFunction.CloseStream) answering(answer[0]);
    return answer;
  }

  function enter(context: number): boolean {
    return host.hostCall(HostFunction.SetEffectiveContext, context, 0)[0] === Status.Ok;
  }

  function rootOf(context: number): number {
    return roots.get(context) ?? context;
  }

  function failed(name: string, thrown: unknown): void {
    host.log(LogLevel.Error, thrownBy(name, thrown));
  }

  function define(given: Host): Filter<unknown> {
    host = {
      ...(given as CallingHost),
      rootContext: () => rootOf(host.context()),
    } as CallingHost;
    tasks.connect({
      context: host.context,
      enter,
      setTickPeriod: (milliseconds) => {
        const before = host.context();
        enter(rootOf(before));
        host.hostCall(HostFunction.SetTickPeriod, milliseconds, 0);
        enter(before);
      },
      root: () => rootOf(host.context()),
      failed: (thrown) => failed(serving?.name ?? "promise", thrown),
    });
    const filter = definition(host) as Filter<unknown>;
    if (typeof filter !== "object" || filter === null) return filter;
    if (tasks.timers && filter.onTick)
      throw new TypeError("a filter with onTick can't have timers, which need the same tick");
    const wrapped = Object.create(filter);
    for (const { name } of CALLBACKS) {
      const callback = filter[name as keyof typeof filter] as unknown;
      if (name !== "onConfigure" && typeof callback === "function")
        wrapped[name] = waitable(filter, callback as Called);
    }
    return wrapped;
  }

  /** A callback whose promise is kept for {@link dispatch}. */
  function waitable(filter: unknown, callback: Called): Called {
    return (...given: unknown[]) => {
      const result = callback.apply(filter, given);
      if (!serving || !isThenable(result)) return result;
      serving.promise = result;
      return undefined;
    };
  }

  /** Waits for a callback's promise, on the context of the callback. */
  function follow({ name, context, flow }: Serving, promise: PromiseLike<unknown>): void {
    if (host.context() !== context) enter(context);
    if (flow) flow.pending++;
    promise.then(
      (value) => finished(context, name, flow, (value as number) | 0),
      (error) => {
        failed(name, error);
        finished(context, name, flow, Action.Continue);
      },
    );
  }

  function finished(context: number, name: string, flow: Flow | undefined, action: number): void {
    if (!flow) return;
    flow.pending--;
    if (serving?.flow === flow) {
      serving.action = action;
      return;
    }
    if (flow.pending > 0 || flow.isAnswered || action !== Action.Continue) return;
    if (host.context() !== context) enter(context);
    host.hostCall(HostFunction.ContinueStream, DIRECTIONS[name] as StreamType, 0);
  }

  function streamFor(context: number, direction: StreamType): Stream {
    const stream = streams.get(context) ?? { flows: new Map(), direction };
    streams.set(context, stream);
    stream.direction = direction;
    return stream;
  }

  const made = dispatcherOf(define, watched, watchedCall);
  return {
    callbacks: made.callbacks,
    dispatch(callback, a, b, c, d, e) {
      const name = (CALLBACKS[callback] as (typeof CALLBACKS)[number]).name;
      const direction = DIRECTIONS[name];
      if (name === "onContextCreate") {
        tasks.begin(a);
        if (b !== 0) roots.set(a, b);
      }
      const flow = direction === undefined ? undefined : flowOf(streamFor(a, direction), direction);
      const own: Serving = { name, context: a, flow };
      serving = own;
      let result = made.dispatch(callback, a, b, c, d, e);
      if (own.promise) follow(own, own.promise);
      if (name === "onTick") tasks.timers?.tick(a);
      if (name === "onDelete") {
        streams.delete(a);
        roots.delete(a);
        tasks.end(a);
      }
      tasks.run();
      serving = undefined;
      if (!flow) return result;
      if (own.action !== undefined && (own.promise || result === Action.Continue)) result = own.action;
      return flow.pending > 0 || ((own.promise || own.action !== undefined) && flow.isAnswered) ? Action.Pause : result;
    },
  };
}

function flowOf(stream: Stream, direction: StreamType): Flow {
  let flow = stream.flows.get(direction);
  if (!flow) {
    flow = { pending: 0, isAnswered: false };
    stream.flows.set(direction, flow);
  }
  return flow;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}
