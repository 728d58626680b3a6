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

  /** Defines a metric of this type; keeps the previous id if that fails. */
  protected defineAs(type: MetricType): Status {
    const status = defineMetric(type, this.name);
    if (status == Status.Ok) this.id = <u32>receivedNumber();
    return status;
  }
}

/** A number that only increases, such as requests. Created once: `const hits = Counter.named("hits")`. */
@final
@unmanaged
export class Counter extends Metric {
  /**
   * Creates a counter, which is not defined yet.
   *
   * @param name ASCII, as it appears in the proxy's statistics
   */
  static named(name: string): Counter {
    const counter = make<Counter>();
    counter.name = Bytes.ascii(name);
    return counter;
  }

  /**
   * Defines the counter, in `proxy_on_configure`; it starts with 0, or with the value that other VMs have counted.
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

/** A number that goes up and down, such as open connections. Created once: `const open = Gauge.named("open")`. */
@final
@unmanaged
export class Gauge extends Metric {
  /**
   * Creates a gauge, which is not defined yet.
   *
   * @param name ASCII, as it appears in the proxy's statistics
   */
  static named(name: string): Gauge {
    const gauge = make<Gauge>();
    gauge.name = Bytes.ascii(name);
    return gauge;
  }

  /** Defines the gauge, in `proxy_on_configure`; returns as {@link defineMetric}. */
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

/** A distribution of values, such as body sizes. Created once: `const sizes = Histogram.named("sizes")`. */
@final
@unmanaged
export class Histogram extends Metric {
  /**
   * Creates a histogram, which is not defined yet.
   *
   * @param name ASCII, as it appears in the proxy's statistics
   */
  static named(name: string): Histogram {
    const histogram = make<Histogram>();
    histogram.name = Bytes.ascii(name);
    return histogram;
  }

  /** Defines the histogram, in `proxy_on_configure`; returns as {@link defineMetric}. */
  define(): Status {
    return this.defineAs(MetricType.Histogram);
  }

  /** Records a value; returns as {@link recordMetric}. */
  record(value: u64): Status {
    return recordMetric(this.id, value);
  }
}
