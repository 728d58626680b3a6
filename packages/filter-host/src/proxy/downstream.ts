import type { IncomingMessage, ServerResponse } from "node:http";
import type { Receiver } from "../direction.ts";
import type { HeaderMap } from "../headers.ts";
import { sendable } from "./wire.ts";

/** The client's end of an exchange: writes the response as Envoy's HTTP/1 codec does. */
export class Downstream implements Receiver {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #dropped: (name: string) => void;

  /** @param dropped is told of each header that can't be sent */
  constructor(request: IncomingMessage, response: ServerResponse, dropped: (name: string) => void) {
    this.#request = request;
    this.#response = response;
    this.#dropped = dropped;
    response.sendDate = false;
    // Without this Node would tell of keeping the connection alive, which Envoy does in silence.
    response.removeHeader("connection");
  }

  headers(headers: HeaderMap, end: boolean): void {
    headers.replace("server", "envoy");
    if (!headers.has("date")) headers.add("date", new Date().toUTCString());
    const status = Number(headers.get(":status"));
    const lines = sendable(headers, this.#dropped);
    if (!headers.has("content-length")) {
      if (end && this.#mayHaveBody(status)) lines.push(["content-length", "0"]);
      else if (status >= 200 && status !== 204 && status !== 304) lines.push(["transfer-encoding", "chunked"]);
    }
    if (!this.#response.shouldKeepAlive) lines.push(["connection", "close"]);
    this.#response.writeHead(status, lines.flat());
    if (end) this.#response.end();
    else this.#response.flushHeaders();
  }

  data(bytes: Buffer, end: boolean): boolean {
    const accepted = bytes.length === 0 || this.#response.write(bytes);
    if (end) this.#response.end();
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    this.#response.addTrailers(sendable(trailers, this.#dropped));
    this.#response.end();
  }

  /** Cuts the connection, so that the client sees that the response is not whole. */
  reset(): void {
    this.#request.socket.destroy();
  }

  #mayHaveBody(status: number): boolean {
    return this.#request.method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
  }
}
