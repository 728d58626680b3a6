import type { Socket } from "node:net";
import type { FloodGuard } from "./flood-guard.ts";
import { DEFAULT_WINDOW, Flag, FRAME_SIZE, FrameType, frame } from "./frame.ts";
import type { Http2Stream } from "./stream.ts";

/** The largest flow-control window in bytes (RFC 9113, section 6.9.1). */
const MAX_WINDOW = 2 ** 31 - 1;

/** A frame that waits for the end of a dispatch. */
interface Held {
  readonly bytes: Buffer;
  readonly control: boolean;
  /** Whether it only answers a frame of the client. */
  readonly answer: boolean;
}

const isAnswer = (type: number, flags: number): boolean =>
  type === FrameType.windowUpdate ||
  ((type === FrameType.settings || type === FrameType.ping) && (flags & Flag.ack) !== 0);

const CONTROL: ReadonlySet<number> = new Set([FrameType.settings, FrameType.ping, FrameType.reset]);

/** What is sent on a connection: frames at once, and DATA as far as the client's windows and the kernel take it. */
export class Output {
  readonly #socket: Socket;
  readonly #guard: FloodGuard;
  readonly #flooded: (frames: string) => void;
  readonly #waiting = new Set<Http2Stream>();
  #window = DEFAULT_WINDOW;
  #initial = DEFAULT_WINDOW;
  #frameSize = FRAME_SIZE;
  #pumping = false;
  /** The frames of a dispatch, which are sent at its end; undefined outside of one. */
  #held: Held[] | undefined;
  /** What waits for the end of a dispatch. */
  #later: (() => void)[] = [];

  /** @param flooded called once more frames wait for the client than Envoy allows, with its words for them */
  constructor(socket: Socket, guard: FloodGuard, flooded: (frames: string) => void) {
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

  /** Sends a frame, at the end of the dispatch if there is one. */
  frame(type: number, flags: number, stream: number, payload?: Uint8Array): void {
    const held = {
      bytes: frame(type, flags, stream, payload),
      control: CONTROL.has(type),
      answer: isAnswer(type, flags),
    };
    if (this.#held) this.#held.push(held);
    else this.#write([held]);
  }

  /** What the peer has sent is handled; frames are held until {@link release} or {@link drop}. */
  hold(): void {
    if (this.#socket.writableLength === 0) this.#guard.flushed();
    this.#held = [];
  }

  /** Sends what is held. */
  release(): void {
    for (const later of this.#later.splice(0)) later();
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#write(held);
    this.pump();
  }

  /**
   * Ends a dispatch that has failed: its frames are not sent, as by Envoy.
   *
   * @param last GOAWAY, which is sent behind those frames that answer nothing
   */
  drop(last?: Uint8Array): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (last) {
      this.#write(held.filter(({ answer }) => !answer));
      this.frame(FrameType.goaway, 0, 0, last);
    }
  }

  /** Calls back at the end of the dispatch, or at once outside of one. */
  afterwards(then: () => void): void {
    if (this.#held) this.#later.push(then);
    else then();
  }

  #write(held: readonly Held[]): void {
    if (!this.#socket.writable) return;
    this.#socket.cork();
    let flood: string | undefined;
    for (const { bytes, control } of held) {
      this.#socket.write(bytes);
      flood ??= this.#guard.wrote(control);
    }
    this.#socket.uncork();
    if (flood !== undefined) this.#flooded(flood);
    else if (this.#socket.writableLength === 0) this.#guard.flushed();
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
    if (this.#pumping || this.#held) return;
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
    if (!stream.trailsNow && (most <= 0 || this.#socket.writableNeedDrain)) return false;
    const part = stream.take(most);
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
