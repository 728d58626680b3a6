import { Action, type Filter, type FilterDefinition, LogLevel } from "@wasm-header-filter/filter-js/guest";
import definition from "filter:definition";
import { PER_STREAM, streamCallbacks } from "../src/callbacks.ts";
import { host } from "./host.ts";
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
  } catch (error) {
    // Without a filter, every configuration is refused.
    failed(error);
    return 0;
  }
  let bits = filter.onStream ? 1 << PER_STREAM : 0;
  for (const [bit, name] of streamCallbacks.entries()) if (filter[name]) bits |= 1 << bit;
  return bits;
}

export function onConfigure(plugin: number, size: number): number {
  try {
    const configuration = filter.onConfigure(size, plugins.get(plugin));
    if (configuration === undefined) return 0;
    plugins.set(plugin, configuration);
    return 1;
  } catch (error) {
    failed(error);
    return 0;
  }
}

export function onPluginEnd(plugin: number): void {
  plugins.delete(plugin);
}

export function select(context: number): void {
  served = (filter.onStream ? streams : plugins).get(context);
}

export function onStream(context: number, plugin: number): void {
  try {
    streams.set(context, filter.onStream?.(plugins.get(plugin)));
  } catch (error) {
    failed(error);
  }
}

export function onStreamEnd(context: number): void {
  streams.delete(context);
}

// Written out one by one: a shared wrapper would be one more call inside the engine for each callback of each request.

function requestHeaders(count: number, endOfStream: boolean): number {
  try {
    return filter.onRequestHeaders(served, count, endOfStream);
  } catch (error) {
    return failed(error);
  }
}

function requestBody(size: number, endOfStream: boolean): number {
  try {
    return filter.onRequestBody(served, size, endOfStream);
  } catch (error) {
    return failed(error);
  }
}

function requestTrailers(count: number): number {
  try {
    return filter.onRequestTrailers(served, count);
  } catch (error) {
    return failed(error);
  }
}

function responseHeaders(count: number, endOfStream: boolean): number {
  try {
    return filter.onResponseHeaders(served, count, endOfStream);
  } catch (error) {
    return failed(error);
  }
}

function responseBody(size: number, endOfStream: boolean): number {
  try {
    return filter.onResponseBody(served, size, endOfStream);
  } catch (error) {
    return failed(error);
  }
}

function responseTrailers(count: number): number {
  try {
    return filter.onResponseTrailers(served, count);
  } catch (error) {
    return failed(error);
  }
}

function log(): void {
  try {
    filter.onLog(served);
  } catch (error) {
    failed(error);
  }
}

export {
  requestHeaders as qh,
  requestBody as qb,
  requestTrailers as qt,
  responseHeaders as rh,
  responseBody as rb,
  responseTrailers as rt,
  log as lg,
};

/** Logs what a filter threw, with its stack, and lets the request go on. */
function failed(error: unknown): Action {
  const text = error instanceof Error ? `${error}\n${error.stack ?? ""}` : String(error);
  host.log(LogLevel.Error, text.trimEnd());
  return Action.Continue;
}

sweep();
