import type { Socket } from "node:net";
import type { Contain, Pair } from "proxy-wasm-host";
import { CodecError } from "./codec-error.ts";
import { flush } from "./corked.ts";
import type { HeaderLines } from "./header-lines.ts";
import { type Framing, type MessageListener, MessageReader } from "./message-reader.ts";
import { MessageWriter } from "./message-writer.ts";
import { readStatusLine, type StatusLine } from "./status-line.ts";

/** Envoy's limit of a response's head, in bytes (envoyproxy/envoy, source/common/http/http1/codec_impl.h). */
const MAX_HEAD = 80 * 1024;
const FIRST_BYTE = 72;

/** Gets what happens to one request. */
export interface ResponseListener {
  /** The connection is established. */
  connected(): void;
  /** The response's head. Returns how its body is framed. */
  head(line: StatusLine, headers: HeaderLines): Framing;
  data(bytes: Buffer): void;
  end(trailers: readonly Pair[] | undefined): void;
  /** There is no complete response. */
  failed(error: Error): void;
  /** The connection takes more of the request. */
  drained(): void;
}

/** A connection to an upstream, which carries one request at a time. */
export class ClientConnection implements MessageListener {
  readonly socket: Socket;
  readonly writer: MessageWriter;
  readonly #reader: MessageReader;
  readonly #idle: () => void;
  #line: StatusLine | undefined;
  #current: ResponseListener | undefined;
  #error: Error | undefined;
  /** Whether a part of the current response has come. */
  #begun = false;

  /**
   * @param socket it may still be connecting
   * @param idle called when the connection can be used for another request
   * @param contain wraps the listeners to the socket
   */
  constructor(socket: Socket, idle: () => void, contain: Contain) {
    this.socket = socket;
    this.writer = new MessageWriter(socket);
    this.#reader = new MessageReader("response", this, MAX_HEAD);
    this.#idle = idle;
    socket.on("error", (error) => {
      this.#error ??= error;
    });
    socket.on(
      "encrypted" in socket ? "secureConnect" : "connect",
      contain("the upstream's connection", () => this.#current?.connected()),
    );
    socket.on(
      "data",
      contain("the upstream's data", (bytes: Buffer) => this.#receive(bytes)),
    );
    socket.on(
      "drain",
      contain("the upstream's draining", () => this.#current?.drained()),
    );
    socket.on("end", () => socket.destroy());
    socket.on(
      "close",
      contain("the upstream's closing", () => this.#closed()),
    );
  }

  /** Starts a request. */
  begin(listener: ResponseListener): void {
    this.#current = listener;
    this.#begun = false;
    if (!this.socket.connecting) listener.connected();
  }

  /** The request and its response are whole: the connection is free, unless `keep` is false. */
  finish(keep: boolean): void {
    this.#current = undefined;
    this.socket.resume();
    if (keep && !this.socket.destroyed) this.#idle();
    else this.socket.destroy();
  }

  /** Aborts the request; what has been written of it is still sent. */
  abort(): void {
    this.#current = undefined;
    flush(this.socket);
    this.socket.destroy();
  }

  firstLine(line: string): { headless: boolean } {
    this.#line = readStatusLine(line);
    return { headless: false };
  }

  head(headers: HeaderLines): Framing {
    return this.#current?.head(this.#line as StatusLine, headers) ?? 0;
  }

  data(bytes: Buffer): void {
    this.#current?.data(bytes);
  }

  end(trailers: readonly Pair[] | undefined): void {
    this.#begun = false;
    this.#current?.end(trailers);
  }

  #receive(bytes: Buffer): void {
    // What comes without a request, or after its response, is not taken.
    for (let rest = bytes; rest.length > 0; ) {
      const current = this.#current;
      if (!current) {
        this.socket.destroy();
        return;
      }
      try {
        if (!this.#begun && rest[0] !== FIRST_BYTE) throw new CodecError("not an HTTP response");
        this.#begun = true;
        rest = rest.subarray(this.#reader.read(rest));
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
        this.abort();
        current.failed(error);
        return;
      }
    }
  }

  #closed(): void {
    const current = this.#current;
    if (!current || (this.#begun && this.#reader.finish())) return;
    this.#current = undefined;
    const cut = new CodecError("the connection ended within the response", 400);
    if (this.#error) cut.cause = this.#error;
    const gone = this.#error ?? new Error("the connection ended without a response");
    current.failed(this.#begun ? cut : gone);
  }
}
