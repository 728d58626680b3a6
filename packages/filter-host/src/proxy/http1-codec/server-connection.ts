import type { Socket } from "node:net";
import { type Contain, ignore, type Pair } from "proxy-wasm-host";
import { IDLE_TIMEOUT } from "../../net/client-connections.ts";
import { CodecError } from "./codec-error.ts";
import type { HeaderLines } from "./header-lines.ts";
import { type Framing, type MessageListener, MessageReader } from "./message-reader.ts";
import { MessageWriter } from "./message-writer.ts";
import { type RequestHead, readRequestHead } from "./request-head.ts";
import { type RequestLine, readRequestLine } from "./request-line.ts";

/** Envoy's default `max_request_headers_kb`. */
const MAX_HEAD = 60 * 1024;
/**
 * How many bytes of further requests are kept while one is answered: Envoy's default `per_connection_buffer_limit_bytes`. Node notices only
 * while it reads that a client leaves.
 */
const MAX_KEPT = 1024 * 1024;
/** How long a client has to take the last response, in milliseconds: Envoy's default `delayed_close_timeout`. */
const LINGER = 1_000;

const NOTHING = Buffer.alloc(0);

/** Gets the parts of one request. */
export interface RequestListener {
  /** @returns false if the client must wait until {@link ServerConnection.resume} */
  data(bytes: Buffer): boolean;
  end(trailers: readonly Pair[] | undefined): void;
  /** The rest of the request violates HTTP. */
  malformed(error: CodecError): void;
  /** The connection takes more of the response. */
  drained(): void;
  /** The response has been written, or the connection is gone. */
  done(): void;
}

/** What a connection's requests are given to. */
export interface RequestHandler {
  /** @param end whether it has no body */
  request(head: RequestHead, end: boolean): RequestListener;
  /** There is no valid head. */
  rejected(error: CodecError): RequestListener;
}

/** A client's HTTP/1 connection: its requests are handled one after the other. */
export class ServerConnection implements MessageListener {
  readonly socket: Socket;
  readonly writer: MessageWriter;
  readonly #handler: RequestHandler;
  readonly #reader: MessageReader;
  readonly #advanced: () => void;
  #line: RequestLine | undefined;
  /** The head of a request without a body, until it is known to be whole. */
  #head: RequestHead | undefined;
  /** The request that is being handled. */
  #current: RequestListener | undefined;
  #complete = false;
  #blocked = false;
  #ending = false;
  #rest: Buffer = NOTHING;
  /** Whether another request may follow on this connection. */
  keepAlive = true;

  /**
   * @param handle makes what handles the requests
   * @param contain wraps the listeners to the socket
   */
  constructor(socket: Socket, handle: (connection: ServerConnection) => RequestHandler, contain: Contain) {
    this.socket = socket;
    this.writer = new MessageWriter(socket);
    this.#reader = new MessageReader("request", this, MAX_HEAD);
    this.#handler = handle(this);
    this.#advanced = contain("the client's data", () => this.#advance());
    socket.setTimeout(IDLE_TIMEOUT);
    socket.on("error", ignore);
    socket.on(
      "data",
      contain("the client's data", (bytes: Buffer) => this.receive(bytes)),
    );
    socket.on(
      "drain",
      contain("the client's draining", () => this.#current?.drained()),
    );
    socket.on("timeout", () => {
      if (!this.#current || this.#ending) socket.destroy();
    });
    // Envoy does not wait for a client that has ended its half of the connection.
    socket.on("end", () => socket.destroy());
    socket.on(
      "close",
      contain("the connection's end", () => this.#done()),
    );
  }

  /** Whether all of the current request has been read. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Handles bytes that the client has sent. */
  receive(bytes: Buffer): void {
    if (this.#ending) return;
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    this.#advance();
  }

  /** Continues to read a request whose listener has asked to wait. */
  resume(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#advanced();
  }

  /** The response is whole: goes on with the next request, or closes the connection. */
  finish(): void {
    if (!this.#complete) this.keepAlive = false;
    if (!this.keepAlive) this.close();
    // What has called this may still use the request.
    process.nextTick(() => {
      this.#done();
      if (!this.#ending) this.#advanced();
    });
  }

  /** Closes the connection once the client has had time to take what has been written. */
  close(): void {
    this.#ending = true;
    this.#rest = NOTHING;
    const { socket } = this;
    // A client that does not read has no more time than one that does not close.
    socket.setTimeout(LINGER);
    socket.end(() => {
      const timer = setTimeout(() => socket.destroy(), LINGER);
      socket.once("close", () => clearTimeout(timer));
    });
    socket.resume();
  }

  /** Closes the connection; what has been written is still sent. */
  reset(): void {
    this.#ending = true;
    this.socket.destroySoon();
  }

  firstLine(line: string): { headless: boolean } {
    this.#line = readRequestLine(line);
    return { headless: this.#line.version === "" };
  }

  head(lines: HeaderLines): Framing {
    const head = readRequestHead(this.#line as RequestLine, lines);
    if (head.closes) this.keepAlive = false;
    if (head.framing === 0) this.#head = head;
    else this.#current = this.#handler.request(head, false);
    return head.framing;
  }

  data(bytes: Buffer): void {
    if (this.#current?.data(bytes) === false) this.#blocked = true;
  }

  end(trailers: readonly Pair[] | undefined): void {
    this.#complete = true;
    const head = this.#head;
    this.#head = undefined;
    if (head) this.#current = this.#handler.request(head, true);
    else this.#current?.end(trailers);
  }

  #advance(): void {
    try {
      while (this.#rest.length > 0 && !this.#complete && !this.#blocked && !this.#ending) {
        if (!this.#reader.within && !mayBegin(this.#rest)) throw new CodecError("white space before a request");
        const read = this.#reader.read(this.#rest);
        this.#rest = this.#rest.subarray(read);
      }
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#refuse(error);
    }
    const wait = !this.#ending && (this.#blocked || this.#rest.length >= MAX_KEPT);
    if (wait && !this.socket.isPaused()) this.socket.pause();
    else if (!wait && this.socket.isPaused()) this.socket.resume();
  }

  #refuse(error: CodecError): void {
    this.keepAlive = false;
    this.#rest = NOTHING;
    if (this.#current) this.#current.malformed(error);
    else this.#current = this.#handler.rejected(error);
    this.#ending = true;
  }

  #done(): void {
    const done = this.#current;
    this.#current = undefined;
    this.#complete = false;
    done?.done();
  }
}

/** Whether a request may begin with these bytes, after empty lines. */
function mayBegin(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 10 && byte !== 13) return byte > 32;
  return true;
}
