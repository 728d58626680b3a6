import type { LogLevelName } from "../abi/enums.ts";
import type { Platform } from "../platform/platform.ts";
import type { Watchdog } from "../platform/watchdog.ts";
import type { Metrics } from "../shared/metrics.ts";
import type { SharedData } from "../shared/shared-data.ts";
import type { SharedQueues } from "../shared/shared-queues.ts";
import type { Clusters } from "./clusters.ts";
import type { LogLine } from "./log-line.ts";
import type { Observer } from "./observer.ts";

/** What VMs share with each other and with the world around them. */
export interface HostServices {
  readonly platform: Platform;
  readonly log: (line: LogLine) => void;
  /** The lowest level that is logged. */
  readonly logLevel: LogLevelName;
  readonly trace: Observer | undefined;
  /** Host functions by name that return a status instead of working. */
  readonly faults: Readonly<Record<string, number>>;
  /** What a VM's linear memory may grow to, in pages of 64 KiB. */
  readonly memoryPages: number;
  /** Whether a module is tried in a VM of its own before it serves. */
  readonly canary: boolean;
  /** What ends callbacks that take too long, if anything does. */
  readonly watchdog: Watchdog | undefined;
  readonly metrics: Metrics;
  /** The services that modules may call. */
  readonly clusters: Clusters;
  readonly sharedData: SharedData;
  readonly sharedQueues: SharedQueues;
}
