import {
  Histogram,
  Metric,
  Metrics,
  MetricType,
  type QueueListener,
  SharedData,
  SharedQueues,
  type SharedState,
  type Status,
} from "proxy-wasm-host";
import type { Ask } from "./call-channel.ts";

/** Metrics whose counters and gauges all workers change in shared memory; the main thread has their names, and the histograms. */
class RemoteMetrics extends Metrics {
  readonly #ask: Ask;
  readonly #cells: BigUint64Array;

  constructor(ask: Ask, cells: BigUint64Array) {
    super(cells);
    this.#ask = ask;
    this.#cells = cells;
  }

  override open(type: number, name: string): Metric {
    const at = this.#ask("openMetric", type, name);
    const histogram =
      type === MetricType.histogram
        ? new RemoteHistogram((sample) => this.#ask("recordSample", type, name, sample))
        : undefined;
    return new Metric({ type, name, histogram, cells: this.#cells, at });
  }
}

class RemoteHistogram extends Histogram {
  readonly #send: (sample: bigint) => void;

  constructor(send: (sample: bigint) => void) {
    super();
    this.#send = send;
  }

  override record(sample: bigint): void {
    this.#send(sample);
  }
}

class RemoteSharedData extends SharedData {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    super();
    this.#ask = ask;
  }

  override get(vmId: string, key: string): { value: Uint8Array; cas: number } | undefined {
    return this.#ask("getData", vmId, key);
  }

  override set(vmId: string, key: string, value: Uint8Array, cas: number): Status {
    return this.#ask("setData", vmId, key, value, cas);
  }
}

class RemoteSharedQueues extends SharedQueues {
  readonly #ask: Ask;
  readonly #listeners: QueueListener[];

  /** @param listeners the listeners of this worker; the index is the number that the main thread knows each by */
  constructor(ask: Ask, listeners: QueueListener[]) {
    super();
    this.#ask = ask;
    this.#listeners = listeners;
  }

  override register(vmId: string, name: string, listener?: QueueListener): number {
    return this.#ask("registerQueue", vmId, name, listener && this.#number(listener));
  }

  override leave(listener: QueueListener): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#ask("leaveQueues", at);
  }

  override resolve(vmId: string, name: string): number | undefined {
    return this.#ask("resolveQueue", vmId, name);
  }

  override enqueue(token: number, item: Uint8Array): Status {
    return this.#ask("enqueue", token, item);
  }

  override dequeue(token: number): Uint8Array | Status {
    return this.#ask("dequeue", token);
  }

  #number(listener: QueueListener): number {
    const at = this.#listeners.indexOf(listener);
    return at >= 0 ? at : this.#listeners.push(listener) - 1;
  }
}

/**
 * The shared state in a worker. Each call waits for the main thread, so that all workers see one state.
 *
 * @param cells the memory of counters and gauges
 * @param listeners filled with the listeners of queues; the index is the number that the main thread knows each by
 */
export const remoteState = (ask: Ask, cells: BigUint64Array, listeners: QueueListener[]): SharedState => ({
  metrics: new RemoteMetrics(ask, cells),
  sharedData: new RemoteSharedData(ask),
  sharedQueues: new RemoteSharedQueues(ask, listeners),
});
