import { ErrorCode, FrameType, LAST_STREAM, words } from "./frame.ts";
import type { Output } from "./output.ts";

const PING = Buffer.from("draining");

/** How a connection is ended without losing a request: requests that are on their way are served (RFC 9113, section 6.8). */
export class Drain {
  readonly #output: Output;
  #begun = false;
  #accepting = true;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Whether requests are still accepted. */
  get accepting(): boolean {
    return this.#accepting;
  }

  /** Tells the client to send no more requests; the answer to the ping follows those that it has sent before. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#output.frame(FrameType.goaway, 0, 0, words(LAST_STREAM, ErrorCode.none));
    this.#output.frame(FrameType.ping, 0, 0, PING);
  }

  /**
   * A ping was answered.
   *
   * @param lastStream the highest stream of the client
   * @returns whether no more requests are accepted from here on
   */
  answered(payload: Buffer, lastStream: number): boolean {
    if (!this.#begun || !this.#accepting || !payload.equals(PING)) return false;
    this.#accepting = false;
    this.#output.frame(FrameType.goaway, 0, 0, words(lastStream, ErrorCode.none));
    return true;
  }
}
