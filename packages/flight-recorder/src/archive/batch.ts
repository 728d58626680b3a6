import type { PluginState } from "proxy-wasm-host";
import type { Background } from "../record/background-record.ts";
import type { ExchangeData } from "../record/exchange-record.ts";
import type { TallyData } from "./series.ts";

/** A plugin as it stands in one thread. */
export interface Standing {
  readonly name: string;
  readonly state: PluginState;
  readonly error: string | undefined;
  readonly memoryPages: number;
}

/** What a thread hands over of what it has recorded: plain data. */
export interface Batch {
  readonly exchanges: readonly ExchangeData[];
  readonly background: readonly Pick<Background, "plugin" | "log">[];
  readonly tally: TallyData;
  /** How many requests were counted only. */
  readonly passedOver: number;
  /** How much of what the thread may hold and send it takes. */
  readonly bytes: number;
}
