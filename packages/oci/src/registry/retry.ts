import { setTimeout } from "node:timers/promises";
import { RegistryError } from "./error.ts";
import type { RegistryOptions } from "./options.ts";

/** The longest `Retry-After` that is followed, in milliseconds. */
const LONGEST_DELAY = 60_000;

/** Repeats an operation until it succeeds, fails with an error that isn't transient, or has failed too often. */
export type Retry = <T>(operation: () => Promise<T>) => Promise<T>;

/**
 * Retries after transient errors. The delays are 0.5, 1, 2, 4 … seconds (at most 8, plus up to a quarter, so that many clients don't
 * retry at once), or what `Retry-After` says, up to a minute.
 */
export function createRetry({ attempts = 5, wait = setTimeout, progress, signal }: RegistryOptions): Retry {
  return async (operation) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await operation();
      } catch (error) {
        if (!(error instanceof RegistryError && error.transient) || attempt >= attempts || signal?.aborted) throw error;
        const { retryAfter } = error;
        if (retryAfter !== undefined && retryAfter > LONGEST_DELAY) {
          const seconds = Math.ceil(retryAfter / 1000);
          throw new RegistryError(`${error.message} (it asks for a retry in ${seconds} s)`, {
            ...error,
            cause: error,
          });
        }
        const delay = Math.round(retryAfter ?? Math.min(500 * 2 ** (attempt - 1), 8000) * (1 + Math.random() / 4));
        progress?.({ kind: "retry", reason: error.message, delay });
        await Promise.race([wait(delay), aborted(signal)]);
        if (signal?.aborted) throw error;
      }
    }
  };
}

/** Resolves once a signal is aborted. */
const aborted = (signal: AbortSignal | undefined): Promise<unknown> =>
  new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
