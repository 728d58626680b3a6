import type { HeaderMap } from "proxy-wasm-host";
import { UpstreamTimeout } from "./upstream-failure.ts";

/** Times the response to a request from the end of the request. */
export class ResponseTimer {
  readonly #timeout: number;
  #sentAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param timeout milliseconds until the end of the response; 0: no limit */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** The request is sent; `expired` is called unless the timer is stopped in time. */
  start(expired: (error: UpstreamTimeout) => void): void {
    this.#sentAt = performance.now();
    if (this.#timeout === 0) return;
    const error = new UpstreamTimeout(`no complete response after ${this.#timeout} ms`);
    this.#timer = setTimeout(expired, this.#timeout, error);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Sets `x-envoy-upstream-service-time` in the headers of a response, unless it has come before the end of the request. */
  setServiceTime(headers: HeaderMap): void {
    if (this.#sentAt === undefined) return;
    headers.set("x-envoy-upstream-service-time", String(Math.floor(performance.now() - this.#sentAt)));
  }
}
