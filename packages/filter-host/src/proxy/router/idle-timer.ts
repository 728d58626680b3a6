import { type LocalReply, localReply, ResponseFlag } from "proxy-wasm-host";
import { startTimer } from "../../net/start-timer.ts";

/** Ends streams in which nothing happens (envoyproxy/envoy, source/common/http/conn_manager_impl.cc, onIdleTimeout). */
export class StreamIdleTimer {
  readonly #timer: NodeJS.Timeout | undefined;

  /**
   * @param timeout milliseconds; 0: no limit
   * @param expired called once nothing has happened for so long
   */
  constructor(timeout: number, expired: () => void) {
    this.#timer = startTimer(timeout, expired);
  }

  /** Something has happened. */
  refresh(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The answer to the client. @param complete whether the whole request has arrived */
  reply(complete: boolean): LocalReply {
    return localReply(complete ? 504 : 408, "stream_idle_timeout", "stream timeout", ResponseFlag.stream_idle_timeout);
  }
}
