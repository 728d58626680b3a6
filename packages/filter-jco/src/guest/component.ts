import definition from "filter:definition";
import type { AsyncHost, Filter, FilterDefinition } from "@wasm-header-filter/filter-js/guest";
import { DEFINED, PER_STREAM, streamCallbacks } from "../callbacks.ts";
import "./console.ts";
import { failed } from "./failed.ts";
import { host, keepCallback } from "./host.ts";
import { sweep } from "./sweep.ts";

// The component's exports (the WIT world `filter`) for one filter. Each catches what the filter throws.

/** A filter with all stream callbacks: the module exports only those that it defines, so no other is called. */
type Whole<C, S> = Required<Omit<Filter<C, S>, "onStream" | Acting>> & Pick<Filter<C, S>, "onStream"> & Synchronous;

type Acting = Exclude<(typeof streamCallbacks)[number], "onLog">;

/** A filter with asynchronous callbacks has the dispatcher instead of these exports. */
type Synchronous = Record<Acting, (stream: unknown, count: number, endOfStream?: boolean) => number>;

/** The configurations of plugins, by root context. */
const plugins = new Map<number, unknown>();
/** The states of streams, by context: only for a filter with `onStream`. */
const streams = new Map<number, unknown>();
let filter: Whole<unknown, unknown>;
/** The state of the stream or plugin that was selected last. */
let served: unknown;

export function callbacks(): number {
  try {
    filter = (definition as FilterDefinition<unknown, unknown>)(host as AsyncHost) as typeof filter;
    if (!filter?.onConfigure) throw new TypeError("a filter defines onConfigure");
    let bits = filter.onStream ? 1 << PER_STREAM : 0;
    for (const [bit, name] of streamCallbacks.entries()) {
      if (!filter[name]) continue;
      if (typeof filter[name] !== "function") throw new TypeError("a filter's callbacks are functions");
      if (filter[name] instanceof AsyncFunction) filter = { ...filter, [name]: heard(name, filter[name]) };
      bits |= 1 << bit;
      offer(bit);
    }
    return bits | (1 << DEFINED);
  } catch (error) {
    // Without a filter, every configuration is refused.
    failed("filter", error);
    return 0;
  }
}

/** The functions that the host keeps, so that they are not collected. */
const kept: unknown[] = [];

/** Lets the host call a callback without its export, if it can. */
function offer(bit: number): void {
  if (!keepCallback(bit, 0)) return;
  const callback = exported[bit]?.bind(undefined);
  kept.push(callback);
  keepCallback(bit, callback);
}

const AsyncFunction = (async () => {}).constructor;

/** Handles the promise of an asynchronous callback, which is not an action, and logs its exception. */
function heard(name: string, callback: (...args: never[]) => unknown) {
  return (...args: never[]) => void (callback(...args) as Promise<unknown>).catch((error) => failed(name, error));
}

export function onConfigure(plugin: number, size: number): number {
  try {
    const configuration = filter.onConfigure(size, plugins.get(plugin));
    if (configuration === undefined) return 0;
    plugins.set(plugin, configuration);
    return 1;
  } catch (error) {
    failed("onConfigure", error);
    return 0;
  }
}

export function onPluginEnd(plugin: number): void {
  plugins.delete(plugin);
}

/** Whether the context has a state: a plugin whose configuration was refused has none. */
export function select(context: number): boolean {
  served = (filter.onStream ? streams : plugins).get(context);
  return served !== undefined;
}

export function onStream(context: number, plugin: number): void {
  const configuration = plugins.get(plugin);
  if (configuration === undefined) return;
  try {
    streams.set(context, filter.onStream?.(configuration));
  } catch (error) {
    failed("onStream", error);
  }
}

export function onStreamEnd(context: number): void {
  streams.delete(context);
}

// Not shared: a wrapper would be one more call in the engine for each callback of each request. `| 0` turns a result that is not an action
// into Continue.

function requestHeaders(count: number, endOfStream: boolean): number {
  try {
    return filter.onRequestHeaders(served, count, endOfStream) | 0;
  } catch (error) {
    return failed("onRequestHeaders", error);
  }
}

function requestBody(size: number, endOfStream: boolean): number {
  try {
    return filter.onRequestBody(served, size, endOfStream) | 0;
  } catch (error) {
    return failed("onRequestBody", error);
  }
}

function requestTrailers(count: number): number {
  try {
    return filter.onRequestTrailers(served, count) | 0;
  } catch (error) {
    return failed("onRequestTrailers", error);
  }
}

function responseHeaders(count: number, endOfStream: boolean): number {
  try {
    return filter.onResponseHeaders(served, count, endOfStream) | 0;
  } catch (error) {
    return failed("onResponseHeaders", error);
  }
}

function responseBody(size: number, endOfStream: boolean): number {
  try {
    return filter.onResponseBody(served, size, endOfStream) | 0;
  } catch (error) {
    return failed("onResponseBody", error);
  }
}

function responseTrailers(count: number): number {
  try {
    return filter.onResponseTrailers(served, count) | 0;
  } catch (error) {
    return failed("onResponseTrailers", error);
  }
}

function log(): number {
  try {
    filter.onLog(served);
    return 0;
  } catch (error) {
    return failed("onLog", error);
  }
}

/** In the order of their bits. */
const exported: ((count: number, endOfStream: boolean) => number)[] = [
  requestHeaders,
  requestBody,
  requestTrailers,
  responseHeaders,
  responseBody,
  responseTrailers,
  log,
];

export {
  log as lg,
  requestBody as qb,
  requestHeaders as qh,
  requestTrailers as qt,
  responseBody as rb,
  responseHeaders as rh,
  responseTrailers as rt,
};

sweep();
