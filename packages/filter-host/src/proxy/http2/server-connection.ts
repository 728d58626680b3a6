import type { Socket } from "node:net";
import type { Pair } from "proxy-wasm-host";
import { CLIENT_RESET } from "../client-reset.ts";
import { Http2Connection } from "./connection.ts";
import { Drain } from "./drain.ts";
import { codecError, Fault } from "./faults.ts";
import { ErrorCode, FrameType, Setting, settings, words } from "./frame.ts";
import { ConnectionFailure, FrameReader } from "./frame-reader.ts";
import type { Headers } from "./header-block.ts";
import { STREAM_WINDOW } from "./inflow.ts";
import { requestHead, validTrailers } from "./message-rules.ts";
import { ServerStream } from "./server-stream.ts";

/** How many streams a client may have at a time, as in Envoy (envoyproxy/envoy, source/common/http/utility.h, OptionsLimits). */
const MAX_STREAMS = 1024;

/** How long a connection that failed is still read, in milliseconds: Envoy's default `delayed_close_timeout`. */
const CLOSE_DELAY = 1_000;

/** Called with each request; `end`: it has no body. */
type Requested = (stream: ServerStream, pairs: readonly Pair[], end: boolean) => void;

/** A client's connection. */
export class ServerConnection extends Http2Connection<ServerStream> {
  readonly #requested: Requested;
  readonly #drain: Drain;
  /** Whether the client has sent GOAWAY; once it has no stream, Envoy ignores what comes. */
  #goneAway = false;
  /** Whether the client has reset too many streams. */
  #flooded = false;
  /** Whether something was received; the first frames of both sides belong to one dispatch. */
  #begun = false;

  /** @param socket the connection, whose first bytes are given to {@link receive} */
  constructor(socket: Socket, requested: Requested) {
    super(socket, new FrameReader("client"));
    this.#requested = requested;
    this.#drain = new Drain(this.output);
    this.output.hold();
    this.output.frame(
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
    this.inflow.begin();
    socket.on("drain", () => this.output.drained());
  }

  /** Reads what the client has sent. Exceptions of the code that handles a request pass through. */
  receive(chunk: Buffer): void {
    if (this.failed || (this.#goneAway && this.streams.size === 0)) return;
    if (this.#begun) this.output.hold();
    this.#begun = true;
    this.read(chunk);
  }

  /** The client sends no more, or the connection is closed. */
  end(): void {
    this.failed = true;
    // The latest first, as in Envoy.
    for (const stream of [...this.streams.values()].reverse()) stream.close();
    this.socket.end();
  }

  /** Tells the client to send no more requests; the connection ends with its last stream. */
  drain(): void {
    if (!this.failed) this.#drain.begin();
  }

  override closed(stream: ServerStream): void {
    this.streams.delete(stream.id);
    this.output.remove(stream);
    this.#flooded = !this.guard.ended(stream.gaveUpAfter);
    if (!this.#flooded) this.#endIfDrained();
  }

  protected override begin(stream: number): void {
    if (stream % 2 === 0) throw new ConnectionFailure();
    this.lastStream = stream;
  }

  protected override open({ stream: id, pairs, end, tooLarge }: Headers): void {
    if (!this.#drain.accepting) return;
    const stream = new ServerStream(id, this, this.output.initialWindow);
    if (this.streams.size >= MAX_STREAMS || tooLarge) {
      this.sendReset(stream, tooLarge ? ErrorCode.internal : ErrorCode.refusedStream);
      return;
    }
    const head = requestHead(pairs, end);
    if (!head) throw new ConnectionFailure();
    stream.expected = end ? undefined : head.contentLength;
    stream.remoteEnded = end;
    this.streams.set(id, stream);
    this.guard.opened();
    this.#requested(stream, head.pairs, end);
  }

  protected override more(stream: ServerStream, { pairs, end }: Headers): void {
    const valid = validTrailers(pairs);
    if (!valid || !end || stream.expected) {
      this.spoil(stream, valid ? Fault.messaging : Fault.field);
      throw new ConnectionFailure();
    }
    stream.remoteEnded = true;
    stream.receiveTrailers(pairs);
  }

  protected override refuse(stream: ServerStream, code: number): void {
    this.streams.delete(stream.id);
    this.sendReset(stream, code);
    this.afterwards(() => stream.close());
  }

  protected override abandoned(stream: ServerStream): void {
    if (!stream.responded) stream.gaveUpAfter = performance.now() - stream.began;
    stream.gone = CLIENT_RESET;
    stream.close();
    if (!this.#flooded) return;
    for (const other of this.streams.values()) this.spoil(other, Fault.resets);
    this.fail(new ConnectionFailure());
  }

  protected override goAway(): void {
    this.#goneAway = true;
  }

  protected override set(): void {}

  protected override answered(payload: Buffer): void {
    if (this.#drain.answered(payload, this.lastStream)) this.#endIfDrained();
  }

  protected override takesData(): boolean {
    return true;
  }

  #endIfDrained(): void {
    if (!this.#drain.accepting && this.streams.size === 0) this.socket.end();
  }

  /** Ends the connection: with GOAWAY if there is a code. */
  protected override fail({ code, message, flood }: ConnectionFailure): void {
    if (this.failed) return;
    for (const stream of this.streams.values()) this.spoil(stream, codecError(flood));
    this.output.drop(
      code === undefined ? undefined : Buffer.concat([words(this.lastStream, code), Buffer.from(message)]),
    );
    this.end();
    // What the client still sends is not read as a reset by it.
    setTimeout(() => this.socket.destroy(), CLOSE_DELAY).unref();
  }
}
