/** Envoy's default limits (envoyproxy/envoy, api/envoy/config/core/v3/protocol.proto, Http2ProtocolOptions). */
const MAX_OUTBOUND_FRAMES = 10_000;
const MAX_OUTBOUND_CONTROL_FRAMES = 1_000;
const MAX_CONSECUTIVE_EMPTY_FRAMES = 1;
const MAX_PRIORITY_FRAMES_PER_STREAM = 100;
const MAX_WINDOW_UPDATES_PER_DATA_FRAME = 10;

/** How many streams decide whether a client resets too many, and how soon a reset is premature, in milliseconds (source/common/http/conn_manager_impl.cc). */
const RESET_LIMIT = 500;
const LIFETIME = 1_000;

/**
 * Counts the frames of a client's connection that cost the proxy more than the client (envoyproxy/envoy,
 * source/common/http/http2/protocol_constraints.cc). Each method but `wrote` returns false once the client has sent too many.
 */
export class FloodGuard {
  #streams = 0;
  #emptyFrames = 0;
  #priorities = 0;
  #windowUpdates = 0;
  #dataFrames = 0;
  #waiting = 0;
  #waitingControl = 0;
  #ended = 0;
  #premature = 0;

  /** A stream begins. */
  opened(): void {
    this.#streams++;
  }

  /** A frame of DATA, HEADERS or CONTINUATION. */
  body(empty: boolean, last: boolean): boolean {
    this.#emptyFrames = empty && !last ? this.#emptyFrames + 1 : 0;
    return this.#emptyFrames <= MAX_CONSECUTIVE_EMPTY_FRAMES;
  }

  priority(): boolean {
    return ++this.#priorities <= MAX_PRIORITY_FRAMES_PER_STREAM * (1 + this.#streams);
  }

  windowUpdate(): boolean {
    return ++this.#windowUpdates <= 5 + 2 * (this.#streams + MAX_WINDOW_UPDATES_PER_DATA_FRAME * this.#dataFrames);
  }

  /** A frame of DATA is sent. */
  sentData(): void {
    this.#dataFrames++;
  }

  /**
   * A frame is written to the connection.
   *
   * @param control whether it answers a frame of the client: PING, SETTINGS or RST_STREAM
   * @returns which frames are too many, in Envoy's words; undefined if there are none
   */
  wrote(control: boolean): string | undefined {
    this.#waiting++;
    if (control) this.#waitingControl++;
    if (this.#waiting > MAX_OUTBOUND_FRAMES) return "frames in the outbound queue.";
    if (this.#waitingControl > MAX_OUTBOUND_CONTROL_FRAMES) return "control frames in the outbound queue.";
    return undefined;
  }

  /** All that was written is with the kernel. */
  flushed(): void {
    this.#waiting = 0;
    this.#waitingControl = 0;
  }

  /**
   * A stream has ended.
   *
   * @param age milliseconds since it began, if its client has reset it before its response
   */
  ended(age?: number): boolean {
    this.#ended++;
    if (age !== undefined && age < LIFETIME) this.#premature++;
    return this.#premature * 2 < Math.max(this.#ended, RESET_LIMIT);
  }
}
