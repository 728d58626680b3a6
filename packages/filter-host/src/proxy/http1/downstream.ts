import { STATUS_CODES } from "node:http";
import type { HeaderMap, StreamInfo } from "proxy-wasm-host";
import { isUpgrade } from "../http1-codec/connection-header.ts";
import type { BodyFormat } from "../http1-codec/message-writer.ts";
import type { ServerConnection } from "../http1-codec/server-connection.ts";
import type { Client } from "../open-exchange.ts";
import { HOP_BY_HOP, HOP_BY_HOP_OF_UPGRADE, sendable, sendableTrailers } from "../wire.ts";

/** Status codes for which Envoy has no reason phrase (envoyproxy/envoy, source/common/http/codes.cc), or another one than Node. */
const REASONS: Readonly<Record<number, string>> = { 418: "Unknown", 451: "Unknown", 509: "Unknown" };

const reason = (status: number): string => REASONS[status] ?? STATUS_CODES[status] ?? "Unknown";

const SWITCHING = 101;
const BAD_REQUEST = 400;

/** The client's end of an exchange: writes the response as Envoy's HTTP/1 codec does (envoyproxy/envoy, source/common/http/http1/codec_impl.cc, encodeHeadersBase). */
export class Downstream implements Client {
  readonly #connection: ServerConnection;
  readonly #info: StreamInfo;
  readonly #upgrade: boolean;
  readonly #dropped: (name: string) => void;
  readonly #draining: () => boolean;

  /**
   * @param upgrade whether the request asks for a protocol upgrade
   * @param dropped called with the name of each header that cannot be sent
   * @param draining whether the client may send no more requests
   */
  constructor(
    connection: ServerConnection,
    info: StreamInfo,
    upgrade: boolean,
    dropped: (name: string) => void,
    draining: () => boolean,
  ) {
    this.#connection = connection;
    this.#info = info;
    this.#upgrade = upgrade;
    this.#dropped = dropped;
    this.#draining = draining;
  }

  headers(headers: HeaderMap, end: boolean): void {
    const status = Number(headers.get(":status"));
    const switches = this.#upgrade && status === SWITCHING && isUpgrade(headers);
    if (!headers.has("date")) headers.add("date", new Date().toUTCString());
    headers.set("server", "envoy");
    if (this.#closes(status)) this.closeAfter();
    // In their log callback, filters find the headers that were sent.
    const left = switches ? HOP_BY_HOP_OF_UPGRADE : HOP_BY_HOP;
    for (const [name] of headers.pairs()) if (left.has(name)) headers.remove(name);
    if (!switches && !this.#connection.keepAlive) headers.add("connection", "close");
    const lines = sendable(headers, this.#dropped, HOP_BY_HOP_OF_UPGRADE);
    const format = switches ? "plain" : this.#frame(headers, status, end, lines);
    this.#connection.writer.head(`HTTP/1.1 ${status} ${reason(status)}`, lines, format);
    if (end) this.#finish();
  }

  data(bytes: Buffer, end: boolean): boolean {
    const accepted = this.#connection.writer.data(bytes);
    if (end) {
      this.#connection.writer.end();
      this.#finish();
    }
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    this.#connection.writer.end(sendableTrailers(trailers, this.#dropped));
    this.#finish();
  }

  /** Closes the connection after this response. */
  closeAfter(): void {
    this.#connection.keepAlive = false;
  }

  /** Closes the connection, so that the client sees that the response is incomplete. */
  reset(): void {
    this.#connection.reset();
  }

  #finish(): void {
    this.#connection.finish();
  }

  /** The rest of the request would be read as the next one; and a client that is refused begins anew. */
  #closes(status: number): boolean {
    return (
      this.#draining() ||
      !this.#connection.complete ||
      (status === BAD_REQUEST && this.#info.responseCodeDetails !== "via_upstream")
    );
  }

  /** Adds the header that frames the body. */
  #frame(headers: HeaderMap, status: number, end: boolean, lines: [name: string, value: string][]): BodyFormat {
    const bodiless = status < 200 || status === 204 || status === 304;
    const head = this.#info.method === "HEAD";
    const known = headers.has("content-length");
    if (!known && !bodiless) lines.push(end && !head ? ["content-length", "0"] : ["transfer-encoding", "chunked"]);
    if (head) return "none";
    // A body that a filter gives to a status without one is sent, too.
    return bodiless || known || end ? "plain" : "chunked";
  }
}
