import type { Finding } from "./check/finding.ts";

/** What programs match: stable, unlike the texts of messages. */
export type ErrorCode =
  | "ERR_MODULE"
  | "ERR_MEMORY_LIMIT"
  | "ERR_START_REFUSED"
  | "ERR_CONFIGURATION_REFUSED"
  | "ERR_TRAP"
  | "ERR_UNAVAILABLE"
  | "ERR_UNKNOWN_PLUGIN"
  | "ERR_NO_WATCHDOG"
  | "ERR_METRICS_LIMIT";

/** What the engine throws, and what a plugin that is not running gives as its `reason`. */
export class EngineError extends Error {
  override name = "EngineError";
  /** Which kind of error this is. */
  readonly code: ErrorCode;

  /**
   * @param code which kind of error
   * @param message one line for people
   * @param cause the error behind this one, if there is one
   */
  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** `ERR_MODULE`: Envoy would not load the module. */
export class ModuleError extends EngineError {
  override name = "ModuleError";
  /** The first rule that the module breaks; undefined if it could not be instantiated (see `cause`). */
  readonly finding: Finding | undefined;

  /** @param reason what is wrong with the module: a finding, or what was thrown when it was instantiated */
  constructor(reason: Finding | Error) {
    const thrown = reason instanceof Error;
    super(
      "ERR_MODULE",
      thrown ? reason.message : `the module ${reason.what}: ${reason.why}; ${reason.fix}`,
      thrown ? reason : undefined,
    );
    this.finding = thrown ? undefined : reason;
  }
}

/** `ERR_MEMORY_LIMIT`: the module's memory is larger than `memoryLimit` from the start. */
export class MemoryLimitError extends EngineError {
  override name = "MemoryLimitError";

  /**
   * @param initial pages of 64 KiB that the memory has at the start
   * @param limit pages that it may have
   */
  constructor(initial: number, limit: number) {
    super(
      "ERR_MEMORY_LIMIT",
      `the module begins with ${initial} pages of memory, expected at most ${limit}: the limit`,
    );
  }
}

/** `ERR_START_REFUSED` or `ERR_CONFIGURATION_REFUSED`: a callback of the module returned false. */
export class RefusedError extends EngineError {
  override name = "RefusedError";

  /** @param callback the callback that returned false */
  constructor(callback: "proxy_on_vm_start" | "proxy_on_configure") {
    const start = callback === "proxy_on_vm_start";
    super(
      start ? "ERR_START_REFUSED" : "ERR_CONFIGURATION_REFUSED",
      `the module refused ${start ? "to start" : "its configuration"}: ${callback} returned false`,
    );
  }
}

/** `ERR_TRAP`: the module trapped, ran out of stack or did not return in time, which ends its VM. */
export class TrapError extends EngineError {
  override name = "TrapError";

  /** @param message which callback trapped, and why */
  constructor(message: string) {
    super("ERR_TRAP", message);
  }
}

/** `ERR_UNAVAILABLE`: the chain says that there is no module (`unavailable`). */
export class UnavailableError extends EngineError {
  override name = "UnavailableError";

  /** @param message why there is no module */
  constructor(message: string) {
    super("ERR_UNAVAILABLE", message);
  }
}

/** `ERR_UNKNOWN_PLUGIN`: the chain has no plugin of that name. */
export class UnknownPluginError extends EngineError {
  override name = "UnknownPluginError";

  /** @param plugin the name */
  constructor(plugin: string) {
    super("ERR_UNKNOWN_PLUGIN", `no plugin named ${plugin}`);
  }
}

/** `ERR_NO_WATCHDOG`: `callbackTimeout` is given, but the platform cannot stop a callback. */
export class NoWatchdogError extends EngineError {
  override name = "NoWatchdogError";

  /** @param timeout milliseconds */
  constructor(timeout: number) {
    super(
      "ERR_NO_WATCHDOG",
      `callbackTimeout ${timeout}: this platform cannot stop a callback; leave it out or give a platform with a watchdog`,
    );
  }
}

/** `ERR_METRICS_LIMIT`: metrics are shared between threads, and their memory has no place for another one. */
export class MetricsLimitError extends EngineError {
  override name = "MetricsLimitError";

  /** @param limit how many metrics there can be */
  constructor(limit: number) {
    super("ERR_METRICS_LIMIT", `more than ${limit} metrics`);
  }
}
