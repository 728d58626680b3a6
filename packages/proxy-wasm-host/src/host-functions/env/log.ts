import { LogLevel, type LogLevelName, nameOf } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { boundedLog, MAX_LOG_BYTES } from "../../vm/log-line.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Logs a message.
 *
 * @returns OK; BAD_ARGUMENT for an unknown level; INVALID_MEMORY_ACCESS
 */
const log = hostFunction(ENV_FUNCTIONS.proxy_log, (vm) => (level, pointer, size) => {
  if (level >>> 0 > LogLevel.critical) return Status.BAD_ARGUMENT;
  if (!vm.memory.has(pointer, size)) return Status.INVALID_MEMORY_ACCESS;
  const shown = vm.memory.utf8(pointer, Math.min(size >>> 0, MAX_LOG_BYTES)) ?? "";
  const message = boundedLog(shown, size >>> 0);
  vm.services.log({
    level: nameOf(LogLevel, level) as LogLevelName,
    plugin: vm.context.label,
    message,
    source: "filter",
  });
  return Status.OK;
});

/**
 * Returns the lowest level that is logged.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const getLogLevel = hostFunction(
  ENV_FUNCTIONS.proxy_get_log_level,
  (vm) => (levelAt) =>
    vm.memory.writeU32(levelAt, LogLevel[vm.services.logLevel]) ? Status.OK : Status.INVALID_MEMORY_ACCESS,
);

export const logFunctions = [log, getLogLevel];
