import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { HeaderMap } from "proxy-wasm-host";
import type { Client } from "../open-exchange.ts";
import { flushHead, HOP_BY_HOP, sendable, upgradeLines, writeHead } from "../wire.ts";
import type { Tunnel } from "./tunnel.ts";

/** Status codes for which Envoy has no reason phrase (envoyproxy/envoy, source/common/http/codes.cc), or another one than Node. */
const REASONS: Readonly<Record<number, string>> = { 418: "Unknown", 451: "Unknown", 509: "Unknown" };

const reason = (status: number): string => REASONS[status] ?? STATUS_CODES[status] ?? "Unknown";

/** The client's end of an exchange: writes the response as Envoy's HTTP/1 codec does. */
export class Downstream implements Client {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #dropped: (name: string) => void;
  readonly #keepAlive: () => boolean;
  readonly #tunnel: Tunnel | undefined;

  /**
   * @param dropped called with the name of each header that cannot be sent
   * @param keepAlive whether the client may send more requests
   */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    dropped: (name: string) => void,
    keepAlive: () => boolean,
    tunnel: Tunnel | undefined,
  ) {
    this.#tunnel = tunnel;
    this.#request = request;
    this.#response = response;
    this.#dropped = dropped;
    this.#keepAlive = keepAlive;
    response.sendDate = false;
    // Node would otherwise send `connection: keep-alive`, which Envoy does not.
    response.removeHeader("connection");
  }

  headers(headers: HeaderMap, end: boolean): void {
    const status = Number(headers.get(":status"));
    if (!headers.has("date")) headers.add("date", new Date().toUTCString());
    headers.set("server", "envoy");
    const lines = sendable(headers, this.#dropped);
    if (status === 101 && this.#tunnel) {
      this.#tunnel.open([...lines, ...upgradeLines(headers.get("upgrade"))]);
      return;
    }
    // In their log callback, filters find the headers that were sent.
    for (const name of HOP_BY_HOP) headers.remove(name);
    if (!this.#keepAlive()) this.closeAfter();
    if (!this.#response.shouldKeepAlive) {
      lines.push(["connection", "close"]);
      headers.add("connection", "close");
    }
    if (!headers.has("content-length")) {
      if (end && this.#mayHaveBody(status)) lines.push(["content-length", "0"]);
      else if (status >= 200 && status !== 204 && status !== 304) lines.push(["transfer-encoding", "chunked"]);
    }
    writeHead(lines, (seen) => this.#response.writeHead(status, reason(status), seen));
    if (end) this.#response.end();
    else flushHead(this.#response);
  }

  data(bytes: Buffer, end: boolean): boolean {
    if (this.#tunnel?.opened) return this.#tunnel.send(bytes, end);
    const accepted = bytes.length === 0 || this.#response.write(bytes);
    if (end) this.#response.end();
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    this.#response.addTrailers(sendable(trailers, this.#dropped));
    this.#response.end();
  }

  /** Closes the connection after this response. */
  closeAfter(): void {
    this.#response.shouldKeepAlive = false;
  }

  /** Closes the connection, so that the client sees that the response is incomplete. */
  reset(): void {
    // Data that is already written, such as the head, is still sent.
    this.#request.socket.destroySoon();
  }

  #mayHaveBody(status: number): boolean {
    return this.#request.method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
  }
}
