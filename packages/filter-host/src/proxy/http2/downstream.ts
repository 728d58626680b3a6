import type { HeaderMap, Pair } from "proxy-wasm-host";
import type { Client } from "../open-exchange.ts";
import { HOP_BY_HOP, sendable } from "../wire.ts";
import { ErrorCode } from "./frame.ts";
import type { ServerStream } from "./server-stream.ts";

/** The client's end of an exchange over HTTP/2. */
export class Http2Downstream implements Client {
  readonly #stream: ServerStream;
  readonly #dropped: (name: string) => void;

  /** @param dropped called with the name of each header that cannot be sent */
  constructor(stream: ServerStream, dropped: (name: string) => void) {
    this.#stream = stream;
    this.#dropped = dropped;
  }

  headers(headers: HeaderMap, end: boolean): void {
    if (!headers.has("date")) headers.add("date", new Date().toUTCString());
    headers.set("server", "envoy");
    // In their log callback, filters find the headers that were sent.
    for (const name of HOP_BY_HOP) headers.remove(name);
    this.#stream.respond([[":status", headers.get(":status") ?? ""], ...this.#sendable(headers)], end);
  }

  data(bytes: Buffer, end: boolean): boolean {
    return this.#stream.write(bytes, end);
  }

  trailers(trailers: HeaderMap): void {
    this.#stream.trail(this.#sendable(trailers));
  }

  /** The stream itself tells the client to send no more of its request. */
  closeAfter(): void {}

  reset(): void {
    this.#stream.reset(ErrorCode.internal);
  }

  #sendable(headers: HeaderMap): Pair[] {
    return sendable(headers, this.#dropped).map(([name, value]): Pair => [name.toLowerCase(), value]);
  }
}
