import { Bytes } from "./bytes";
import { MetricType } from "./enums";
import { make } from "./heap";
import { defineMetric, getMetric, incrementMetric, recordMetric } from "./metrics";
import { receivedNumber } from "./receive";
import { Status } from "./status";

/** What counters, gauges and histograms have in common. */
@unmanaged
class Metric {
  protected name: Bytes;
  protected id: u32;

  /** Defines the metric of this type; keeps the id it had if that fails. */
  protected defineAs(type: MetricType): Status {
    const status = defineMetric(type, this.name);
    if (status == Status.Ok) this.id = <u32>receivedNumber();
    return status;
  }
}

/** A number that only grows, such as requests. Made once: `const hits = Counter.named("hits")`. */
@final
@unmanaged
export class Counter extends Metric {
  /**
   * A counter, yet to be defined.
   *
   * @param name ASCII, as it appears in the proxy's statistics
   */
  static named(name: string): Counter {
    const counter = make<Counter>();
    counter.name = Bytes.ascii(name);
    return counter;
  }

  /**
   * Makes the counter known to the host, in `proxy_on_configure`; it begins with 0 or goes on where other VMs have
   * brought it.
   *
   * @returns as {@link defineMetric}
   */
  define(): Status {
    return this.defineAs(MetricType.Counter);
  }

  /**
   * @param delta above 0
   * @returns as {@link incrementMetric}
   */
  add(delta: i64): Status {
    return incrementMetric(this.id, delta);
  }

  /** Gets the value into {@link receivedNumber}; returns as {@link getMetric}. */
  get(): Status {
    return getMetric(this.id);
  }
}

/** A number that goes up and down, such as open connections. Made once: `const open = Gauge.named("open")`. */
@final
@unmanaged
export class Gauge extends Metric {
  /**
   * A gauge, yet to be defined.
   *
   * @param name ASCII, as it appears in the proxy's statistics
   */
  static named(name: string): Gauge {
    const gauge = make<Gauge>();
    gauge.name = Bytes.ascii(name);
    return gauge;
  }

  /** Makes the gauge known to the host, in `proxy_on_configure`; returns as {@link defineMetric}. */
  define(): Status {
    return this.defineAs(MetricType.Gauge);
  }

  /** Changes the value by a delta of either sign; returns as {@link incrementMetric}. */
  add(delta: i64): Status {
    return incrementMetric(this.id, delta);
  }

  /** Sets the value; returns as {@link recordMetric}. */
  set(value: u64): Status {
    return recordMetric(this.id, value);
  }

  /** Gets the value into {@link receivedNumber}; returns as {@link getMetric}. */
  get(): Status {
    return getMetric(this.id);
  }
}

/** How values are distributed, such as body sizes. Made once: `const sizes = Histogram.named("sizes")`. */
@final
@unmanaged
export class Histogram extends Metric {
  /**
   * A histogram, yet to be defined.
   *
   * @param name ASCII, as it appears in the proxy's statistics
   */
  static named(name: string): Histogram {
    const histogram = make<Histogram>();
    histogram.name = Bytes.ascii(name);
    return histogram;
  }

  /** Makes the histogram known to the host, in `proxy_on_configure`; returns as {@link defineMetric}. */
  define(): Status {
    return this.defineAs(MetricType.Histogram);
  }

  /** Takes a value in; returns as {@link recordMetric}. */
  record(value: u64): Status {
    return recordMetric(this.id, value);
  }
}
