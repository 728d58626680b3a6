import { type HeaderMap, ResponseFlag } from "proxy-wasm-host";
import type { ResetReason } from "../upstream-failure.ts";
import { BackOff, type RetryBudget } from "./back-off.ts";
import { RequestCopy } from "./request-copy.ts";
import { RetryPolicy } from "./retry-policy.ts";

/** What retries need of their router. */
export interface RetryOptions {
  /** The retries of all requests to this upstream. */
  readonly budget: RetryBudget;
  /** How many bytes of the request's body are kept. */
  readonly bufferLimit: number;
  /** A flag of the response is set. */
  readonly flagged: (flag: number) => void;
  /** Sends the request again. */
  readonly send: () => void;
}

/** The retries of a request that asks for them: for what reasons, how many, when, and what is kept of the request. */
export class Retries {
  readonly #policy: RetryPolicy;
  readonly #options: RetryOptions;
  readonly #backOff = new BackOff();
  readonly copy: RequestCopy;
  #timer: NodeJS.Timeout | undefined;
  /** Whether this request has one of the budget's retries. */
  #budgeted = false;

  private constructor(policy: RetryPolicy, options: RetryOptions) {
    this.#policy = policy;
    this.#options = options;
    this.copy = new RequestCopy(options.bufferLimit);
  }

  /**
   * Reads what a request's headers ask for and removes these headers.
   *
   * @returns undefined if the request does not ask for retries
   */
  static take(headers: HeaderMap, options: RetryOptions): Retries | undefined {
    const policy = RetryPolicy.take(headers);
    return policy && new Retries(policy, options);
  }

  /** Whether the request waits until it is sent again. */
  get pending(): boolean {
    return this.#timer !== undefined;
  }

  /** Whether a response is a reason to send the request again. */
  wantedAfter(response: HeaderMap): boolean {
    return this.#policy.retriesAfter(response);
  }

  /**
   * Whether a failure is a reason to send the request again.
   *
   * @param begun whether the upstream may have got a part of the request
   */
  wantedAfterReset(reason: ResetReason, begun: boolean): boolean {
    return this.#policy.retriesAfterReset(reason, begun);
  }

  /** Takes one of the request's retries; false, with a flag of the response, if there is none. */
  claim(): boolean {
    this.#repay();
    if (this.#policy.remaining === 0) {
      this.#options.flagged(ResponseFlag.upstream_retry_limit_exceeded);
      return false;
    }
    this.#policy.remaining--;
    this.#budgeted = this.#options.budget.take();
    if (!this.#budgeted) this.#options.flagged(ResponseFlag.upstream_overflow);
    return this.#budgeted;
  }

  /** Sends the request again after a delay. */
  schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#options.send();
    }, this.#backOff.next());
  }

  /** Gives up a retry that waits, and gives the budget back what it has. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#repay();
  }

  #repay(): void {
    if (this.#budgeted) this.#options.budget.give();
    this.#budgeted = false;
  }
}
