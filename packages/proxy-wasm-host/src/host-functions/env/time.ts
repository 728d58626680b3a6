import { parameter, result } from "../../abi/parameters.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Tells the time since 1970 in nanoseconds.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const now = hostFunction(
  "proxy_get_current_time_nanoseconds",
  [result("time", "u64")],
  (vm) => (timeAt) =>
    vm.memory.writeU64(timeAt, vm.services.platform.wallClock()) ? Status.OK : Status.INVALID_MEMORY_ACCESS,
);

/**
 * Has `proxy_on_tick` called on the root context every so many milliseconds; 0 ends that.
 *
 * @returns OK
 */
const setTickPeriod = hostFunction(
  "proxy_set_tick_period_milliseconds",
  [parameter("period", "u32")],
  (vm) => (period) => {
    vm.context.root?.setTickPeriod(period >>> 0);
    return Status.OK;
  },
);

export const timeFunctions = [now, setTickPeriod];
