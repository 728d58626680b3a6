import { constants, type ServerHttp2Stream } from "node:http2";
import { type Contain, HeaderMap } from "proxy-wasm-host";
import type { Client } from "../open-exchange.ts";
import { HOP_BY_HOP, sendable } from "../wire.ts";
import { http2Headers } from "./headers.ts";

/** The client's end of an exchange over HTTP/2. */
export class Http2Downstream implements Client {
  readonly #stream: ServerHttp2Stream;
  readonly #dropped: (name: string) => void;
  #trailers = new HeaderMap("response-trailers");

  /**
   * @param dropped called with the name of each header that cannot be sent
   * @param contain wraps the listeners to the stream
   */
  constructor(stream: ServerHttp2Stream, dropped: (name: string) => void, contain: Contain) {
    this.#stream = stream;
    this.#dropped = dropped;
    const trailing = contain("the response's trailers", () => this.#sendTrailers());
    stream.on("wantTrailers", trailing);
  }

  headers(headers: HeaderMap, end: boolean): void {
    if (!headers.has("date")) headers.add("date", new Date().toUTCString());
    headers.set("server", "envoy");
    // In their log callback, filters find the headers that were sent.
    for (const name of HOP_BY_HOP) headers.remove(name);
    const lines = sendable(headers, this.#dropped);
    if (this.#gone) return;
    const status = headers.get(":status") ?? "";
    try {
      this.#stream.respond(http2Headers([[":status", status], ...lines]), { endStream: end, waitForTrailers: !end });
    } catch {
      // Node rejects a repeated header that may occur only once.
      this.reset();
    }
  }

  data(bytes: Buffer, end: boolean): boolean {
    if (this.#gone) return true;
    const accepted = bytes.length === 0 || this.#stream.write(bytes);
    if (end) this.#stream.end();
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    this.#trailers = trailers;
    if (!this.#gone) this.#stream.end();
  }

  /** Tells the client to send no more of its request (RFC 9113, section 8.1). */
  closeAfter(): void {
    this.#stream.once("finish", () => this.#stream.close(constants.NGHTTP2_NO_ERROR));
  }

  reset(): void {
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  #sendTrailers(): void {
    if (this.#gone) return;
    const trailers = http2Headers(sendable(this.#trailers, this.#dropped));
    try {
      this.#stream.sendTrailers(trailers);
    } catch {
      // Node rejects a repeated header that may occur only once.
      this.reset();
    }
  }

  get #gone(): boolean {
    return this.#stream.closed || this.#stream.destroyed;
  }
}
