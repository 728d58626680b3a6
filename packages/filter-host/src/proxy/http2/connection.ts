import type { Socket } from "node:net";
import type { Gone } from "proxy-wasm-host";
import { Fault } from "./faults.ts";
import { FloodGuard } from "./flood-guard.ts";
import { ErrorCode, Flag, type Frame, FrameType, LAST_STREAM, Setting, words } from "./frame.ts";
import { ConnectionFailure, type FrameReader } from "./frame-reader.ts";
import { HeaderBlocks, type Headers } from "./header-block.ts";
import { Inflow } from "./inflow.ts";
import { Output } from "./output.ts";
import { checkSize, headerFragment, readSettings, unpadded } from "./payload.ts";
import type { Http2Stream, StreamConnection } from "./stream.ts";

/** A connection over HTTP/2, as Envoy's codec treats it (envoyproxy/envoy, source/common/http/http2/codec_impl.cc). */
export abstract class Http2Connection<Stream extends Http2Stream> implements StreamConnection {
  protected readonly socket: Socket;
  protected readonly guard = new FloodGuard();
  readonly #reader: FrameReader;
  readonly #blocks = new HeaderBlocks();
  protected readonly output: Output;
  protected readonly inflow: Inflow;
  protected readonly streams = new Map<number, Stream>();
  /** The highest stream that has begun. */
  protected lastStream = 0;
  protected failed = false;

  /** @param socket the connection, whose bytes are given to {@link receive} */
  constructor(socket: Socket, reader: FrameReader) {
    this.socket = socket;
    this.#reader = reader;
    this.output = new Output(socket, this.guard, (frames) => this.fail(ConnectionFailure.flood(frames)));
    this.inflow = new Inflow(this.output);
  }

  /** What the connection holds: streams, and those of them that wait for the peer. */
  get held(): { readonly streams: number; readonly waiting: number } {
    return { streams: this.streams.size, waiting: this.output.waiting };
  }

  /** Reads what the peer has sent. Exceptions of the code that handles a message pass through. */
  protected read(chunk: Buffer): void {
    try {
      this.#reader.read(chunk, (frame) => {
        if (!this.failed) this.#receive(frame);
      });
    } catch (error) {
      this.fail(error instanceof ConnectionFailure ? error : new ConnectionFailure(ErrorCode.internal));
      if (!(error instanceof ConnectionFailure)) throw error;
    }
    this.output.release();
  }

  sendHeaders(stream: number, block: Buffer, end: boolean): void {
    this.output.headers(stream, block, end);
  }

  pump(stream: Http2Stream): void {
    this.output.add(stream);
  }

  sendReset(stream: Http2Stream, code: number): void {
    this.output.frame(FrameType.reset, 0, stream.id, words(code));
  }

  consumed(stream: Http2Stream, size: number): void {
    this.inflow.consume(size);
    stream.taken += size;
    if (!this.failed) this.inflow.giveBack(stream);
  }

  afterwards(then: () => void): void {
    this.output.afterwards(then);
  }

  abstract closed(stream: Http2Stream): void;

  /** HEADERS of a stream that has not begun. @throws ConnectionFailure if it may not begin */
  protected abstract begin(stream: number): void;
  /** Headers that begin a stream. */
  protected abstract open(headers: Headers): void;
  /** More headers of a stream. */
  protected abstract more(stream: Stream, headers: Headers): void;
  /** A stream is reset by this side. */
  protected abstract refuse(stream: Stream, code: number): void;
  /** A stream is reset by the peer. */
  protected abstract abandoned(stream: Stream, code: number): void;
  /** The peer sends no more requests or accepts none. */
  protected abstract goAway(lastStream: number): void;
  /** Settings that concern one side alone. @throws ConnectionFailure if the peer may not send it */
  protected abstract set(setting: number, value: number): void;
  /** The peer has answered a ping. */
  protected abstract answered(payload: Buffer): void;
  /** Whether data may come; false: the message is invalid. @throws ConnectionFailure if the connection cannot go on */
  protected abstract takesData(stream: Stream): boolean;
  /** Ends the connection because of what the peer has sent. */
  protected abstract fail(failure: ConnectionFailure): void;

  #receive(frame: Frame): void {
    const { type, flags, stream, payload } = frame;
    const pending = this.#blocks.pending;
    if (pending !== undefined && (type !== FrameType.continuation || stream !== pending)) {
      throw new ConnectionFailure(ErrorCode.protocol, "unexpected non-CONTINUATION frame or stream_id is invalid");
    }
    const last = (flags & Flag.endStream) !== 0 && type !== FrameType.continuation;
    const message = type === FrameType.data || type === FrameType.headers || type === FrameType.continuation;
    if (message && !this.guard.body(payload.length === 0, last)) {
      this.spoil(this.streams.get(stream), Fault.emptyFrames);
      throw ConnectionFailure.flood("consecutive frames with an empty payload");
    }
    checkSize(frame);
    try {
      this.#handlers[type]?.(frame);
    } catch (error) {
      const failure = error instanceof ConnectionFailure ? error : undefined;
      if (failure && failure.code === undefined && failure.flood === undefined) {
        this.spoil(this.streams.get(stream), Fault.frame);
      }
      throw error;
    }
  }

  readonly #handlers: Readonly<Record<number, (frame: Frame) => void>> = {
    [FrameType.data]: (frame) => this.#data(frame),
    [FrameType.headers]: (frame) => this.#headers(frame),
    [FrameType.priority]: () => {
      if (!this.guard.priority()) throw ConnectionFailure.flood("PRIORITY frames");
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
      this.goAway(payload.readUInt32BE(0) & LAST_STREAM);
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
    const stream = this.streams.get(id);
    if (id === 0) throw new ConnectionFailure(ErrorCode.protocol, "DATA: stream_id == 0");
    if (this.isIdle(id)) throw new ConnectionFailure(ErrorCode.protocol, "DATA: stream in idle");
    if (stream?.remoteEnded) throw new ConnectionFailure(ErrorCode.streamClosed, "DATA: stream in half-closed(remote)");
    const bytes = unpadded(frame, "DATA");
    const size = payload.length;
    this.inflow.receive(size);
    if (!stream) {
      this.inflow.consume(size);
      return;
    }
    const fits = this.inflow.fits(stream, size);
    const end = (flags & Flag.endStream) !== 0;
    if (stream.expected !== undefined) stream.expected -= bytes.length;
    const { expected = 0 } = stream;
    const wrong = !this.takesData(stream) || expected < 0 || (end && expected > 0);
    if (wrong || !fits) {
      this.inflow.consume(size);
      this.spoil(stream, Fault.body);
      this.refuse(stream, wrong ? ErrorCode.protocol : ErrorCode.flowControl);
      return;
    }
    stream.remoteEnded = end;
    stream.receive(bytes, end, size);
  }

  #headers(frame: Frame): void {
    const { stream, flags } = frame;
    const fragment = headerFragment(frame);
    const opens = this.isIdle(stream);
    if (opens) this.begin(stream);
    if (this.streams.get(stream)?.remoteEnded) throw new ConnectionFailure();
    this.#blocks.begin(stream, opens, (flags & Flag.endStream) !== 0);
    this.#fragment(fragment, flags);
  }

  #fragment(fragment: Buffer, flags: number): void {
    const headers = this.#blocks.add(fragment, (flags & Flag.endHeaders) !== 0);
    if (!headers) return;
    if (headers.opens) {
      this.open(headers);
      return;
    }
    const stream = this.streams.get(headers.stream);
    if (!stream) return;
    if (!headers.tooLarge) {
      this.more(stream, headers);
      return;
    }
    this.spoil(stream, headers.tooLarge);
    this.refuse(stream, ErrorCode.internal);
  }

  #reset({ stream: id, payload }: Frame): void {
    if (id === 0 || this.isIdle(id)) throw new ConnectionFailure();
    const stream = this.streams.get(id);
    if (stream) this.abandoned(stream, payload.readUInt32BE(0));
  }

  #settings({ stream, flags, payload }: Frame): void {
    if (flags & Flag.ack) {
      if (payload.length > 0) throw new ConnectionFailure(ErrorCode.frameSize);
      if (stream !== 0 || !this.inflow.acknowledge()) throw new ConnectionFailure();
      return;
    }
    const entries = readSettings(payload);
    if (stream !== 0) throw new ConnectionFailure();
    this.output.frame(FrameType.settings, Flag.ack, 0);
    for (const [setting, value] of entries) {
      this.set(setting, value);
      if (setting === Setting.maxFrameSize) this.output.setFrameSize(value);
      if (setting !== Setting.initialWindowSize) continue;
      if (!this.output.setInitialWindow(value, this.streams.values())) throw new ConnectionFailure();
    }
  }

  #ping({ stream, flags, payload }: Frame): void {
    if (stream !== 0) throw new ConnectionFailure();
    if (!(flags & Flag.ack)) this.output.frame(FrameType.ping, Flag.ack, 0, payload);
    else this.answered(payload);
  }

  #windowUpdate({ stream: id, payload }: Frame): void {
    const size = payload.readUInt32BE(0) & LAST_STREAM;
    if (size === 0 || this.isIdle(id)) throw new ConnectionFailure();
    if (!this.guard.windowUpdate()) throw ConnectionFailure.flood("WINDOW_UPDATE frames");
    const stream = this.streams.get(id);
    if ((id === 0 || stream) && !this.output.grow(stream, size)) throw new ConnectionFailure();
  }

  /** The peer has spoilt a stream. */
  protected spoil(stream: Stream | undefined, fault: Gone): void {
    if (stream) stream.gone ??= fault;
  }

  /** Whether a stream has not begun. */
  protected isIdle(stream: number): boolean {
    return stream > this.lastStream || (stream !== 0 && stream % 2 === 0);
  }
}
