import type { Contain } from "proxy-wasm-host";
import { startTimer } from "../../net/start-timer.ts";
import type { UpstreamEnd, UpstreamEvents } from "../upstream-end.ts";
import type { TimeLimits } from "./time-limits.ts";

/** The events of a try. */
export interface TryEvents extends UpstreamEvents {
  /** Whether the whole request has arrived. */
  complete(): boolean;
  /** The limit for the response of a try has passed. */
  expired(): void;
  /** The limit for a stream to the upstream has passed. */
  outlived(): void;
}

/** A request on its way to the upstream, for the first time or again. */
export class Try {
  readonly end: UpstreamEnd;
  readonly #limits: TimeLimits;
  readonly #contain: Contain;
  readonly #events: TryEvents;
  #limitTimer: NodeJS.Timeout | undefined;
  #streamTimer: NodeJS.Timeout | undefined;
  connected = false;
  closed = false;
  /** The response's head has arrived. */
  answered = false;
  /** Another try was started although this one goes on. */
  retried = false;

  /**
   * @param open sends the request once
   * @param contain wraps timers
   */
  constructor(open: (events: UpstreamEvents) => UpstreamEnd, limits: TimeLimits, contain: Contain, events: TryEvents) {
    this.#limits = limits;
    this.#contain = contain;
    this.#events = events;
    this.end = open({
      ...events,
      connected: (local) => {
        if (this.closed) return;
        this.#connect();
        events.connected?.(local);
      },
      headers: (headers, last) => {
        if (!this.closed) events.headers(headers, last);
      },
      data: (bytes, last) => {
        return this.closed || events.data(bytes, last);
      },
      trailers: (trailers) => {
        if (!this.closed) events.trailers(trailers);
      },
      failed: (reply, error) => {
        if (!this.closed) events.failed(reply, error);
      },
    });
  }

  /** Limits the time until the response starts, once there is a connection and the whole request has arrived. */
  startLimit(): void {
    if (!this.connected || this.#limitTimer !== undefined || !this.#events.complete()) return;
    this.#limitTimer = startTimer(
      this.#limits.perTry,
      this.#contain("a try's timeout", () => this.#events.expired()),
    );
  }

  /** Aborts the request if its response is not complete. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.stop();
    this.end.close();
  }

  /** Stops all timers. */
  stop(): void {
    clearTimeout(this.#limitTimer);
    clearTimeout(this.#streamTimer);
  }

  #connect(): void {
    if (this.connected) return;
    this.connected = true;
    this.#streamTimer = startTimer(
      this.#limits.stream,
      this.#contain("a stream's timeout", () => this.#events.outlived()),
    );
    this.startLimit();
  }
}
