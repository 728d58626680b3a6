import { MetricType } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Defines a metric; VMs that define the same type and name share it.
 *
 * @returns OK and an id that only this VM uses; BAD_ARGUMENT for an unknown type; INVALID_MEMORY_ACCESS
 */
const define = hostFunction(ENV_FUNCTIONS.proxy_define_metric, (vm) => (type, pointer, size, idAt) => {
  const name = vm.memory.utf8(pointer, size);
  if (name === undefined) return Status.INVALID_MEMORY_ACCESS;
  if (type >>> 0 > MetricType.histogram) return Status.BAD_ARGUMENT;
  return vm.memory.writeU32(idAt, vm.metrics.define(type, name)) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
});

/**
 * Adds to a counter or a gauge.
 *
 * @returns OK; NOT_FOUND for an unknown id; BAD_ARGUMENT for a histogram, or a counter and an offset below 1
 */
const increment = hostFunction(
  ENV_FUNCTIONS.proxy_increment_metric,
  (vm) => (id, offset) => vm.metrics.increment(id >>> 0, offset),
);

/**
 * Sets a gauge, adds to a counter, records a sample in a histogram.
 *
 * @returns OK; NOT_FOUND for an unknown id
 */
const record = hostFunction(
  ENV_FUNCTIONS.proxy_record_metric,
  (vm) => (id, value) => vm.metrics.record(id >>> 0, BigInt.asUintN(64, value)),
);

/**
 * Reads a counter or a gauge.
 *
 * @returns OK; NOT_FOUND for an unknown id; BAD_ARGUMENT for a histogram; INVALID_MEMORY_ACCESS
 */
const get = hostFunction(ENV_FUNCTIONS.proxy_get_metric, (vm) => (id, valueAt) => {
  const value = vm.metrics.get(id >>> 0);
  if (typeof value === "number") return value;
  return vm.memory.writeU64(valueAt, value.value) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
});

export const metricFunctions = [define, increment, record, get];
