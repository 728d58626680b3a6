import type { Socket } from "node:net";
import type { Pair } from "proxy-wasm-host";
import { Drain } from "./drain.ts";
import { FloodGuard } from "./flood-guard.ts";
import { ErrorCode, Flag, type Frame, FrameType, LAST_STREAM, Setting, settings, words } from "./frame.ts";
import { ConnectionFailure, FrameReader } from "./frame-reader.ts";
import { HeaderBlocks, type Headers } from "./header-block.ts";
import { Inflow, STREAM_WINDOW } from "./inflow.ts";
import { requestHead, validTrailers } from "./message-rules.ts";
import { Output } from "./output.ts";
import { checkSize, headerFragment, readSettings, unpadded } from "./payload.ts";
import { Http2Stream, type StreamConnection } from "./stream.ts";

/** How many streams a client may have at a time, as in Envoy (envoyproxy/envoy, source/common/http/utility.h, OptionsLimits). */
const MAX_STREAMS = 1024;

/** How long a connection that failed is still read, in milliseconds: Envoy's default `delayed_close_timeout`. */
const CLOSE_DELAY = 1_000;

/** Called with each request; `end`: it has no body. */
type Requested = (stream: Http2Stream, pairs: readonly Pair[], end: boolean) => void;

/** A client's connection over HTTP/2, as Envoy's codec treats it (envoyproxy/envoy, source/common/http/http2/codec_impl.cc). */
export class Http2Connection implements StreamConnection {
  readonly #socket: Socket;
  readonly #requested: Requested;
  readonly #guard = new FloodGuard();
  readonly #reader = new FrameReader();
  readonly #blocks = new HeaderBlocks();
  readonly #output: Output;
  readonly #inflow: Inflow;
  readonly #drain: Drain;
  readonly #streams = new Map<number, Http2Stream>();
  #lastStream = 0;
  #failed = false;
  /** Whether the client has sent GOAWAY; once it has no stream, Envoy ignores what comes. */
  #goneAway = false;
  /** Whether something was received; the first frames of both sides belong to one dispatch. */
  #begun = false;

  /** @param socket the connection, whose first bytes are given to {@link receive} */
  constructor(socket: Socket, requested: Requested) {
    this.#socket = socket;
    this.#requested = requested;
    this.#output = new Output(socket, this.#guard, () => this.#fail(new ConnectionFailure()));
    this.#inflow = new Inflow(this.#output);
    this.#drain = new Drain(this.#output);
    this.#output.hold();
    this.#output.frame(
      FrameType.settings,
      0,
      0,
      settings([
        [Setting.headerTableSize, 4096],
        [Setting.enableConnectProtocol, 0],
        [Setting.maxConcurrentStreams, MAX_STREAMS],
        [Setting.initialWindowSize, STREAM_WINDOW],
      ]),
    );
    this.#inflow.begin();
    socket.on("drain", () => this.#output.drained());
  }

  /** What the connection holds: streams, and those of them that wait for the client. */
  get held(): { readonly streams: number; readonly waiting: number } {
    return { streams: this.#streams.size, waiting: this.#output.waiting };
  }

  /** Reads what the client has sent. Exceptions of the code that handles a request pass through. */
  receive(chunk: Buffer): void {
    if (this.#failed || (this.#goneAway && this.#streams.size === 0)) return;
    if (this.#begun) this.#output.hold();
    this.#begun = true;
    try {
      this.#reader.read(chunk, (frame) => {
        if (!this.#failed) this.#receive(frame);
      });
    } catch (error) {
      this.#fail(error instanceof ConnectionFailure ? error : new ConnectionFailure(ErrorCode.internal));
      if (!(error instanceof ConnectionFailure)) throw error;
    }
    this.#output.release();
  }

  /** The client sends no more, or the connection is closed. */
  end(): void {
    this.#failed = true;
    for (const stream of [...this.#streams.values()]) stream.close();
    this.#socket.end();
  }

  /** Tells the client to send no more requests; the connection ends with its last stream. */
  drain(): void {
    if (!this.#failed) this.#drain.begin();
  }

  sendHeaders(stream: number, block: Buffer, end: boolean): void {
    this.#output.headers(stream, block, end);
  }

  pump(stream: Http2Stream): void {
    this.#output.add(stream);
  }

  sendReset(stream: Http2Stream, code: number): void {
    this.#output.frame(FrameType.reset, 0, stream.id, words(code));
  }

  consumed(stream: Http2Stream, size: number): void {
    this.#inflow.consume(size);
    stream.taken += size;
    if (!this.#failed) this.#inflow.giveBack(stream);
  }

  afterwards(then: () => void): void {
    this.#output.afterwards(then);
  }

  closed(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
    this.#output.remove(stream);
    if (!this.#guard.ended(stream.gaveUpAfter)) this.#fail(new ConnectionFailure());
    else this.#endIfDrained();
  }

  #receive(frame: Frame): void {
    const { type, flags, stream, payload } = frame;
    const pending = this.#blocks.pending;
    if (pending !== undefined && (type !== FrameType.continuation || stream !== pending)) {
      throw new ConnectionFailure(ErrorCode.protocol, "unexpected non-CONTINUATION frame or stream_id is invalid");
    }
    const last = (flags & Flag.endStream) !== 0 && type !== FrameType.continuation;
    const message = type === FrameType.data || type === FrameType.headers || type === FrameType.continuation;
    if (message && !this.#guard.body(payload.length === 0, last)) throw new ConnectionFailure();
    checkSize(frame);
    this.#handlers[type]?.(frame);
  }

  readonly #handlers: Readonly<Record<number, (frame: Frame) => void>> = {
    [FrameType.data]: (frame) => this.#data(frame),
    [FrameType.headers]: (frame) => this.#headers(frame),
    [FrameType.priority]: () => {
      if (!this.#guard.priority()) throw new ConnectionFailure();
    },
    [FrameType.reset]: (frame) => this.#reset(frame),
    [FrameType.settings]: (frame) => this.#settings(frame),
    [FrameType.push]: () => {
      throw new ConnectionFailure();
    },
    [FrameType.ping]: (frame) => this.#ping(frame),
    [FrameType.goaway]: ({ stream, payload }) => {
      if (payload.length < 8) throw new ConnectionFailure(ErrorCode.frameSize);
      if (stream !== 0) throw new ConnectionFailure();
      this.#goneAway = true;
    },
    [FrameType.windowUpdate]: (frame) => this.#windowUpdate(frame),
    [FrameType.continuation]: ({ payload, flags }) => {
      if (this.#blocks.pending === undefined) {
        throw new ConnectionFailure(ErrorCode.protocol, "CONTINUATION: unexpected");
      }
      this.#fragment(payload, flags);
    },
  };

  #data(frame: Frame): void {
    const { stream: id, flags, payload } = frame;
    const stream = this.#streams.get(id);
    if (id === 0) throw new ConnectionFailure(ErrorCode.protocol, "DATA: stream_id == 0");
    if (this.#isIdle(id)) throw new ConnectionFailure(ErrorCode.protocol, "DATA: stream in idle");
    if (stream?.remoteEnded) throw new ConnectionFailure(ErrorCode.streamClosed, "DATA: stream in half-closed(remote)");
    const bytes = unpadded(frame, "DATA");
    const size = payload.length;
    this.#inflow.receive(size);
    if (!stream) {
      this.#inflow.consume(size);
      return;
    }
    const fits = this.#inflow.fits(stream, size);
    const end = (flags & Flag.endStream) !== 0;
    if (stream.expected !== undefined) stream.expected -= bytes.length;
    const wrong = stream.expected !== undefined && (stream.expected < 0 || (end && stream.expected > 0));
    if (wrong || !fits) {
      this.#inflow.consume(size);
      stream.reset(wrong ? ErrorCode.protocol : ErrorCode.flowControl);
      return;
    }
    stream.remoteEnded = end;
    stream.receive(bytes, end, size);
  }

  #headers(frame: Frame): void {
    const { stream, flags } = frame;
    const fragment = headerFragment(frame);
    const opens = this.#isIdle(stream);
    if (opens && stream % 2 === 0) throw new ConnectionFailure();
    if (this.#streams.get(stream)?.remoteEnded) throw new ConnectionFailure();
    if (opens) this.#lastStream = stream;
    this.#blocks.begin(stream, opens, (flags & Flag.endStream) !== 0);
    this.#fragment(fragment, flags);
  }

  #fragment(fragment: Buffer, flags: number): void {
    const headers = this.#blocks.add(fragment, (flags & Flag.endHeaders) !== 0);
    if (headers?.opens) this.#open(headers);
    else if (headers) this.#trailers(headers);
  }

  #open({ stream: id, pairs, end, tooLarge }: Headers): void {
    if (!this.#drain.accepting) return;
    const stream = new Http2Stream(id, this, this.#output.initialWindow);
    if (this.#streams.size >= MAX_STREAMS || tooLarge) {
      this.sendReset(stream, tooLarge ? ErrorCode.internal : ErrorCode.refusedStream);
      return;
    }
    const head = requestHead(pairs, end);
    if (!head) throw new ConnectionFailure();
    stream.expected = end ? undefined : head.contentLength;
    stream.remoteEnded = end;
    this.#streams.set(id, stream);
    this.#guard.opened();
    this.#requested(stream, head.pairs, end);
  }

  #trailers({ stream: id, pairs, end, tooLarge }: Headers): void {
    const stream = this.#streams.get(id);
    if (!stream) return;
    if (tooLarge) {
      stream.reset(ErrorCode.internal);
      return;
    }
    if (!end || stream.expected || !validTrailers(pairs)) throw new ConnectionFailure();
    stream.remoteEnded = true;
    stream.receiveTrailers(pairs);
  }

  #reset({ stream: id }: Frame): void {
    if (id === 0 || this.#isIdle(id)) throw new ConnectionFailure();
    const stream = this.#streams.get(id);
    if (!stream) return;
    if (!stream.responded) stream.gaveUpAfter = performance.now() - stream.began;
    stream.resetByClient = true;
    stream.close();
  }

  #settings({ stream, flags, payload }: Frame): void {
    if (flags & Flag.ack) {
      if (payload.length > 0) throw new ConnectionFailure(ErrorCode.frameSize);
      if (stream !== 0 || !this.#inflow.acknowledge()) throw new ConnectionFailure();
      return;
    }
    const entries = readSettings(payload);
    if (stream !== 0) throw new ConnectionFailure();
    this.#output.frame(FrameType.settings, Flag.ack, 0);
    for (const [setting, value] of entries) {
      if (setting === Setting.maxFrameSize) this.#output.setFrameSize(value);
      if (setting !== Setting.initialWindowSize) continue;
      if (!this.#output.setInitialWindow(value, this.#streams.values())) throw new ConnectionFailure();
    }
  }

  #ping({ stream, flags, payload }: Frame): void {
    if (stream !== 0) throw new ConnectionFailure();
    if (!(flags & Flag.ack)) this.#output.frame(FrameType.ping, Flag.ack, 0, payload);
    else if (this.#drain.answered(payload, this.#lastStream)) this.#endIfDrained();
  }

  #windowUpdate({ stream: id, payload }: Frame): void {
    const size = payload.readUInt32BE(0) & LAST_STREAM;
    if (size === 0 || this.#isIdle(id) || !this.#guard.windowUpdate()) throw new ConnectionFailure();
    const stream = this.#streams.get(id);
    if ((id === 0 || stream) && !this.#output.grow(stream, size)) throw new ConnectionFailure();
  }

  /** Whether a stream has not begun. */
  #isIdle(stream: number): boolean {
    return stream > this.#lastStream || (stream !== 0 && stream % 2 === 0);
  }

  #endIfDrained(): void {
    if (!this.#drain.accepting && this.#streams.size === 0) this.#socket.end();
  }

  /** Ends the connection: with GOAWAY if there is a code. */
  #fail({ code, message }: ConnectionFailure): void {
    if (this.#failed) return;
    this.#output.drop(
      code === undefined ? undefined : Buffer.concat([words(this.#lastStream, code), Buffer.from(message)]),
    );
    this.end();
    // What the client still sends is not read as a reset by it.
    setTimeout(() => this.#socket.destroy(), CLOSE_DELAY).unref();
  }
}
