import type { PluginState } from "proxy-wasm-host";
import type { BackgroundData } from "../record/background-record.ts";
import type { RequestData } from "../record/request-record.ts";
import type { TallyData } from "./series.ts";

/** The status of a plugin in one worker. */
export interface PluginStatus {
  readonly name: string;
  readonly state: PluginState;
  readonly error: string | undefined;
  readonly memoryPages: number;
}

/** What a worker has recorded since its last batch, as plain data that can be sent to the main thread. */
export interface Batch {
  readonly requests: readonly RequestData[];
  readonly background: readonly BackgroundData[];
  readonly tally: TallyData;
  /** The number of requests that were counted but not recorded. */
  readonly passedOver: number;
  /** The size of the records, which counts against what the worker may hold. */
  readonly bytes: number;
}
