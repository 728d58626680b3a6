import definition from "filter:definition";
import type { Filter, FilterDefinition } from "@wasm-header-filter/filter-js/guest";
import { DEFINED, PER_STREAM, streamCallbacks } from "../src/callbacks.ts";
import "./console.ts";
import { failed } from "./failed.ts";
import { host, keepCallback } from "./host.ts";
import { sweep } from "./sweep.ts";

// The component's exports (the WIT world `filter`) for one filter. Each catches what the filter throws.

/** A filter whose stream callbacks may all be called: the module exports only those that it defines. */
type Whole<C, S> = Required<Omit<Filter<C, S>, "onStream">> & Pick<Filter<C, S>, "onStream">;

/** What plugins are configured with, by root context. */
const plugins = new Map<number, unknown>();
/** What streams are served with, by context: only for a filter with `onStream`. */
const streams = new Map<number, unknown>();
let filter: Whole<unknown, unknown>;
/** What the stream or plugin that was last selected is served with. */
let served: unknown;

export function callbacks(): number {
  try {
    filter = (definition as FilterDefinition<unknown, unknown>)(host) as typeof filter;
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

/** What the host keeps: it is to stay. */
const kept: unknown[] = [];

/** Has a callback called without its export, where the host can. */
function offer(bit: number): void {
  if (!keepCallback(bit, 0)) return;
  const callback = exported[bit]?.bind(undefined);
  kept.push(callback);
  keepCallback(bit, callback);
}

const AsyncFunction = (async () => {}).constructor;

/** An asynchronous callback, whose promise is no action, and whose exceptions are to be heard. */
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

/** Whether there is anything to serve the context with: a plugin whose configuration was refused has nothing. */
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

// Written out one by one: a shared wrapper would be one more call inside the engine for each callback of each request. `| 0` makes Continue
// of what is no action.

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
