import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Returns the nanoseconds since 1970.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const now = hostFunction(
  ENV_FUNCTIONS.proxy_get_current_time_nanoseconds,
  (vm) => (timeAt) =>
    vm.memory.writeU64(timeAt, vm.services.platform.wallClock()) ? Status.OK : Status.INVALID_MEMORY_ACCESS,
);

/**
 * Calls `proxy_on_tick` on the root context every so many milliseconds; 0 stops it.
 *
 * @returns OK
 */
const setTickPeriod = hostFunction(ENV_FUNCTIONS.proxy_set_tick_period_milliseconds, (vm) => (period) => {
  vm.context.root?.setTickPeriod(period >>> 0);
  return Status.OK;
});

export const timeFunctions = [now, setTickPeriod];
