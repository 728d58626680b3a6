import { containing, type HeaderMap, type LocalReply, localReply, ResponseFlag } from "proxy-wasm-host";
import { startTimer } from "../../net/start-timer.ts";
import type { UpstreamEnd, UpstreamEvents } from "../upstream-end.ts";
import { failureReply, isNowhere, resetReason, timeoutReply, UpstreamTimeout } from "../upstream-failure.ts";
import type { RetryBudget } from "./back-off.ts";
import { Retries } from "./retries.ts";
import { noLimitsBut, setExpectedTimeout, setServiceTime, type TimeLimits, takeTimeLimits } from "./time-limits.ts";
import { Try } from "./try.ts";

/** What a router reports besides the events of the upstream whose response it passes on. */
export interface RouterEvents extends UpstreamEvents {
  /** The request is sent to the upstream again. */
  retried?(): void;
  /** A flag of the response is set. */
  flagged?(flag: number): void;
}

/** How requests are sent. */
export interface RouterOptions {
  /** Sends a request once. */
  readonly open: (events: UpstreamEvents) => UpstreamEnd;
  /** The limit of the route in milliseconds, from the end of the request to the end of the response; 0: none. */
  readonly timeout: number;
  /** How many bytes of a request's body are kept for retries. */
  readonly bufferLimit: number;
  /** The retries of all requests to this upstream. */
  readonly budget: RetryBudget;
}

/**
 * The upstream's end of an exchange: sends the request as often as its retry policy says, within its time limits, and passes on the last
 * response (envoyproxy/envoy, source/common/router/router.cc).
 */
export class Router implements UpstreamEnd {
  readonly #options: RouterOptions;
  readonly #events: RouterEvents;
  #headers: HeaderMap | undefined;
  #limits: TimeLimits | undefined;
  /** Undefined once the request is not sent again, whatever comes. */
  #retries: Retries | undefined;
  #tries: Try[] = [];
  /** The end of the request in milliseconds of `performance.now()`. */
  #completeAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retried = false;
  /** The response has started. */
  #started = false;
  #closed = false;
  readonly #contain = containing((event, error) => {
    this.close();
    this.#events.broken(event, error);
  });

  constructor(options: RouterOptions, events: RouterEvents) {
    this.#options = options;
    this.#events = events;
  }

  headers(headers: HeaderMap, end: boolean): void {
    this.#headers = headers;
    headers.remove("x-envoy-upstream-alt-stat-name");
    // Most requests have none of the headers that the router looks for.
    const asks = headers.pairs().some(([name]) => name.startsWith("x-envoy-"));
    this.#limits = asks ? takeTimeLimits(headers, this.#options.timeout) : noLimitsBut(this.#options.timeout);
    setExpectedTimeout(headers, this.#limits, 0);
    if (asks) {
      this.#retries = Retries.take(headers, {
        ...this.#options,
        flagged: (flag) => this.#events.flagged?.(flag),
        send: this.#contain("a retry", () => this.#retry()),
      });
    }
    this.#send(end);
    if (end) this.#complete();
  }

  data(bytes: Uint8Array, end: boolean): boolean {
    if (this.#closed) return true;
    if (this.#retries?.copy.add(bytes) === false) {
      this.#forget();
      if (this.#tries.length === 0) {
        this.#fail(TOO_LARGE);
        return true;
      }
    }
    const accepted = this.#tries[0]?.end.data(bytes, end) ?? true;
    if (end) this.#complete();
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    if (this.#closed) return;
    if (this.#retries) this.#retries.copy.trailers = trailers;
    this.#tries[0]?.end.trailers(trailers);
    this.#complete();
  }

  resume(): void {
    for (const one of this.#tries) one.end.resume();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#forget();
    for (const one of this.#tries.splice(0)) one.close();
  }

  /** Gives up retries. */
  #forget(): void {
    this.#retries?.cancel();
    this.#retries = undefined;
  }

  /** The whole request has arrived. */
  #complete(): void {
    if (this.#closed) return;
    this.#completeAt = performance.now();
    if (this.#tries.length === 0) return;
    const { whole, quiet } = this.#limits as TimeLimits;
    const expired = this.#contain("the upstream's timeout", () =>
      this.#fail(
        timeoutReply("response_timeout", quiet),
        new UpstreamTimeout(`no complete response after ${whole} ms`),
      ),
    );
    this.#timer = startTimer(whole, expired);
    for (const one of this.#tries) one.startLimit();
  }

  /** Sends the request. @param end whether it has only headers */
  #send(end: boolean): void {
    const { open } = this.#options;
    const one: Try = new Try(open, this.#limits as TimeLimits, this.#contain, {
      headers: (headers, last) => this.#respond(one, headers, last),
      data: (bytes, last) => {
        if (last) this.#stop();
        return this.#events.data(bytes, last);
      },
      trailers: (trailers) => {
        this.#stop();
        this.#events.trailers(trailers);
      },
      informed: (status) => {
        if (!INTERIM.has(status)) return;
        this.#started = true;
        this.#keepOnly(one);
      },
      failed: (reply, error) => this.#failed(one, reply, error),
      connected: (local) => this.#events.connected?.(local),
      unblocked: () => this.#events.unblocked(),
      broken: this.#events.broken,
      complete: () => this.#completeAt !== undefined,
      expired: () => this.#expired(one),
      outlived: () => this.#outlived(one),
    });
    this.#tries.unshift(one);
    one.end.headers(this.#headers as HeaderMap, end);
  }

  #retry(): void {
    this.#retried = true;
    this.#events.retried?.();
    const { chunks = [], trailers } = this.#retries?.copy ?? {};
    const whole = this.#completeAt !== undefined;
    const elapsed = this.#completeAt === undefined ? 0 : performance.now() - this.#completeAt;
    setExpectedTimeout(this.#headers as HeaderMap, this.#limits as TimeLimits, elapsed);
    this.#send(whole && chunks.length === 0 && !trailers);
    const [one] = this.#tries;
    if (!one || one.closed) return;
    if (chunks.length > 0) one.end.data(Buffer.concat(chunks), whole && !trailers);
    if (trailers) one.end.trailers(trailers);
  }

  #respond(one: Try, headers: HeaderMap, end: boolean): void {
    one.answered = true;
    const wanted = !this.#started && this.#retries?.wantedAfter(headers) === true;
    if (wanted) {
      if (!one.retried && this.#again(one)) return;
      // Another try may still give a better response.
      if (this.#waiting) {
        this.#drop(one);
        return;
      }
    }
    this.#started = true;
    this.#keepOnly(one);
    setServiceTime(headers, this.#completeAt);
    if (end) this.#stop();
    this.#events.headers(headers, end);
  }

  /** The response is complete: no limit applies any more. */
  #stop(): void {
    clearTimeout(this.#timer);
    for (const one of this.#tries) one.stop();
  }

  #failed(one: Try, reply: LocalReply, error: Error | undefined): void {
    if (!error) {
      this.#fail(reply);
      return;
    }
    const reason = resetReason(error);
    const mayRetry = !this.#started && !one.retried && !isNowhere(error);
    if (mayRetry && this.#retries?.wantedAfterReset(reason, one.connected) && this.#again(one)) return;
    this.#drop(one);
    if (!this.#started && this.#waiting) return;
    this.#fail(failureReply(error, { started: this.#started, retried: this.#retried }), error);
  }

  /** The limit of a try has passed before the response has started. */
  #expired(one: Try): void {
    if (this.#started) return;
    const { hedge, perTry, quiet } = this.#limits as TimeLimits;
    if (hedge) {
      if (this.#retries?.claim()) {
        one.retried = true;
        this.#retries.schedule();
      }
      return;
    }
    if (this.#retries?.wantedAfterReset("local reset", true) && this.#again(one)) return;
    this.#fail(
      timeoutReply("upstream_per_try_timeout", quiet),
      new UpstreamTimeout(`no response to a try after ${perTry} ms`),
    );
  }

  /** A try takes longer than a stream to the upstream may. */
  #outlived(one: Try): void {
    const wanted = !this.#started && !one.retried && this.#retries?.wantedAfterReset("local reset", true) === true;
    if (wanted && this.#again(one)) return;
    const { stream } = this.#limits as TimeLimits;
    this.#fail(
      outlived(this.#completeAt === undefined ? 408 : 504),
      new UpstreamTimeout(`no complete response to a try after ${stream} ms`),
    );
  }

  /** Ends a try and sends the request again later; false if it may not be sent again. */
  #again(one: Try): boolean {
    if (!this.#retries?.claim()) return false;
    this.#drop(one);
    this.#retries?.schedule();
    return true;
  }

  /** Whether another try may still be answered. */
  get #waiting(): boolean {
    return this.#retries?.pending || this.#tries.some(({ answered, closed }) => !answered && !closed);
  }

  #drop(one: Try): void {
    one.close();
    this.#tries = this.#tries.filter((other) => other !== one);
  }

  /** The response comes from this try: ends all others. */
  #keepOnly(one: Try): void {
    this.#forget();
    for (const other of this.#tries) if (other !== one) this.#drop(other);
  }

  #fail(reply: LocalReply, error?: Error): void {
    this.close();
    this.#events.failed(reply, error);
  }
}

/**
 * The interim responses after which a request is not sent again; others are ignored (envoyproxy/envoy, source/common/http/header_utility.cc,
 * isSpecial1xx).
 */
const INTERIM: ReadonlySet<number> = new Set([100, 102, 103, 104]);

const outlived = (status: number): LocalReply =>
  localReply(
    status,
    "upstream_max_stream_duration_reached",
    "upstream max stream duration reached",
    ResponseFlag.upstream_max_stream_duration_reached,
  );

/** The body became too large for a retry while the router was waiting for one. */
const TOO_LARGE = localReply(
  507,
  "request_payload_exceeded_retry_buffer_limit",
  "exceeded request buffer limit while retrying upstream",
);
