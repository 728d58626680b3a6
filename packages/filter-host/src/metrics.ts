import { MetricType } from "./abi/enums.ts";
import { Status } from "./abi/status.ts";
import { Histogram } from "./histogram.ts";

/** A counter, gauge or histogram that all VMs of the host share. */
export interface Metric {
  readonly type: number;
  readonly name: string;
  /** A counter's or gauge's 64 bits. */
  value: bigint;
  readonly histogram: Histogram | undefined;
}

/** The metrics of a host, by type and name. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  /** The metric of a type and name, made if there is none yet. */
  open(type: number, name: string): Metric {
    const key = `${type} ${name}`;
    let metric = this.#metrics.get(key);
    if (!metric) {
      metric = { type, name, value: 0n, histogram: type === MetricType.histogram ? new Histogram() : undefined };
      this.#metrics.set(key, metric);
    }
    return metric;
  }

  /** All metrics in the order of their definition. */
  all(): Iterable<Metric> {
    return this.#metrics.values();
  }
}

/** Ids step by 4, their two lowest bits being the type (proxy-wasm-cpp-host, include/proxy-wasm/wasm.h, kMetricTypeMask). */
const STEP = 4;
const TYPE_MASK = 3;

/** The metrics one VM knows, by ids of its own (envoyproxy/envoy, source/extensions/common/wasm/context.cc, defineMetric and below). */
export class VmMetrics {
  readonly #shared: Metrics;
  readonly #byId = new Map<number, Metric>();
  readonly #last = [MetricType.counter, MetricType.gauge, MetricType.histogram].map(Number);

  constructor(shared: Metrics) {
    this.#shared = shared;
  }

  /** @returns a new id, though the metric may be an old one */
  define(type: number, name: string): number {
    const id = (this.#last[type] ?? 0) + STEP;
    this.#last[type] = id;
    this.#byId.set(id, this.#shared.open(type, name));
    return id;
  }

  increment(id: number, offset: bigint): Status {
    const type = id & TYPE_MASK;
    if (type > MetricType.gauge) return Status.BAD_ARGUMENT;
    const metric = this.#byId.get(id);
    if (!metric) return Status.NOT_FOUND;
    if (type === MetricType.counter && offset <= 0n) return Status.BAD_ARGUMENT;
    metric.value = BigInt.asUintN(64, metric.value + offset);
    return Status.OK;
  }

  record(id: number, value: bigint): Status {
    const metric = this.#byId.get(id);
    if (!metric) return Status.NOT_FOUND;
    if (metric.type === MetricType.counter) metric.value = BigInt.asUintN(64, metric.value + value);
    else if (metric.type === MetricType.gauge) metric.value = value;
    else metric.histogram?.record(value);
    return Status.OK;
  }

  /** The metric of an id, whatever its type. */
  find(id: number): Metric | undefined {
    return this.#byId.get(id);
  }

  /** @returns the metric, or why it can't be read */
  get(id: number): Metric | Status {
    if ((id & TYPE_MASK) > MetricType.gauge) return Status.BAD_ARGUMENT;
    return this.#byId.get(id) ?? Status.NOT_FOUND;
  }
}
