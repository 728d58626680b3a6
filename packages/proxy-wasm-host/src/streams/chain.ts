import type { Filter, StreamHandle } from "./filter.ts";
import type { TcpFilter, TcpHandle } from "./tcp-filter.ts";

/** `refused`: the module did not take its start or its configuration; `failed`: it has trapped; `unavailable`: it could not be had. */
export type PluginState = "running" | "refused" | "failed" | "unavailable";

/** A plugin's place in the chain that streams pass. */
export interface ChainPlugin {
  readonly name: string;
  readonly state: PluginState;
  /** Why it is not running. */
  readonly error?: string | undefined;
  /** The size of its VM's linear memory in pages of 64 KiB. */
  readonly memoryPages: number;
  /** Its part in a new stream; undefined if it is passed by. */
  newStream(handle: StreamHandle): Filter | undefined;
  /** Its part in a new TCP connection. */
  newConnection(handle: TcpHandle): TcpFilter;
  /** New streams will not come any more: it ends with the last one that is under way. */
  drain(): void;
  /** The host ends, and what is under way with it. */
  retire(): void;
}
