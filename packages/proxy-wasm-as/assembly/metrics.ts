import { Bytes } from "./bytes";
import { MetricType } from "./enums";
import { receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_define_metric")
declare function proxy_define_metric(type: MetricType, name: usize, size: i32, id: usize): Status;

/**
 * Defines a metric, or finds the one of that name and type; its id is then {@link receivedNumber}.
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
 * @returns `Ok`; `NotFound` for an unknown id; `BadArgument` when the delta can't be applied. Specification, "proxy_increment_metric"
 */
export function incrementMetric(id: u32, delta: i64): Status {
  return proxy_increment_metric(id, delta);
}
