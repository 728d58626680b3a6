import type { HeaderMap } from "proxy-wasm-host";
import type { ResetReason } from "../upstream-failure.ts";

/** The policies of `x-envoy-retry-on`. */
const POLICIES = [
  "5xx",
  "gateway-error",
  "reset",
  "reset-before-request",
  "connect-failure",
  "envoy-ratelimited",
  "retriable-4xx",
  "refused-stream",
  "retriable-status-codes",
  "retriable-headers",
] as const;

type Policy = (typeof POLICIES)[number];

/** The policies of `x-envoy-retry-grpc-on`, by the status in the response's headers. */
const GRPC_POLICIES: Readonly<Record<string, number>> = {
  cancelled: 1,
  "deadline-exceeded": 4,
  "resource-exhausted": 8,
  internal: 13,
  unavailable: 14,
};

/** Connections that could not be established. */
const CONNECT_FAILURES: ReadonlySet<ResetReason> = new Set(["remote connection failure", "connection timeout"]);

const CONFLICT = 409;
const GATEWAY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504]);

/** Which failures and responses a request is sent again for, by the headers that filters have set. */
export class RetryPolicy {
  readonly #policies: ReadonlySet<Policy>;
  readonly #statuses: ReadonlySet<number>;
  readonly #names: readonly string[];
  readonly #grpcStatuses: ReadonlySet<number>;
  /** How often the request may still be sent again. */
  remaining: number;

  private constructor(headers: HeaderMap) {
    const wanted = list(headers.get("x-envoy-retry-on"));
    this.#policies = new Set(POLICIES.filter((policy) => wanted.includes(policy)));
    this.#grpcStatuses = new Set(
      list(headers.get("x-envoy-retry-grpc-on")).flatMap((name) => GRPC_POLICIES[name] ?? []),
    );
    const codes = list(headers.get("x-envoy-retriable-status-codes"));
    this.#statuses = new Set(codes.flatMap((code) => wholeNumber(code) ?? []));
    this.#names = list(headers.get("x-envoy-retriable-header-names")).map((name) => name.toLowerCase());
    const retries = wholeNumber(headers.get("x-envoy-max-retries"));
    this.remaining = retries ?? 1;
  }

  /**
   * Reads the policy from a request's headers and removes them (envoyproxy/envoy, source/common/router/retry_state_impl.cc).
   *
   * @returns undefined if the request does not ask for retries
   */
  static take(headers: HeaderMap): RetryPolicy | undefined {
    const policy = new RetryPolicy(headers);
    for (const name of HEADERS) headers.remove(name);
    return policy.#enabled ? policy : undefined;
  }

  /** Whether a response is a reason to send the request again. */
  retriesAfter(response: HeaderMap): boolean {
    const on = this.#policies;
    if (response.has("x-envoy-ratelimited")) return on.has("envoy-ratelimited");
    const status = Number(response.get(":status"));
    const grpcStatus = wholeNumber(response.get("grpc-status"));
    return (
      (on.has("5xx") && status >= 500 && status < 600) ||
      (on.has("gateway-error") && GATEWAY_ERRORS.has(status)) ||
      (on.has("retriable-4xx") && status === CONFLICT) ||
      (on.has("retriable-status-codes") && this.#statuses.has(status)) ||
      (on.has("retriable-headers") && this.#names.some((name) => response.has(name))) ||
      (grpcStatus !== undefined && this.#grpcStatuses.has(grpcStatus))
    );
  }

  /**
   * Whether a failure is a reason to send the request again.
   *
   * @param begun whether the upstream may have got a part of the request
   */
  retriesAfterReset(reason: ResetReason, begun: boolean): boolean {
    const on = this.#policies;
    return (
      (on.has("connect-failure") && CONNECT_FAILURES.has(reason)) ||
      (on.has("reset-before-request") && !begun) ||
      on.has("reset") ||
      on.has("5xx") ||
      on.has("gateway-error") ||
      (on.has("refused-stream") && reason === "remote refused stream reset")
    );
  }

  get #enabled(): boolean {
    return this.#policies.size > 0 || this.#grpcStatuses.size > 0;
  }
}

const HEADERS = [
  "x-envoy-retry-on",
  "x-envoy-retry-grpc-on",
  "x-envoy-max-retries",
  "x-envoy-retriable-status-codes",
  "x-envoy-retriable-header-names",
];

/** The entries of a list with commas. */
const list = (text = ""): string[] => text.split(",").flatMap((entry) => (entry.trim() === "" ? [] : [entry.trim()]));

/** A header's value as a whole number; undefined if it is none. Space around it is ignored, as Envoy does. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\+?\d{1,19}\s*$/.test(text) ? Number(text) : undefined;
}
