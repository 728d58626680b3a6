import type { Socket } from "node:net";
import type { FloodGuard } from "./flood-guard.ts";
import { Flag, FRAME_SIZE, FrameType, frame } from "./frame.ts";
import type { Http2Stream } from "./stream.ts";

/** The default flow-control window in bytes (RFC 9113, section 6.9.2). */
const WINDOW = 65_535;

/** The largest flow-control window in bytes (RFC 9113, section 6.9.1). */
const MAX_WINDOW = 2 ** 31 - 1;

const CONTROL: ReadonlySet<number> = new Set([FrameType.settings, FrameType.ping, FrameType.reset]);

/** What is sent on a connection: frames at once, and DATA as far as the client's windows and the kernel take it. */
export class Output {
  readonly #socket: Socket;
  readonly #guard: FloodGuard;
  readonly #flooded: () => void;
  readonly #waiting = new Set<Http2Stream>();
  #window = WINDOW;
  #initial = WINDOW;
  #frameSize = FRAME_SIZE;
  #pumping = false;

  /** @param flooded called once more frames wait for the client than Envoy allows */
  constructor(socket: Socket, guard: FloodGuard, flooded: () => void) {
    this.#socket = socket;
    this.#guard = guard;
    this.#flooded = flooded;
  }

  /** How many streams have something to send that the client or the kernel does not take. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The window of a new stream. */
  get initialWindow(): number {
    return this.#initial;
  }

  /** Sends a frame. */
  frame(type: number, flags: number, stream: number, payload?: Uint8Array): void {
    if (!this.#socket.writable) return;
    this.#socket.write(frame(type, flags, stream, payload));
    if (this.#socket.writableLength === 0) this.#guard.flushed();
    else if (!this.#guard.wrote(CONTROL.has(type))) this.#flooded();
  }

  /** Sends a header block. */
  headers(stream: number, block: Buffer, end: boolean): void {
    const last = end ? Flag.endStream : 0;
    const first = block.subarray(0, this.#frameSize);
    const whole = first.length === block.length;
    this.frame(FrameType.headers, last | (whole ? Flag.endHeaders : 0), stream, first);
    for (let at = first.length; at < block.length; at += this.#frameSize) {
      const part = block.subarray(at, at + this.#frameSize);
      this.frame(FrameType.continuation, at + part.length === block.length ? Flag.endHeaders : 0, stream, part);
    }
  }

  /** A stream has something to send. */
  add(stream: Http2Stream): void {
    this.#waiting.add(stream);
    this.pump();
  }

  /** A stream sends no more. */
  remove(stream: Http2Stream): void {
    this.#waiting.delete(stream);
  }

  /**
   * The client takes more bytes.
   *
   * @param stream undefined: of all streams together
   * @returns false if the window is too large then
   */
  grow(stream: Http2Stream | undefined, size: number): boolean {
    if (stream) stream.sendWindow += size;
    else this.#window += size;
    if ((stream?.sendWindow ?? this.#window) > MAX_WINDOW) return false;
    this.pump();
    return true;
  }

  /** The client has changed the window of all streams; returns false if one is too large then. */
  setInitialWindow(size: number, streams: Iterable<Http2Stream>): boolean {
    const more = size - this.#initial;
    this.#initial = size;
    let fits = true;
    for (const stream of streams) {
      stream.sendWindow += more;
      fits &&= stream.sendWindow <= MAX_WINDOW;
    }
    this.pump();
    return fits;
  }

  setFrameSize(size: number): void {
    // Larger frames would only make streams wait for each other.
    this.#frameSize = Math.min(size, FRAME_SIZE);
  }

  /** The kernel has taken what was written. */
  drained(): void {
    this.#guard.flushed();
    this.pump();
  }

  /** Sends what may be sent, one frame of each stream in turn. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#socket.cork();
    for (let sent = true; sent; ) {
      sent = false;
      for (const stream of [...this.#waiting]) sent = this.#sendOne(stream) || sent;
    }
    this.#socket.uncork();
    this.#pumping = false;
    if (this.#socket.writableLength === 0) this.#guard.flushed();
  }

  #sendOne(stream: Http2Stream): boolean {
    if (!stream.hasOutput) {
      this.#waiting.delete(stream);
      return false;
    }
    const most = Math.min(this.#frameSize, this.#window, stream.sendWindow);
    if (!stream.endsNow && (most <= 0 || this.#socket.writableNeedDrain)) return false;
    const part = stream.take(Math.max(0, most));
    if ("trailers" in part) {
      this.headers(stream.id, part.trailers, true);
      stream.sent(true);
      return true;
    }
    this.#window -= part.data.length;
    stream.sendWindow -= part.data.length;
    this.#guard.sentData();
    this.frame(FrameType.data, part.end ? Flag.endStream : 0, stream.id, part.data);
    stream.sent(part.end);
    return true;
  }
}
