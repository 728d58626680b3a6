import { UsageError } from "@wasm-header-filter/cli";
import { type ArchiveOptions, Redaction } from "@wasm-header-filter/flight-recorder";

/** How much is recorded. */
export type RecordLimit = Pick<ArchiveOptions, "requests" | "bytes">;

/**
 * Reads `REQUESTS` or `REQUESTS,MEBIBYTES`.
 *
 * @throws UsageError if it is neither
 */
export function recordLimit(text: string): RecordLimit {
  const match = /^([1-9]\d{0,6})(?:,([1-9]\d{0,4}))?$/.exec(text);
  if (!match) throw new UsageError(`--record-limit ${text}: expected REQUESTS or REQUESTS,MEBIBYTES, such as 1000,32`);
  return { requests: Number(match[1]), ...(match[2] && { bytes: Number(match[2]) * 1024 * 1024 }) };
}

/**
 * Reads and collects what is masked.
 *
 * @throws UsageError if it is no rule
 */
export function redactRule(text: string, previous: readonly string[] = []): string[] {
  try {
    new Redaction([text]);
  } catch (error) {
    throw new UsageError(`--redact ${(error as Error).message}`);
  }
  return [...previous, text];
}

/** Collects the values of an option that may be repeated. */
export const collect = (text: string, previous: readonly string[] = []): string[] => [...previous, text];
