import type { EngineError } from "../errors.ts";
import type { Filter, StreamHandle } from "./filter.ts";
import type { TcpFilter, TcpHandle } from "./tcp-filter.ts";

/**
 * `refused`: the module could not be loaded, or refused to start or its configuration; `failed`: it has trapped; `unavailable`: there
 * is no module.
 */
export type PluginState = "running" | "refused" | "failed" | "unavailable";

/** One plugin of the chain. */
export interface ChainPlugin {
  readonly name: string;
  readonly state: PluginState;
  /** Why it is not running, in one line; undefined while it runs. */
  readonly error?: string | undefined;
  /** The same as an error with a `code`. */
  readonly reason?: EngineError | undefined;
  /** The size of its VM's linear memory in pages of 64 KiB. */
  readonly memoryPages: number;
  /** @returns its filter for a new stream; undefined if the stream passes without it */
  newStream(handle: StreamHandle): Filter | undefined;
  /** @returns its filter for a new TCP connection */
  newConnection(handle: TcpHandle): TcpFilter;
  /** There will be no new streams: it ends with the last open one. */
  drain(): void;
  /** Ends it together with its open streams. */
  retire(): void;
}
