import type { HeaderMap } from "proxy-wasm-host";
import { wholeNumber } from "./retry-policy.ts";

/** How long a request may take, in milliseconds; 0: no limit. */
export interface TimeLimits {
  /** From the end of the request to the end of the response. */
  readonly whole: number;
  /** The same for each try. */
  readonly perTry: number;
  /** From the start of a try to its end, whatever it does. */
  readonly stream: number;
  /** Whether a try that has reached its limit goes on beside the next one. */
  readonly hedge: boolean;
  /** Whether a time-out is answered with 204. */
  readonly quiet: boolean;
}

/** The limits of a request that asks for none. @param whole the limit of the route */
export const noLimitsBut = (whole: number): TimeLimits => ({ whole, perTry: 0, stream: 0, hedge: false, quiet: false });

/**
 * Reads the limits that filters have set in a request's headers, and removes these headers (envoyproxy/envoy,
 * source/common/router/router.cc, finalTimeout).
 *
 * @param whole the limit of the route
 */
export function takeTimeLimits(headers: HeaderMap, whole: number): TimeLimits {
  const take = (name: string) => {
    const text = headers.get(name);
    headers.remove(name);
    return text;
  };
  const limit = wholeNumber(take("x-envoy-upstream-rq-timeout-ms")) ?? whole;
  const perTry = wholeNumber(take("x-envoy-upstream-rq-per-try-timeout-ms")) ?? 0;
  return {
    whole: limit,
    perTry: limit > 0 && perTry >= limit ? 0 : perTry,
    stream: wholeNumber(take("x-envoy-upstream-stream-duration-ms")) ?? 0,
    hedge: take("x-envoy-hedge-on-per-try-timeout") === "true",
    quiet: take("x-envoy-upstream-rq-timeout-alt-response") !== undefined,
  };
}

/**
 * Tells the upstream how long it has (envoyproxy/envoy, source/common/router/router.cc, setTimeoutHeaders).
 *
 * @param elapsed milliseconds since the end of the request
 */
export function setExpectedTimeout(headers: HeaderMap, { whole, perTry, hedge }: TimeLimits, elapsed: number): void {
  const limit = hedge || perTry === 0 ? whole : perTry;
  if (limit === 0) return;
  const left = whole === 0 ? limit : Math.max(1, Math.min(limit, whole - Math.floor(elapsed)));
  headers.set("x-envoy-expected-rq-timeout-ms", String(left));
}

/**
 * Tells the client how long the upstream has taken, unless the response has come before the end of the request.
 *
 * @param completeAt the end of the request in milliseconds of `performance.now()`
 */
export function setServiceTime(headers: HeaderMap, completeAt: number | undefined): void {
  if (completeAt === undefined) return;
  headers.set("x-envoy-upstream-service-time", String(Math.floor(performance.now() - completeAt)));
}
