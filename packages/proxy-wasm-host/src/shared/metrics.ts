import { MetricType } from "../abi/enums.ts";
import { Status } from "../abi/status.ts";
import { MetricsLimitError } from "../errors.ts";
import { Histogram } from "./histogram.ts";

interface MetricParts {
  readonly type: number;
  readonly name: string;
  readonly histogram: Histogram | undefined;
  readonly cells: BigUint64Array;
  readonly at: number;
}

/** A counter, gauge or histogram that all VMs of a host share, also across threads. */
export class Metric {
  /** One of MetricType. */
  readonly type: number;
  readonly name: string;
  /** The samples; undefined for counters and gauges. */
  readonly histogram: Histogram | undefined;
  /** The index of its value in the cells. */
  readonly at: number;
  readonly #cells: BigUint64Array;

  constructor({ type, name, histogram, cells, at }: MetricParts) {
    this.type = type;
    this.name = name;
    this.histogram = histogram;
    this.at = at;
    this.#cells = cells;
  }

  /** A counter's or gauge's 64 bits. */
  get value(): bigint {
    return Atomics.load(this.#cells, this.at);
  }

  set value(value: bigint) {
    Atomics.store(this.#cells, this.at, value);
  }

  /** Adds to the value; it wraps at 64 bits. */
  add(offset: bigint): void {
    Atomics.add(this.#cells, this.at, BigInt.asUintN(64, offset));
  }
}

/** The metrics of a host, by type and name. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();
  readonly #cells: BigUint64Array | undefined;

  /** @param cells the values' memory, if threads share them: one cell for each metric; left out, each metric has its own */
  constructor(cells?: BigUint64Array) {
    this.#cells = cells;
  }

  /**
   * The metric of a type and name, created if there is none.
   *
   * @throws MetricsLimitError if threads share them and there are too many
   */
  open(type: number, name: string): Metric {
    const key = `${type} ${name}`;
    let metric = this.#metrics.get(key);
    if (!metric) {
      const at = this.#cells ? this.#metrics.size : 0;
      const cells = this.#cells ?? new BigUint64Array(1);
      if (at >= cells.length) throw new MetricsLimitError(cells.length);
      metric = new Metric({
        type,
        name,
        histogram: type === MetricType.histogram ? new Histogram() : undefined,
        cells,
        at,
      });
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

/** The metrics that one VM has defined, by the VM's own ids (envoyproxy/envoy, source/extensions/common/wasm/context.cc, defineMetric and below). */
export class VmMetrics {
  readonly #shared: Metrics;
  readonly #byId = new Map<number, Metric>();
  readonly #last = [MetricType.counter, MetricType.gauge, MetricType.histogram].map(Number);

  constructor(shared: Metrics) {
    this.#shared = shared;
  }

  /** @returns a new id, even if the metric exists */
  define(type: number, name: string): number {
    const id = (this.#last[type] ?? 0) + STEP;
    this.#last[type] = id;
    this.#byId.set(id, this.#shared.open(type, name));
    return id;
  }

  /** @returns OK; BAD_ARGUMENT for a histogram, or a counter that would not grow; NOT_FOUND */
  increment(id: number, offset: bigint): Status {
    const type = id & TYPE_MASK;
    if (type > MetricType.gauge) return Status.BAD_ARGUMENT;
    const metric = this.#byId.get(id);
    if (!metric) return Status.NOT_FOUND;
    if (type === MetricType.counter && offset <= 0n) return Status.BAD_ARGUMENT;
    metric.add(offset);
    return Status.OK;
  }

  /** Adds to a counter, sets a gauge, or adds a sample to a histogram. @returns OK; NOT_FOUND */
  record(id: number, value: bigint): Status {
    const metric = this.#byId.get(id);
    if (!metric) return Status.NOT_FOUND;
    if (metric.type === MetricType.counter) metric.add(value);
    else if (metric.type === MetricType.gauge) metric.value = value;
    else metric.histogram?.record(value);
    return Status.OK;
  }

  /** The metric of an id, whatever its type. */
  find(id: number): Metric | undefined {
    return this.#byId.get(id);
  }

  /** @returns the counter or gauge; BAD_ARGUMENT for a histogram; NOT_FOUND */
  get(id: number): Metric | Status {
    if ((id & TYPE_MASK) > MetricType.gauge) return Status.BAD_ARGUMENT;
    return this.#byId.get(id) ?? Status.NOT_FOUND;
  }
}
