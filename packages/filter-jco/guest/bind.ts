import { Action, type Filter, type FilterDefinition, LogLevel } from "@wasm-header-filter/filter-js/guest";
import { PER_STREAM, streamCallbacks } from "../src/callbacks.ts";
import { host } from "./host.ts";

/** A filter whose stream callbacks may all be called. */
type Whole<C, S> = Required<Omit<Filter<C, S>, "onStream">> & Pick<Filter<C, S>, "onStream">;

/**
 * Binds a filter to the component's exports (the WIT world `filter`).
 *
 * @param define the filter's definition
 * @returns the exports, each of which catches what the filter throws
 */
export function bind<C, S>(define: FilterDefinition<C, S>) {
  /** What plugins are configured with, by root context. */
  const plugins = new Map<number, C>();
  /** What streams are served with, by context: only for a filter with `onStream`. */
  const streams = new Map<number, S>();
  let filter: Whole<C, S>;
  /** What the stream or plugin that was last selected is served with. */
  let served: S;

  return {
    callbacks(): number {
      try {
        filter = define(host) as Whole<C, S>;
      } catch (error) {
        // Without a filter, every configuration is refused.
        failed(error);
        return 0;
      }
      let bits = filter.onStream ? 1 << PER_STREAM : 0;
      for (const [bit, [name]] of streamCallbacks.entries()) if (filter[name]) bits |= 1 << bit;
      return bits;
    },

    onConfigure(plugin: number, size: number): number {
      try {
        const configuration = filter.onConfigure(size, plugins.get(plugin));
        if (configuration === undefined) return 0;
        plugins.set(plugin, configuration);
        return 1;
      } catch (error) {
        failed(error);
        return 0;
      }
    },

    onPluginEnd(plugin: number): void {
      plugins.delete(plugin);
    },

    select(context: number): void {
      served = (filter.onStream ? streams.get(context) : plugins.get(context)) as S;
    },

    onStream(context: number, plugin: number): void {
      try {
        streams.set(context, (filter.onStream as (configuration: C) => S)(plugins.get(plugin) as C));
      } catch (error) {
        failed(error);
      }
    },

    onStreamEnd(context: number): void {
      streams.delete(context);
    },

    // Written out one by one: a shared wrapper would be one more call inside the engine for each callback of each request.
    qh(count: number, endOfStream: boolean): number {
      try {
        return filter.onRequestHeaders(served, count, endOfStream);
      } catch (error) {
        return failed(error);
      }
    },

    qb(size: number, endOfStream: boolean): number {
      try {
        return filter.onRequestBody(served, size, endOfStream);
      } catch (error) {
        return failed(error);
      }
    },

    qt(count: number): number {
      try {
        return filter.onRequestTrailers(served, count);
      } catch (error) {
        return failed(error);
      }
    },

    rh(count: number, endOfStream: boolean): number {
      try {
        return filter.onResponseHeaders(served, count, endOfStream);
      } catch (error) {
        return failed(error);
      }
    },

    rb(size: number, endOfStream: boolean): number {
      try {
        return filter.onResponseBody(served, size, endOfStream);
      } catch (error) {
        return failed(error);
      }
    },

    rt(count: number): number {
      try {
        return filter.onResponseTrailers(served, count);
      } catch (error) {
        return failed(error);
      }
    },

    lg(): void {
      try {
        filter.onLog(served);
      } catch (error) {
        failed(error);
      }
    },
  };
}

/** Logs what a filter threw, with its stack, and lets the request go on. */
function failed(error: unknown): Action {
  const text = error instanceof Error ? `${error}\n${error.stack ?? ""}` : String(error);
  host.log(LogLevel.Error, text.trimEnd());
  return Action.Continue;
}
