import { palette, UsageError } from "@wasm-header-filter/cli";
import type { LogLine, LogThreshold } from "proxy-wasm-host";

const LEVELS: readonly LogThreshold[] = ["trace", "debug", "info", "warn", "error", "critical", "off"];

/**
 * Reads a log level in the words of Envoy's `--component-log-level`.
 *
 * @throws UsageError if it is none
 */
export function logLevel(text: string): LogThreshold {
  const level = LEVELS.find((one) => one === (text === "warning" ? "warn" : text));
  if (level === undefined) throw new UsageError(`--log-level ${text}: expected one of ${LEVELS.join(", ")}`);
  return level;
}

/** Prints a log line on stderr, its message byte for byte as Envoy does. */
export function logLine({ level, plugin, message, bytes }: LogLine): void {
  const { red, yellow, dim } = palette(process.stderr);
  const paint = { trace: dim, debug: dim, info: String, warn: yellow, error: red, critical: red }[level];
  const head = `${dim(new Date().toISOString())} ${paint(level.padEnd(5))} ${plugin ? `${plugin}: ` : ""}`;
  process.stderr.write(Buffer.concat([Buffer.from(head), bytes ?? Buffer.from(message), Buffer.from("\n")]));
}
