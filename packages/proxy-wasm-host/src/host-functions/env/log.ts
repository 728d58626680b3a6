import { LogLevel, type LogLevelName, nameOf, thresholdNumber } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { filterLine, MAX_LOG_BYTES, traced } from "../../vm/log-line.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Logs a message, unless its level is below the one that is logged.
 *
 * @returns OK; BAD_ARGUMENT for an unknown level; INVALID_MEMORY_ACCESS
 */
const log = hostFunction(ENV_FUNCTIONS.proxy_log, (vm) => (level, pointer, size) => {
  if (level >>> 0 > LogLevel.critical) return Status.BAD_ARGUMENT;
  if (!vm.memory.has(pointer, size)) return Status.INVALID_MEMORY_ACCESS;
  if (level >= thresholdNumber(vm.services.logLevel)) {
    const bytes = vm.memory.bytes(pointer, Math.min(size >>> 0, MAX_LOG_BYTES)) ?? new Uint8Array();
    const line = filterLine(nameOf(LogLevel, level) as LogLevelName, vm.context.label, bytes, size >>> 0);
    vm.services.log(traced(line, vm.positions));
  }
  return Status.OK;
});

/**
 * Returns the lowest level that is logged; 6 if none is.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const getLogLevel = hostFunction(
  ENV_FUNCTIONS.proxy_get_log_level,
  (vm) => (levelAt) =>
    vm.memory.writeU32(levelAt, thresholdNumber(vm.services.logLevel)) ? Status.OK : Status.INVALID_MEMORY_ACCESS,
);

export const logFunctions = [log, getLogLevel];
