import { DEFAULT_WINDOW, ErrorCode, FrameType, words } from "./frame.ts";
import { ConnectionFailure } from "./frame-reader.ts";
import type { Output } from "./output.ts";
import type { Http2Stream } from "./stream.ts";

/** The windows that a client is given, in bytes: Envoy's limits (envoyproxy/envoy, source/common/http/utility.h, OptionsLimits). */
export const STREAM_WINDOW = 16 * 1024 * 1024;
const CONNECTION_WINDOW = 24 * 1024 * 1024;

/** The flow control of what a client sends. */
export class Inflow {
  readonly #output: Output;
  /** Bytes of DATA that have come and are not given back. */
  #received = 0;
  #consumed = 0;
  #acknowledged = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Enlarges the connection's window; the windows of streams are enlarged by SETTINGS. */
  begin(): void {
    this.#output.frame(FrameType.windowUpdate, 0, 0, words(CONNECTION_WINDOW - DEFAULT_WINDOW));
  }

  /** The client has acknowledged SETTINGS, from which it learns of {@link STREAM_WINDOW}; false if it has done so before. */
  acknowledge(): boolean {
    const first = !this.#acknowledged;
    this.#acknowledged = true;
    return first;
  }

  /**
   * A frame of DATA has come.
   *
   * @throws ConnectionFailure if it is beyond the connection's window
   */
  receive(size: number): void {
    this.#received += size;
    if (this.#received > CONNECTION_WINDOW) throw new ConnectionFailure(ErrorCode.flowControl);
  }

  /** Counts a frame of a stream; false if it is beyond the stream's window. */
  fits(stream: Http2Stream, size: number): boolean {
    stream.unacknowledged += size;
    // The larger window applies once the client has acknowledged it (RFC 9113, section 6.5.3).
    return stream.unacknowledged <= (this.#acknowledged ? STREAM_WINDOW : DEFAULT_WINDOW);
  }

  /** Bytes have been passed on or are of no use. */
  consume(size: number): void {
    this.#consumed += size;
  }

  /** Lets the client send as much again as has been consumed, of a stream and of all streams. */
  giveBack(stream: Http2Stream): void {
    if (!stream.closed && !stream.remoteEnded && stream.taken >= STREAM_WINDOW / 2) {
      this.#output.frame(FrameType.windowUpdate, 0, stream.id, words(stream.taken));
      stream.unacknowledged -= stream.taken;
      stream.taken = 0;
    }
    if (this.#consumed < CONNECTION_WINDOW / 2) return;
    this.#output.frame(FrameType.windowUpdate, 0, 0, words(this.#consumed));
    this.#received -= this.#consumed;
    this.#consumed = 0;
  }
}
