import type { AsyncHost } from "./async-host.ts";
import { CALLBACKS } from "./callbacks.ts";
import { type Dispatcher, dispatcher as dispatcherOf, thrownBy } from "./dispatcher.ts";
import { Action, type Filter, type FilterDefinition } from "./filter.ts";
import { DIRECTIONS, type Flow, Flows } from "./flows.ts";
import { type Host, LogLevel } from "./host.ts";
import { type CallingHost, type HostCall, HostFunction } from "./host-call.ts";
import { hostMethods } from "./host-methods.ts";
import { Status } from "./status.ts";
import type { StreamType } from "./streams.ts";
import { TaskPromise } from "./task-promise.ts";
import { type Scope, tasks } from "./tasks.ts";

type Called = (...given: unknown[]) => unknown;

/** The callback that runs, and what it has decided meanwhile. */
interface Serving {
  readonly name: string;
  readonly context: number;
  /** What its promise pauses. */
  readonly direction: StreamType | undefined;
  /** Set once it waits. */
  scope?: Scope;
  /** Set once a callback of this direction waits or answers. */
  flow: Flow | undefined;
  promise?: PromiseLike<unknown>;
  isSettled?: boolean;
  /** The number of the timer that ends it. */
  limit?: number | undefined;
  action?: number;
}

/** Why a callback's run has ended before its promise was settled. */
class TimeLimitPassed extends Error {
  override name = "TimeLimitPassed";
  override stack = "";
  constructor(milliseconds: number) {
    super(`the callback still waits after ${milliseconds} ms`);
  }
}

const indexOf = (wanted: string) => CALLBACKS.findIndex(({ name }) => name === wanted);
const ON_CONTEXT_CREATE = indexOf("onContextCreate");
const ON_DELETE = indexOf("onDelete");
const ON_TICK = indexOf("onTick");
const PAUSED = CALLBACKS.map(({ name }) => DIRECTIONS[name]);
const NONE = new Uint8Array(0);

/**
 * Connects a filter whose callbacks may be asynchronous with an engine, as `dispatcher` does. A stream is paused until its callback's promise
 * is fulfilled; then it goes on, unless the filter has answered the client or the promise's value is `Action.Pause`. An exception is logged,
 * and the stream goes on, unless the filter denies it. So it is after `waitLimit`: what the callback waits for is dropped.
 *
 * @param definition the filter's
 * @param bound the functions that the engine has of its own
 * @param call the engine's function for all others
 * @throws what the definition throws, or TypeError if it returns no filter
 */
export function dispatcher(definition: FilterDefinition<unknown>, bound: Host, call: HostCall): Dispatcher {
  const flows = new Flows();
  const roots = new Map<number, number>();
  /** The timers that call `onTick`, by root context: in filters with timers, which need the host's tick. */
  const ticks = new Map<number, number>();
  let host: CallingHost;
  let waitLimit = 0;
  let hasStreams = false;
  let serving: Serving | undefined;

  const watched: Host = {
    ...bound,
    sendLocalResponse: (...given) => {
      const status = bound.sendLocalResponse(...given);
      if (status === Status.Ok) answered();
      return status;
    },
  };

  const watchedCall: HostCall = (which, first, second, a?, b?, c?, d?, e?) => {
    const answer = call(which, first, second, a, b, c, d, e);
    const answers = which === HostFunction.SendLocalResponse || which === HostFunction.CloseStream;
    if (answers && answer[0] === Status.Ok) answered();
    return answer;
  };

  function answered(): void {
    const context = host.context();
    if (serving?.direction !== undefined && serving.context === context) flowOf(serving, serving.direction);
    flows.answered(context);
  }

  function flowOf(own: Serving, direction: StreamType): Flow {
    own.flow ??= flows.of(own.context, direction);
    return own.flow;
  }

  function enter(context: number): boolean {
    return host.hostCall(HostFunction.SetEffectiveContext, context, 0)[0] === Status.Ok;
  }

  function rootOf(context: number): number {
    return roots.get(context) ?? context;
  }

  /** @returns the action of what has failed */
  function failed(name: string, thrown: unknown, { context }: Pick<Scope, "context">): number {
    host.log(LogLevel.Error, thrownBy(name, thrown));
    return made.failed(name, context) ?? Action.Continue;
  }

  function define(given: Host): Filter<unknown> {
    const { hostCall } = given as CallingHost;
    host = {
      ...(given as CallingHost),
      hostCall: (which, first, second, a?, b?, c?, d?, e?) => {
        if (which !== HostFunction.SetTickPeriod || !tasks.timers) return hostCall(which, first, second, a, b, c, d, e);
        setOwnTick(rootOf(host.context()), first);
        return [Status.Ok, 0, NONE];
      },
    };
    tasks.connect({
      context: host.context,
      enter,
      rootOf,
      setTickPeriod(root, milliseconds) {
        const before = host.context();
        if (before !== root) enter(root);
        hostCall(HostFunction.SetTickPeriod, milliseconds, 0);
        if (before !== root) enter(before);
      },
      failed: (thrown, scope) => void failed(serving?.name ?? "promise", thrown, scope),
    });
    const filter = definition(withCalls(host)) as Filter<unknown>;
    if (typeof filter !== "object" || filter === null) return filter;
    waitLimit = limitOf(filter);
    hasStreams = typeof filter.onStream === "function";
    const wrapped = Object.create(filter);
    for (const { name } of CALLBACKS) {
      const callback = filter[name as keyof typeof filter] as unknown;
      if (typeof callback === "function") wrapped[name] = waitable(filter, name, callback as Called);
    }
    return wrapped;
  }

  /** The host, as the filter sees it. */
  function withCalls(calling: CallingHost): AsyncHost {
    const methods = Object.entries(hostMethods).map(([name, method]) => [
      name,
      (first: unknown, second: unknown, third: unknown) => (method as Called)(calling, first, second, third),
    ]);
    return Object.assign(calling, Object.fromEntries(methods), { onPlugin });
  }

  function onPlugin<T>(work: () => T): T {
    const before = host.context();
    const root = rootOf(before);
    if (before !== root) enter(root);
    try {
      return work();
    } finally {
      if (before !== root) enter(before);
    }
  }

  /** A callback whose promise is kept for {@link follow}. */
  function waitable(filter: unknown, name: string, callback: Called): Called {
    return (state, first, second) => {
      // The host's tick is for all timers; see serveTick.
      if (name === "onTick" && serving?.name !== name) return undefined;
      const result = callback.call(filter, state, first, second);
      if (!serving || !isThenable(result)) return result;
      if (name === "onConfigure") throw new TypeError("it can't be async, but what it returns may have promises");
      serving.promise = result;
      return undefined;
    };
  }

  /** Has `onTick` called by a timer. @param milliseconds 0: not any more */
  function setOwnTick(root: number, milliseconds: number): void {
    tasks.timers?.clear(ticks.get(root) ?? 0);
    ticks.delete(root);
    if (milliseconds === 0) return;
    const timer = tasks.timers?.set(() => serveTick(root), milliseconds, true, tasks.scope(root));
    if (timer) ticks.set(root, timer);
  }

  function serveTick(root: number): void {
    const before = serving;
    const own: Serving = { name: "onTick", context: root, direction: undefined, scope: tasks.scope(), flow: undefined };
    serving = own;
    made.dispatch(ON_TICK, root, 0, 0, 0, 0);
    if (own.promise) follow(own, own.promise);
    serving = before;
  }

  /** Waits for a callback's promise, on the context of the callback. */
  function follow(own: Serving, promise: PromiseLike<unknown>): void {
    const { name, context, direction } = own;
    own.scope ??= tasks.running();
    if (host.context() !== context) enter(context);
    if (direction !== undefined) flowOf(own, direction).pending++;
    TaskPromise.follow(
      promise,
      (value) => finished(own, (value as number) | 0),
      (error) => finished(own, failed(name, error, own)),
    );
  }

  function finished(own: Serving, action: number): void {
    const { flow, context } = own;
    own.isSettled = true;
    if (own.limit) tasks.timers?.clear(own.limit);
    if (!flow) return;
    flow.pending--;
    if (serving?.flow === flow) {
      serving.action = action;
      return;
    }
    if (flow.pending > 0 || flow.isAnswered || action !== Action.Continue) return;
    if (host.context() !== context) enter(context);
    host.hostCall(HostFunction.ContinueStream, flow.direction, 0);
  }

  /** Ends a callback's run that has waited for too long. */
  function giveUp(own: Serving): void {
    const reason = new TimeLimitPassed(waitLimit);
    if (own.scope) tasks.endScope(own.scope, reason);
    finished(own, failed(own.name, reason, own));
  }

  /** A context has ended: other streams may have waited for what it has not settled. */
  function deleted(context: number): number {
    const result = made.dispatch(ON_DELETE, context, 0, 0, 0, 0);
    flows.end(context);
    ticks.delete(context);
    if (tasks.end(context)) {
      serving = { name: "onDelete", context, direction: undefined, flow: undefined };
      tasks.enter(context);
      tasks.run();
      tasks.leave();
      serving = undefined;
    }
    roots.delete(context);
    return result;
  }

  const made = dispatcherOf(define, watched, watchedCall);
  return {
    callbacks: made.callbacks,
    failed: made.failed,
    dispatch(callback, a, b, c, d, e) {
      if (callback === ON_CONTEXT_CREATE) {
        tasks.begin(a);
        if (b !== 0) roots.set(a, b);
        if (!hasStreams) return made.dispatch(callback, a, b, c, d, e);
      }
      if (callback === ON_DELETE) return deleted(a);
      const { name } = CALLBACKS[callback] as (typeof CALLBACKS)[number];
      const isTimer = callback === ON_TICK && tasks.timers !== undefined;
      const direction = PAUSED[callback];
      const before = direction === undefined ? undefined : flows.find(a, direction);
      const own: Serving = { name: isTimer ? "timer" : name, context: a, direction, flow: before };
      tasks.enter(a);
      serving = own;
      let result = made.dispatch(callback, a, b, c, d, e);
      if (own.promise) follow(own, own.promise);
      if (isTimer) tasks.timers?.tick(a);
      tasks.run();
      if (own.flow && own.promise && !own.isSettled && waitLimit > 0)
        own.limit = tasks.timers?.set(() => giveUp(own), waitLimit, false, own.scope);
      tasks.leave();
      serving = undefined;
      const { flow } = own;
      if (!flow) return result;
      if (own.action !== undefined && (own.promise || result === Action.Continue)) result = own.action;
      return flow.pending > 0 || ((own.promise || own.action !== undefined) && flow.isAnswered) ? Action.Pause : result;
    },
  };
}

function limitOf({ waitLimit = 0 }: Filter<unknown>): number {
  if (Number.isInteger(waitLimit) && waitLimit >= 0 && waitLimit < 2 ** 31) return waitLimit;
  throw new TypeError(`waitLimit: expected milliseconds, a whole number from 0 to ${2 ** 31 - 1}`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return typeof (value as PromiseLike<unknown>).then === "function";
}
