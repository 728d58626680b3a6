import type { Gone, Pair } from "proxy-wasm-host";
import { encodeHeaders } from "./hpack-encoder.ts";

/** How many bytes may wait for the peer before the sender must wait; Envoy's default `per_connection_buffer_limit_bytes`. */
const HIGH_WATERMARK = 1024 * 1024;

/** What a stream tells. */
export interface StreamEvents {
  /** A frame of the body. @returns false if the peer must wait until the stream is resumed */
  data(bytes: Buffer, end: boolean): boolean;
  trailers(pairs: readonly Pair[]): void;
  /** The peer accepts more. */
  drained(): void;
  /** No more is received or sent. */
  closed(): void;
}

/** What a stream needs of its connection. */
export interface StreamConnection {
  sendHeaders(stream: number, block: Buffer, end: boolean): void;
  /** Something waits in the stream. */
  pump(stream: Http2Stream): void;
  sendReset(stream: Http2Stream, code: number): void;
  /** The bytes of a frame have been passed on. */
  consumed(stream: Http2Stream, size: number): void;
  /** Calls back once what has come from the peer is handled. */
  afterwards(then: () => void): void;
  closed(stream: Http2Stream): void;
}

/** What has been received, and waits until the stream is resumed. */
type Received =
  | { readonly bytes: Buffer; readonly end: boolean; readonly credit: number }
  | { readonly trailers: readonly Pair[] };

/** A request and its response on a connection. */
export abstract class Http2Stream {
  readonly id: number;
  protected readonly connection: StreamConnection;
  #events: StreamEvents | undefined;
  /** Bytes that the peer may still be sent. */
  sendWindow: number;
  /** Bytes that have been received and not been given back. */
  unacknowledged = 0;
  /** Bytes that have been passed on and not been given back. */
  taken = 0;
  /** The bytes of the body that must still come; undefined if the head does not say. */
  expected: number | undefined;
  /** How the peer has spoilt or aborted it. */
  gone: Gone | undefined;
  /** Whether the peer's message has arrived whole. */
  remoteEnded = false;
  #received: Received[] = [];
  #paused = false;
  #queue: Buffer[] = [];
  #queued = 0;
  /** What comes behind the queue. */
  #end: "none" | "empty" | Buffer = "none";
  #localEnded = false;
  #blocked = false;
  #closed = false;

  constructor(id: number, connection: StreamConnection, sendWindow: number) {
    this.id = id;
    this.connection = connection;
    this.sendWindow = sendWindow;
  }

  /** Whether no more is received or sent. */
  get closed(): boolean {
    return this.#closed;
  }

  listen(events: StreamEvents): void {
    this.#events = events;
  }

  /** Whether the message of this side is sent. */
  get localEnded(): boolean {
    return this.#localEnded;
  }

  /** Sends the head of a message. */
  protected sendHead(pairs: Iterable<Pair>, end: boolean): void {
    if (this.#closed || this.#localEnded) return;
    this.connection.sendHeaders(this.id, encodeHeaders(pairs), end);
    if (end) this.#finished();
  }

  /** Sends data. @returns false if the sender must wait for `drained` */
  write(bytes: Buffer, end: boolean): boolean {
    if (this.#closed || this.#localEnded || this.#end !== "none") return true;
    if (bytes.length > 0) this.#queue.push(bytes);
    this.#queued += bytes.length;
    if (end) this.#end = "empty";
    this.connection.pump(this);
    this.#blocked ||= this.#queued > HIGH_WATERMARK;
    return !this.#blocked;
  }

  /** Ends the message with trailers; with an empty frame if there are none. */
  trail(pairs: readonly Pair[]): void {
    if (this.#closed || this.#localEnded || this.#end !== "none") return;
    this.#end = pairs.length > 0 ? encodeHeaders(pairs) : "empty";
    this.connection.pump(this);
  }

  /** Aborts the stream. */
  reset(code: number): void {
    if (this.#closed) return;
    this.connection.sendReset(this, code);
    this.close();
  }

  /** Passes on what has been received since the stream had to wait. */
  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  /** A frame of the body has come; `credit` is its size in the flow control. */
  receive(bytes: Buffer, end: boolean, credit: number): void {
    this.#received.push({ bytes, end, credit });
    this.#deliver();
  }

  receiveTrailers(trailers: readonly Pair[]): void {
    this.#received.push({ trailers });
    this.#deliver();
  }

  /** Whether something waits to be sent, apart from the peer's window. */
  get hasOutput(): boolean {
    return !this.#closed && !this.#localEnded && (this.#queued > 0 || this.#end !== "none");
  }

  /** Whether trailers are next, which need no window; Envoy's codec waits for one even with an empty frame of data. */
  get trailsNow(): boolean {
    return this.#queued === 0 && typeof this.#end === "object";
  }

  /**
   * Takes the next part of the output.
   *
   * @param most the most bytes of data
   */
  take(most: number): { readonly data: Buffer; readonly end: boolean } | { readonly trailers: Buffer } {
    if (this.#queued === 0 && typeof this.#end === "object") {
      const trailers = this.#end;
      this.#end = "none";
      return { trailers };
    }
    const [first = EMPTY] = this.#queue;
    const data = first.subarray(0, most);
    if (data.length === first.length) this.#queue.shift();
    else this.#queue[0] = first.subarray(most);
    this.#queued -= data.length;
    const end = first.length === 0 && this.#end === "empty";
    if (end) this.#end = "none";
    return { data, end };
  }

  /** After a part was taken. */
  sent(end: boolean): void {
    if (end) {
      this.#finished();
      return;
    }
    if (this.#blocked && this.#queued < HIGH_WATERMARK / 2) {
      this.#blocked = false;
      this.#events?.drained();
    }
  }

  /** Ends the stream without a frame. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // What was received and not taken is given back to the connection.
    for (const one of this.#received.splice(0)) if ("credit" in one) this.connection.consumed(this, one.credit);
    this.#queue = [];
    this.#queued = 0;
    this.connection.closed(this);
    this.#events?.closed();
  }

  /** The message of this side is sent. */
  protected abstract finished(): void;

  /** Whether what the peer sends is of no use any more. */
  protected abstract get done(): boolean;

  /** The end of the peer's message has been passed on. */
  protected passedOn(): void {}

  #finished(): void {
    this.#localEnded = true;
    this.finished();
  }

  #deliver(): void {
    while (!this.#paused && !this.#closed) {
      const next = this.#received.shift();
      if (!next) return;
      if (this.done) {
        if ("credit" in next) this.connection.consumed(this, next.credit);
        continue;
      }
      if ("trailers" in next) this.#events?.trailers(next.trailers);
      else {
        if (this.#events?.data(next.bytes, next.end) === false && !next.end) this.#paused = true;
        this.connection.consumed(this, next.credit);
      }
      if ("trailers" in next || next.end) this.passedOn();
    }
  }
}

const EMPTY = Buffer.alloc(0);
