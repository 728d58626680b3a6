import type { AsyncHost } from "./async-host.ts";
import type { Peer } from "./streams.ts";

/** What a stream callback returns. */
export const Action = { Continue: 0, Pause: 1 } as const;
export type Action = (typeof Action)[keyof typeof Action];

/** What a callback returns that can pause a stream. */
// biome-ignore lint/suspicious/noConfusingVoidType: what an async function without return gives
export type Decision = Action | Promise<Action | undefined | void>;

/**
 * A filter's callbacks. The module exports only those that are defined, because each exported callback costs every request.
 *
 * An exception never leaves a callback: the engine logs it at level error with its stack, and `onError` says what becomes of the stream; in
 * `onConfigure` it refuses the configuration.
 *
 * A callback that may return a promise may be `async`. While the promise is pending, the stream is paused; when it is fulfilled, the stream
 * goes on, unless the filter has answered the client or the promise's value is `Action.Pause`. `waitLimit` ends a promise that takes too long.
 *
 * @typeParam C the configuration of one plugin (root context)
 * @typeParam S the state of one stream (a request and its response): C itself, unless `onStream` returns another one
 */
export interface Filter<C, S = C> {
  /**
   * What becomes of a stream when a callback of it throws, the handler of one of its call-outs, or what it has waited for. `"continue"`, the
   * default: it goes on. `"deny"`: the client gets a 500 with the details `filter_js_error{CALLBACK}`, or a reset if the response has begun;
   * a TCP connection is closed. The counter `filter_js_denied` counts both.
   */
  readonly onError?: "continue" | "deny";
  /**
   * For how long a stream waits for a callback's promise, in milliseconds. After that, what the callback waits for is dropped, an error is
   * logged, and the stream goes on or is denied, as `onError` says. By default, or with 0, as long as the stream lives.
   */
  readonly waitLimit?: number;
  /**
   * A plugin is configured, for the first time or again.
   *
   * @param size bytes of the configuration: read it with `getBuffer(BufferType.PluginConfiguration, 0, size)`
   * @param last the previous configuration of this plugin; undefined the first time
   * @returns the configuration for new callbacks; undefined refuses it, and the last good configuration stays
   */
  onConfigure(size: number, last: C | undefined): C | undefined;
  /** A stream of the plugin begins. Define it to have a state for each stream. */
  onStream?(configuration: C): S;
  /** @param count header lines of the map @param endOfStream whether neither body nor trailers follow */
  onRequestHeaders?(stream: S, count: number, endOfStream: boolean): Decision;
  /** @param size bytes in the buffer now @param endOfStream whether nothing follows */
  onRequestBody?(stream: S, size: number, endOfStream: boolean): Decision;
  onRequestTrailers?(stream: S, count: number): Decision;
  onResponseHeaders?(stream: S, count: number, endOfStream: boolean): Decision;
  onResponseBody?(stream: S, size: number, endOfStream: boolean): Decision;
  onResponseTrailers?(stream: S, count: number): Decision;
  /** The stream has ended; its header maps can still be read. */
  onLog?(stream: S): void;

  /** A connection begins: a TCP filter has a stream for each. */
  onNewConnection?(stream: S): Decision;
  /** @param size bytes in `ConnectionBuffer.DownstreamData`, from the client @param endOfStream whether nothing follows */
  onDownstreamData?(stream: S, size: number, endOfStream: boolean): Decision;
  /** @param size bytes in `ConnectionBuffer.UpstreamData`, from the server @param endOfStream whether nothing follows */
  onUpstreamData?(stream: S, size: number, endOfStream: boolean): Action;
  onDownstreamConnectionClose?(stream: S, peer: Peer): void;
  onUpstreamConnectionClose?(stream: S, peer: Peer): void;

  /** A VM starts, before its first plugin is configured. @param size bytes of `BufferType.VmConfiguration` @returns false refuses it */
  onVmStart?(size: number): boolean;
  /** The period of `setTickPeriod` has passed. */
  onTick?(configuration: C): void;
  /** A queue of `registerQueue` has an item. */
  onQueueReady?(configuration: C, queue: number): void;
  /** The host calls a function of the filter. @param size bytes in the buffer `FOREIGN_FUNCTION_ARGUMENTS` */
  onForeignFunction?(configuration: C, id: number, size: number): void;
  /** The stream has ended: its call-outs can be cancelled. @returns true; Envoy deletes the context in any case */
  onDone?(stream: S): boolean;
  /** The plugin is removed. @returns false keeps its context until `done` is called */
  onPluginDone?(configuration: C): boolean;
}

/** Takes the host, once for each VM, and returns the callbacks. It must not call the host yet, except to intern names and headers. */
export type FilterDefinition<C, S = C> = (host: AsyncHost) => Filter<C, S>;

/** The callback that a misspelt one means, if only capitals or a final `s` differ. */
type Meant<P extends string> = {
  [K in keyof Filter<unknown>]-?: Lowercase<K> extends Lowercase<P> | Lowercase<`${P}s`> ? K : never;
}[keyof Filter<unknown>];

type Misspelt<P extends string> = [Meant<P>] extends [never]
  ? `${P} is not a callback of a filter`
  : `${P} is not a callback of a filter: did you mean ${Meant<P>}?`;

/** Takes no property that is not a callback: the error names it. */
type OnlyCallbacks<K extends PropertyKey> = {
  [P in K]: P extends keyof Filter<unknown> ? unknown : Misspelt<P & string>;
};

/**
 * Types a filter, which must be the default export of its module. TypeScript infers both types, but with `onStream` they must be named.
 *
 * @typeParam K the names of the filter's properties, inferred; if both types are named, only the build finds a misspelt callback
 * @param definition takes the host and returns the callbacks
 * @returns the definition itself
 */
export function defineFilter<C, S = C, K extends PropertyKey = never>(
  definition: (host: AsyncHost) => Filter<C, S> & OnlyCallbacks<K>,
): FilterDefinition<C, S> {
  return definition;
}
