import type { Host } from "./host.ts";

/** What a stream callback answers. */
export const Action = { Continue: 0, Pause: 1 } as const;
export type Action = (typeof Action)[keyof typeof Action];

/**
 * A filter's callbacks. The module exports those that are defined, and no other: each exported callback costs every request.
 *
 * An exception never leaves a callback: the engine logs it at level error with its stack, the request goes on, and while configuring it
 * refuses the configuration.
 *
 * @typeParam C what one plugin (root context) is configured with
 * @typeParam S what one stream (a request and its response) is served with: C itself, unless `onStream` makes something else
 */
export interface Filter<C, S = C> {
  /**
   * A plugin is configured, for the first time or anew.
   *
   * @param size bytes of the configuration, to be had with `getBuffer(BufferType.PluginConfiguration, 0, size)`
   * @param last what this plugin was configured with until now, undefined the first time
   * @returns what its streams are served with from now on; undefined refuses, and the last good configuration stays
   */
  onConfigure(size: number, last: C | undefined): C | undefined;
  /** A stream of the plugin begins. Define it to keep something for each stream. */
  onStream?(configuration: C): S;
  /** @param count header lines of the map @param endOfStream whether neither body nor trailers follow */
  onRequestHeaders?(stream: S, count: number, endOfStream: boolean): Action;
  /** @param size bytes in the buffer now @param endOfStream whether nothing follows */
  onRequestBody?(stream: S, size: number, endOfStream: boolean): Action;
  onRequestTrailers?(stream: S, count: number): Action;
  onResponseHeaders?(stream: S, count: number, endOfStream: boolean): Action;
  onResponseBody?(stream: S, size: number, endOfStream: boolean): Action;
  onResponseTrailers?(stream: S, count: number): Action;
  /** The stream is over; its header maps can still be read. */
  onLog?(stream: S): void;
}

/** A filter as it is written: from the host, once for each VM, to its callbacks. The host may not be called yet, but for the interning. */
export type FilterDefinition<C, S = C> = (host: Host) => Filter<C, S>;

/**
 * Types a filter; a filter's module has it as its default export, which the engines' builds pick up. TypeScript infers both types, but
 * with `onStream` they have to be named.
 *
 * @param definition from the host to the callbacks
 * @returns the definition itself
 */
export function defineFilter<C, S = C>(definition: FilterDefinition<C, S>): FilterDefinition<C, S> {
  return definition;
}
