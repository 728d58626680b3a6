import type { Socket } from "node:net";
import type { Contain, Pair } from "proxy-wasm-host";
import { IDLE_TIMEOUT } from "../../net/idle-timeout.ts";
import { ProtocolError, StreamReset } from "../upstream-failure.ts";
import { ClientStream, type ClientStreamEvents } from "./client-stream.ts";
import { Http2Connection } from "./connection.ts";
import { ErrorCode, FrameType, LAST_STREAM, PREFACE, Setting, settings, words } from "./frame.ts";
import { ConnectionFailure, FrameReader } from "./frame-reader.ts";
import type { Headers } from "./header-block.ts";
import { STREAM_WINDOW } from "./inflow.ts";
import { responseHead, validTrailers } from "./message-rules.ts";

/** How many streams an upstream takes at a time unless it says so, and the most that are used (envoyproxy/envoy, source/common/http/utility.h, OptionsLimits). */
const MAX_STREAMS = 1024;

/** How long a connection that is closed may take to send the rest, in milliseconds. */
const CLOSE_DELAY = 1_000;

/** A connection to an upstream. */
export class ClientConnection extends Http2Connection<ClientStream> {
  #maxStreams = MAX_STREAMS;
  /** The last stream that the upstream handles. */
  #accepted = LAST_STREAM;
  #goneAway = false;
  #error: Error | undefined;
  readonly #connected: (() => void)[] = [];
  #ready: boolean;
  #idleTimer: NodeJS.Timeout | undefined;
  readonly #expired: () => void;

  /**
   * @param socket it may still be connecting, unless it is `established`
   * @param contain wraps the listeners to the socket
   */
  constructor(socket: Socket, established: boolean, contain: Contain) {
    super(socket, new FrameReader("server"));
    this.#ready = established;
    // What is written during the handshake of TLS would fail in place of it.
    if (!established) socket.cork();
    socket.write(PREFACE);
    this.output.frame(
      FrameType.settings,
      0,
      0,
      settings([
        [Setting.enablePush, 0],
        [Setting.headerTableSize, 4096],
        [Setting.enableConnectProtocol, 0],
        [Setting.maxConcurrentStreams, MAX_STREAMS],
        [Setting.initialWindowSize, STREAM_WINDOW],
      ]),
    );
    this.inflow.begin();
    const connected = contain("the upstream's connection", () => this.#established());
    const received = contain("the upstream's data", (chunk: Buffer) => this.#receive(chunk));
    const drained = contain("the upstream's draining", () => this.output.drained());
    const closed = contain("the upstream's closing", () => this.#close());
    socket
      .on("encrypted" in socket ? "secureConnect" : "connect", connected)
      .on("data", received)
      .on("drain", drained);
    socket.on("error", (error) => {
      this.#error ??= error;
    });
    socket.on("end", () => socket.destroy()).on("close", closed);
    socket.unref();
    this.#expired = contain("the upstream's idle timeout", () => this.socket.destroy());
    this.#rest();
  }

  /** Whether the upstream takes another request on this connection. */
  get accepts(): boolean {
    const open = !this.failed && !this.#goneAway && !this.socket.destroyed;
    return open && this.streams.size < this.#maxStreams && this.lastStream + 2 < LAST_STREAM;
  }

  /**
   * Begins a request.
   *
   * @param pairs its head
   * @param end whether that is all
   * @param connected called once the connection is established
   */
  request(
    pairs: readonly Pair[],
    end: boolean,
    events: ClientStreamEvents,
    connected: (socket: Socket) => void,
  ): ClientStream {
    const id = this.lastStream === 0 ? 1 : this.lastStream + 2;
    this.lastStream = id;
    clearTimeout(this.#idleTimer);
    const method = pairs.find(([name]) => name === ":method")?.[1] ?? "";
    const stream = new ClientStream(id, this, this.output.initialWindow, method, events);
    this.streams.set(id, stream);
    this.guard.opened();
    if (this.#ready) connected(this.socket);
    else this.#connected.push(() => !stream.closed && connected(this.socket));
    stream.request(pairs, end);
    return stream;
  }

  /** Closes the connection. */
  destroy(): void {
    this.socket.destroy();
  }

  override closed(stream: ClientStream): void {
    this.streams.delete(stream.id);
    this.output.remove(stream);
    // Nobody waits for the connection any more.
    if (!this.#ready && this.streams.size === 0) this.socket.destroy();
    this.#rest();
    this.#endIfGone();
  }

  /** Closes the connection once it has been without a request for long. */
  #rest(): void {
    if (this.streams.size > 0 || this.socket.destroyed) return;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(this.#expired, IDLE_TIMEOUT).unref();
  }

  #established(): void {
    this.#ready = true;
    this.socket.uncork();
    for (const connected of this.#connected.splice(0)) connected();
  }

  #receive(chunk: Buffer): void {
    if (this.failed) return;
    this.output.hold();
    this.read(chunk);
  }

  #close(): void {
    this.failed = true;
    clearTimeout(this.#idleTimer);
    const error = this.#error ?? new Error("the connection ended");
    for (const stream of [...this.streams.values()]) stream.fail(error);
  }

  protected override begin(): void {
    throw new ConnectionFailure();
  }

  protected override open(): void {}

  protected override more(stream: ClientStream, { pairs, end }: Headers): void {
    if (stream.answered) {
      if (!end || stream.expected || !validTrailers(pairs)) throw new ConnectionFailure();
      stream.remoteEnded = true;
      stream.receiveTrailers(pairs);
      return;
    }
    const head = responseHead(pairs, end, stream.method);
    if (!head) throw new ConnectionFailure();
    stream.expected = head.contentLength;
    if (head.informational) stream.inform(Number(head.pairs[0]?.[1]));
    else stream.answer(head.pairs, end);
  }

  protected override refuse(stream: ClientStream, code: number): void {
    const failure = code === ErrorCode.protocol ? new ProtocolError("an invalid response") : new StreamReset(code);
    stream.fail(failure, code);
  }

  protected override abandoned(stream: ClientStream, code: number): void {
    // A response that has come whole is still passed on.
    if (!stream.remoteEnded) stream.fail(new StreamReset(code));
  }

  protected override goAway(lastStream: number): void {
    if ((lastStream > 0 && lastStream % 2 === 0) || lastStream > this.#accepted) throw new ConnectionFailure();
    this.#accepted = lastStream;
    this.#goneAway = true;
    for (const stream of [...this.streams.values()]) {
      if (stream.id > lastStream) stream.fail(new StreamReset(ErrorCode.refusedStream));
    }
    this.#endIfGone();
  }

  protected override set(setting: number, value: number): void {
    if (setting === Setting.enablePush && value !== 0) throw new ConnectionFailure();
    if (setting === Setting.maxConcurrentStreams) this.#maxStreams = Math.min(value, MAX_STREAMS);
  }

  protected override answered(): void {}

  protected override takesData(stream: ClientStream): boolean {
    if (!stream.answered && !stream.informed) {
      throw new ConnectionFailure(ErrorCode.protocol, "DATA: stream not opened");
    }
    return stream.answered;
  }

  /** A connection that takes no requests ends with its last one, at once. */
  #endIfGone(): void {
    if (!this.#goneAway || this.failed || this.streams.size > 0) return;
    this.#end();
  }

  /** Closes the connection. @param last GOAWAY, which is sent before */
  #end(last?: Uint8Array): void {
    this.failed = true;
    this.output.drop(last);
    this.socket.destroySoon();
    // An upstream that reads nothing does not keep the connection.
    setTimeout(() => this.socket.destroy(), CLOSE_DELAY).unref();
  }

  /** Ends the connection: with GOAWAY if there is a code. */
  protected override fail({ code, message }: ConnectionFailure): void {
    if (this.failed) return;
    this.#end(code === undefined ? undefined : Buffer.concat([words(0, code), Buffer.from(message)]));
    const error = new ProtocolError(message === "" ? "invalid frames of HTTP/2" : message);
    for (const stream of [...this.streams.values()]) stream.fail(error);
  }
}
