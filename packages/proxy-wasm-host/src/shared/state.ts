import type { Metrics } from "./metrics.ts";
import type { SharedData } from "./shared-data.ts";
import type { SharedQueues } from "./shared-queues.ts";

/** What all VMs of a host share, also across threads. */
export interface SharedState {
  readonly metrics: Metrics;
  readonly sharedData: SharedData;
  readonly sharedQueues: SharedQueues;
}
