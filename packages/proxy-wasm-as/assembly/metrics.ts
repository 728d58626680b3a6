import { Bytes } from "./bytes";
import { MetricType } from "./enums";
import { receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_define_metric")
declare function proxy_define_metric(type: MetricType, name: usize, size: i32, id: usize): Status;

/**
 * Defines a metric, or finds the one with that name and type; its id is then {@link receivedNumber}.
 *
 * @param type counter, gauge or histogram
 * @param name as it appears in the proxy's statistics
 * @returns `Ok`; `BadArgument` for an unknown type. Specification, "proxy_define_metric"
 */
export function defineMetric(type: MetricType, name: Bytes): Status {
  return proxy_define_metric(type, name.data, name.length, receivedNumberAt());
}

// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
declare function proxy_increment_metric(id: u32, delta: i64): Status;

/**
 * Changes a counter or gauge by a delta.
 *
 * @param id from {@link defineMetric}
 * @param delta above 0 for a counter
 * @returns `Ok`; `NotFound` for an unknown id; `BadArgument` if the delta cannot be applied. Specification,
 *   "proxy_increment_metric"
 */
export function incrementMetric(id: u32, delta: i64): Status {
  return proxy_increment_metric(id, delta);
}

// @ts-ignore: decorator
@external("env", "proxy_record_metric")
declare function proxy_record_metric(id: u32, value: u64): Status;

/**
 * Sets a gauge, or records a value in a histogram.
 *
 * @param id from {@link defineMetric}
 * @param value the gauge's new value, or the observed value
 * @returns `Ok`; `NotFound` for an unknown id. Specification, "proxy_record_metric"
 */
export function recordMetric(id: u32, value: u64): Status {
  return proxy_record_metric(id, value);
}

// @ts-ignore: decorator
@external("env", "proxy_get_metric")
declare function proxy_get_metric(id: u32, value: usize): Status;

/**
 * Gets a counter's or gauge's value into {@link receivedNumber}.
 *
 * @param id from {@link defineMetric}
 * @returns `Ok`; `NotFound` for an unknown id; `BadArgument` for a histogram. Specification, "proxy_get_metric"
 */
export function getMetric(id: u32): Status {
  return proxy_get_metric(id, receivedNumberAt());
}
