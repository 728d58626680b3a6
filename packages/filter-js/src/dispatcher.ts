import type { AsyncHost } from "./async-host.ts";
import { CALLBACKS } from "./callbacks.ts";
import { Action, type Filter, type FilterDefinition } from "./filter.ts";
import { type Host, LogLevel } from "./host.ts";
import { type CallingHost, type GrpcHandler, type HostCall, HostFunction, type HttpCallHandler } from "./host-call.ts";
import { onError } from "./on-error.ts";
import { Status } from "./status.ts";
import type { Peer } from "./streams.ts";

/** A plugin: what its contexts, its own and those of its streams, have in common. */
interface Plugin {
  readonly root: number;
  configuration: unknown;
}

/** A call-out that waits for an answer. */
type Pending =
  | { readonly context: number; readonly http: HttpCallHandler }
  | { readonly context: number; readonly grpc: GrpcHandler; readonly once: boolean };

/** What serves a callback. */
type Run = (a: number, b: number, c: number, d: number, e: number) => number;

/** A filter, as an engine calls it. */
export interface Dispatcher {
  /** Calls a callback by its number in {@link CALLBACKS}; returns its result as an integer, 0 if it has none. */
  dispatch(callback: number, a: number, b: number, c: number, d: number, e: number): number;
  /** The numbers of the callbacks that the module must export, as bits, without those of call-outs. */
  readonly callbacks: number;
  /**
   * Code of a stream has failed, in a callback or later.
   *
   * @param name the callback's
   * @returns the callback's action if the filter denies the stream; undefined if the stream goes on
   */
  failed(name: string, context: number): number | undefined;
}

/** The callbacks that every module exports. */
const ALWAYS = ["onConfigure", "onContextCreate", "onDelete"];

/**
 * Connects a filter with an engine that has one function for all calls and one for all callbacks. Contexts, their states, and which call-out
 * belongs to which context are kept here, so that engines cannot differ in it.
 *
 * @param definition the filter's
 * @param bound the functions that the engine has of its own
 * @param call the engine's function for all others
 * @throws what the definition throws, or TypeError if it returns no filter
 */
export function dispatcher(definition: FilterDefinition<unknown>, bound: Host, call: HostCall): Dispatcher {
  const plugins = new Map<number, Plugin>();
  /** The streams' own states, if the filter has `onStream`. */
  const states = new Map<number, unknown>();
  /** The numbers of the call-outs that wait, by context: one alone, or several. */
  const calls = new Map<number, number | Set<number>>();
  const pending = new Map<number, Pending>();
  let current = 0;
  /** The context whose code runs. */
  let served = 0;

  function expectAnswer(token: number, expected: Pending): void {
    pending.set(token, expected);
    const { context } = expected;
    const others = calls.get(context);
    if (others === undefined) calls.set(context, token);
    else if (typeof others === "number") calls.set(context, new Set([others, token]));
    else others.add(token);
  }

  function forget(token: number): void {
    const expected = pending.get(token);
    if (!expected) return;
    pending.delete(token);
    const others = calls.get(expected.context);
    if (others === token || (typeof others === "object" && others.delete(token) && others.size === 0))
      calls.delete(expected.context);
  }

  /** The host cancels the call-outs of a context that ends, so that no answer removes them. */
  function end(id: number): number {
    plugins.delete(id);
    if (filter.onStream) states.delete(id);
    const waiting = calls.size > 0 ? calls.get(id) : undefined;
    if (waiting === undefined) return 0;
    calls.delete(id);
    if (typeof waiting === "number") pending.delete(waiting);
    else for (const token of waiting) pending.delete(token);
    return 0;
  }

  const host: CallingHost = {
    ...bound,
    // Parameters that are not given stay undefined: gathering and spreading them costs more than the call.
    hostCall(which, first, second, a?, b?, c?, d?, e?) {
      const answer = call(which, first, second, a, b, c, d, e);
      if (which === HostFunction.SetEffectiveContext && answer[0] === Status.Ok) current = first;
      if (which === HostFunction.GrpcCancel) forget(first);
      return answer;
    },
    context: () => current,
    expectHttp: (token, http) => expectAnswer(token, { context: current, http }),
    expectGrpc: (token, grpc, once) => expectAnswer(token, { context: current, grpc, once }),
  };

  const watched = onError.watch?.(host);
  const filter: Filter<unknown, unknown> = definition(host as CallingHost & AsyncHost);
  if (typeof filter?.onConfigure !== "function") throw new TypeError("a filter defines onConfigure");

  const names = new Set<string>(ALWAYS);
  for (const { name } of CALLBACKS) {
    const value = filter[name as keyof typeof filter] as unknown;
    if (value !== undefined && typeof value !== "function") throw new TypeError("a filter's callbacks are functions");
    if (value) names.add(name);
  }
  if (filter.onPluginDone) names.add("onDone");
  const denials = watched?.(filter);
  for (const name of denials?.callbacks ?? []) names.add(name);
  const callbacks = CALLBACKS.reduce((bits, { name }, index) => (names.has(name) ? bits | (1 << index) : bits), 0);

  /** What a callback returns, as an integer: what is not an action is Continue. */
  function integer(result: unknown): number {
    return (result as number) | 0;
  }

  function create(id: number, parent: number): number {
    if (parent === 0) {
      plugins.set(id, { root: id, configuration: undefined });
      return 0;
    }
    const plugin = plugins.get(parent);
    if (!plugin) return 0;
    plugins.set(id, plugin);
    if (filter.onStream && plugin.configuration !== undefined) states.set(id, filter.onStream(plugin.configuration));
    return 0;
  }

  function configure(id: number, size: number): number {
    const plugin = plugins.get(id);
    if (!plugin) return 0;
    const configuration = filter.onConfigure(size, plugin.configuration);
    if (configuration === undefined) return 0;
    plugin.configuration = configuration;
    return 1;
  }

  function isStream(id: number): boolean {
    return plugins.get(id)?.root !== id;
  }

  /** What a context's callbacks get; undefined if there is nothing to serve it with. */
  function stateOf(id: number): unknown {
    return filter.onStream && isStream(id) ? states.get(id) : plugins.get(id)?.configuration;
  }

  /** The call-out that an answer is for, if there still is one: its context is then the one that the filter acts on. */
  function answered(root: number, token: number, last: boolean): Pending | undefined {
    const expected = pending.get(token);
    if (!expected) return undefined;
    if (last) forget(token);
    const { context } = expected;
    if (!plugins.has(context)) return undefined;
    if (context !== root && call(HostFunction.SetEffectiveContext, context, 0)[0] !== Status.Ok) return undefined;
    current = context;
    served = context;
    return expected;
  }

  function grpc(root: number, token: number, last: boolean): GrpcHandler | undefined {
    const expected = answered(root, token, last);
    return expected && "grpc" in expected ? expected.grpc : undefined;
  }

  /** What a callback returns where there is nothing to serve it with. */
  function unserved(name: string, id: number): number {
    return denials?.denyDue(name, id) ?? Action.Continue;
  }

  /** The functions for callbacks that get a context's state: a switch in each call would cost more than the rest of it. */
  function serve(name: string): Run {
    switch (name) {
      case "onRequestHeaders":
      case "onRequestBody":
      case "onResponseHeaders":
      case "onResponseBody":
      case "onDownstreamData":
      case "onUpstreamData":
        return (a, b, c) => {
          const state = stateOf(a);
          return state === undefined ? unserved(name, a) : integer(filter[name]?.(state, b, c !== 0));
        };
      case "onRequestTrailers":
      case "onResponseTrailers":
      case "onQueueReady":
        return (a, b) => {
          const state = stateOf(a);
          return state === undefined ? unserved(name, a) : integer(filter[name]?.(state, b));
        };
      case "onDownstreamConnectionClose":
      case "onUpstreamConnectionClose":
        return (a, b) => {
          const state = stateOf(a);
          return state === undefined ? unserved(name, a) : integer(filter[name]?.(state, b as Peer));
        };
      case "onForeignFunction":
        return (a, b, c) => {
          const state = stateOf(a);
          return state === undefined ? unserved(name, a) : integer(filter[name]?.(state, b, c));
        };
      case "onTick":
      case "onLog":
      case "onNewConnection":
        return (a) => {
          const state = stateOf(a);
          return state === undefined ? unserved(name, a) : integer(filter[name]?.(state));
        };
      default:
        return () => 0;
    }
  }

  const own: Readonly<Record<string, Run>> = {
    onVmStart: (_, b) => (filter.onVmStart?.(b) === false ? 0 : 1),
    onContextCreate: create,
    onConfigure: configure,
    onDelete: end,
    onDone(a) {
      const state = stateOf(a);
      if (state === undefined) return 1;
      return (isStream(a) ? filter.onDone?.(state) : filter.onPluginDone?.(state)) === false ? 0 : 1;
    },
    onHttpCallResponse(a, b, c, d, e) {
      const expected = answered(a, b, true);
      if (expected && "http" in expected) expected.http(c, d, e);
      return 0;
    },
    onGrpcReceive(a, b, c) {
      const expected = pending.get(b);
      grpc(a, b, expected !== undefined && "once" in expected && expected.once)?.onMessage?.(c);
      return 0;
    },
    onGrpcClose(a, b, c) {
      grpc(a, b, true)?.onClose?.(c);
      return 0;
    },
    onGrpcReceiveInitialMetadata(a, b, c) {
      grpc(a, b, false)?.onInitialMetadata?.(c);
      return 0;
    },
    onGrpcReceiveTrailingMetadata(a, b, c) {
      grpc(a, b, false)?.onTrailingMetadata?.(c);
      return 0;
    },
  };
  function failed(name: string, id: number): number | undefined {
    return plugins.has(id) && isStream(id) ? denials?.deny(name, id) : undefined;
  }

  const runs = CALLBACKS.map(({ name }) => own[name] ?? serve(name));

  return {
    callbacks,
    failed,
    dispatch(callback, a, b, c, d, e) {
      current = a;
      served = a;
      denials?.enter((CALLBACKS[callback] as (typeof CALLBACKS)[number]).name, a);
      try {
        return (runs[callback] as Run)(a, b, c, d, e);
      } catch (error) {
        const { name: called } = CALLBACKS[callback] as (typeof CALLBACKS)[number];
        const name = called === "onContextCreate" ? "onStream" : called;
        host.log(LogLevel.Error, thrownBy(name, error));
        return failed(name, served) ?? (name === "onDone" ? 1 : 0);
      }
    },
  };
}

/** The log line of an exception of the filter: the callback's name, the exception and its stack. */
export function thrownBy(name: string, thrown: unknown): string {
  const stack = thrown instanceof Error ? `\n${text(thrown.stack)}` : "";
  return `${name}: ${text(thrown)}${stack}`.trimEnd();
}

function text(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "something that can't be turned into text";
  }
}
