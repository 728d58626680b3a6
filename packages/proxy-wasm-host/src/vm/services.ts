import type { LogThreshold } from "../abi/enums.ts";
import type { Platform } from "../platform/platform.ts";
import type { Watchdog } from "../platform/watchdog.ts";
import type { Metrics } from "../shared/metrics.ts";
import type { SharedData } from "../shared/shared-data.ts";
import type { SharedQueues } from "../shared/shared-queues.ts";
import type { Clusters } from "./clusters.ts";
import type { LogLine } from "./log-line.ts";
import type { Observer } from "./observer.ts";

/** What all VMs of a runtime use. */
export interface HostServices {
  readonly platform: Platform;
  /** Gets every line, and leaves out those below the level. */
  readonly log: (line: LogLine) => void;
  /** The lowest level that is logged, which modules are told. */
  readonly logLevel: LogThreshold;
  readonly trace: Observer | undefined;
  /** Host functions by name that return a status instead of working. */
  readonly faults: Readonly<Record<string, number>>;
  /** How many pages of 64 KiB a VM's linear memory can grow to. */
  readonly memoryPages: number;
  /** Whether a module is tried in a separate VM before it serves. */
  readonly canary: boolean;
  /** Stops callbacks that take too long; undefined for no limit. */
  readonly watchdog: Watchdog | undefined;
  readonly metrics: Metrics;
  /** The services that modules can call. */
  readonly clusters: Clusters;
  readonly sharedData: SharedData;
  readonly sharedQueues: SharedQueues;
}
