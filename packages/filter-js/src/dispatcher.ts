import type { AsyncHost } from "./async-host.ts";
import { CALLBACKS } from "./callbacks.ts";
import { Action, type Filter, type FilterDefinition } from "./filter.ts";
import { type Host, LogLevel } from "./host.ts";
import { type CallingHost, type GrpcHandler, type HostCall, HostFunction, type HttpCallHandler } from "./host-call.ts";
import { onError } from "./on-error.ts";
import { Status } from "./status.ts";
import type { Peer } from "./streams.ts";

/** A context: a plugin's own, or a stream's. */
interface Context {
  readonly plugin: { configuration: unknown };
  readonly isStream: boolean;
  /** The stream's own state, if the filter has `onStream`. */
  state?: unknown;
  /** The numbers of its call-outs that wait. */
  calls?: Set<number>;
}

/** A call-out that waits for an answer. */
type Pending =
  | { readonly context: number; readonly http: HttpCallHandler }
  | { readonly context: number; readonly grpc: GrpcHandler; readonly once: boolean };

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
  const contexts = new Map<number, Context>();
  const pending = new Map<number, Pending>();
  let current = 0;
  /** The context whose code runs. */
  let served = 0;

  function expectAnswer(token: number, expected: Pending): void {
    pending.set(token, expected);
    const context = contexts.get(expected.context);
    if (!context) return;
    context.calls ??= new Set();
    context.calls.add(token);
  }

  function forget(token: number): void {
    contexts.get(pending.get(token)?.context ?? 0)?.calls?.delete(token);
    pending.delete(token);
  }

  const host: CallingHost = {
    ...bound,
    hostCall(which, first, second, ...bytes) {
      const answer = call(which, first, second, ...bytes);
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

  function create(id: number, parent: number): void {
    if (parent === 0) {
      contexts.set(id, { plugin: { configuration: undefined }, isStream: false });
      return;
    }
    const plugin = contexts.get(parent)?.plugin;
    if (!plugin) return;
    const context: Context = { plugin, isStream: true };
    contexts.set(id, context);
    if (filter.onStream && plugin.configuration !== undefined) context.state = filter.onStream(plugin.configuration);
  }

  function configure(id: number, size: number): number {
    const plugin = contexts.get(id)?.plugin;
    if (!plugin) return 0;
    const configuration = filter.onConfigure(size, plugin.configuration);
    if (configuration === undefined) return 0;
    plugin.configuration = configuration;
    return 1;
  }

  /** What a context's callbacks get; undefined if there is nothing to serve it with. */
  function stateOf(id: number): unknown {
    const context = contexts.get(id);
    if (!context) return undefined;
    return context.isStream && filter.onStream ? context.state : context.plugin.configuration;
  }

  /** Passes an answer to the handler of a call-out, acting on the context that made it. */
  function answered(root: number, token: number, last: boolean, pass: (expected: Pending) => void): void {
    const expected = pending.get(token);
    if (!expected) return;
    if (last) forget(token);
    if (!contexts.has(expected.context)) return;
    if (expected.context !== root && call(HostFunction.SetEffectiveContext, expected.context, 0)[0] !== Status.Ok)
      return;
    current = expected.context;
    served = current;
    pass(expected);
  }

  function grpc(root: number, token: number, last: boolean, pass: (handler: GrpcHandler) => void): void {
    answered(root, token, last, (expected) => {
      if ("grpc" in expected) pass(expected.grpc);
    });
  }

  function run(name: string, a: number, b: number, c: number, d: number, e: number): number {
    switch (name) {
      case "onVmStart":
        return filter.onVmStart?.(b) === false ? 0 : 1;
      case "onContextCreate":
        create(a, b);
        return 0;
      case "onConfigure":
        return configure(a, b);
      case "onDelete":
        // The host cancels the call-outs of the context, so that no answer removes them.
        for (const token of contexts.get(a)?.calls ?? []) pending.delete(token);
        contexts.delete(a);
        return 0;
      case "onHttpCallResponse":
        answered(a, b, true, (expected) => {
          if ("http" in expected) expected.http(c, d, e);
        });
        return 0;
      case "onGrpcReceive": {
        const expected = pending.get(b);
        const last = expected !== undefined && "once" in expected && expected.once;
        grpc(a, b, last, (handler) => handler.onMessage?.(c));
        return 0;
      }
      case "onGrpcClose":
        grpc(a, b, true, (handler) => handler.onClose?.(c));
        return 0;
      case "onGrpcReceiveInitialMetadata":
        grpc(a, b, false, (handler) => handler.onInitialMetadata?.(c));
        return 0;
      case "onGrpcReceiveTrailingMetadata":
        grpc(a, b, false, (handler) => handler.onTrailingMetadata?.(c));
        return 0;
    }
    const state = stateOf(a);
    if (name === "onDone") {
      if (state === undefined) return 1;
      const isStream = contexts.get(a)?.isStream;
      return (isStream ? filter.onDone?.(state) : filter.onPluginDone?.(state)) === false ? 0 : 1;
    }
    if (state === undefined) return denials?.denyDue(name, a) ?? Action.Continue;
    switch (name) {
      case "onRequestHeaders":
      case "onRequestBody":
      case "onResponseHeaders":
      case "onResponseBody":
      case "onDownstreamData":
      case "onUpstreamData":
        return integer(filter[name]?.(state, b, c !== 0));
      case "onRequestTrailers":
      case "onResponseTrailers":
      case "onQueueReady":
        return integer(filter[name]?.(state, b));
      case "onDownstreamConnectionClose":
      case "onUpstreamConnectionClose":
        return integer(filter[name]?.(state, b as Peer));
      case "onForeignFunction":
        return integer(filter[name]?.(state, b, c));
      case "onTick":
      case "onLog":
      case "onNewConnection":
        return integer(filter[name]?.(state));
      default:
        return 0;
    }
  }

  function failed(name: string, context: number): number | undefined {
    return contexts.get(context)?.isStream ? denials?.deny(name, context) : undefined;
  }

  return {
    callbacks,
    failed,
    dispatch(callback, a, b, c, d, e) {
      const { name: called } = CALLBACKS[callback] as (typeof CALLBACKS)[number];
      current = a;
      served = a;
      denials?.enter(called, a);
      try {
        return run(called, a, b, c, d, e);
      } catch (error) {
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
