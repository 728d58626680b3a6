import { receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_set_tick_period_milliseconds")
declare function proxy_set_tick_period_milliseconds(period: u32): Status;

/**
 * Makes the host call `proxy_on_tick(root)` periodically, on the root context of the effective context.
 *
 * @param period in milliseconds; 0 stops it
 * @returns `Ok`. Specification, "proxy_set_tick_period_milliseconds"
 */
export function setTickPeriod(period: u32): Status {
  return proxy_set_tick_period_milliseconds(period);
}

// @ts-ignore: decorator
@external("env", "proxy_get_current_time_nanoseconds")
declare function proxy_get_current_time_nanoseconds(time: usize): Status;

/**
 * Gets the time into {@link receivedNumber}, in nanoseconds since 1970. The time may not change during a callback.
 *
 * @returns `Ok`. Specification, "proxy_get_current_time_nanoseconds"
 */
export function getTime(): Status {
  return proxy_get_current_time_nanoseconds(receivedNumberAt());
}
