import { containing, HeaderMap, type Pair } from "proxy-wasm-host";
import type { ClientConnection } from "../http1-codec/client-connection.ts";
import { CodecError } from "../http1-codec/codec-error.ts";
import { closesConnection, isUpgrade, removeKeepAlive } from "../http1-codec/connection-header.ts";
import type { HeaderLines } from "../http1-codec/header-lines.ts";
import type { Framing } from "../http1-codec/message-reader.ts";
import type { BodyFormat } from "../http1-codec/message-writer.ts";
import type { StatusLine } from "../http1-codec/status-line.ts";
import { requestHead } from "../request-head.ts";
import type { UpstreamEnd, UpstreamEvents, UpstreamOptions } from "../upstream-end.ts";
import { failureReply, ProtocolError } from "../upstream-failure.ts";
import { sendableTrailers, TOKEN, UNSENDABLE_PATH } from "../wire.ts";

/** Methods whose requests need no `content-length: 0`. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "TRACE", "CONNECT"]);

const NOTHING = Buffer.alloc(0);
const SWITCHING = 101;

/** The upstream's end of an exchange: sends the request as Envoy's router does (envoyproxy/envoy, source/common/router/router.cc). */
export class Upstream implements UpstreamEnd {
  readonly #options: UpstreamOptions;
  readonly #events: UpstreamEvents;
  #connection: ClientConnection | undefined;
  #method = "";
  /** Whether the request asks for a protocol upgrade. */
  #upgrade = false;
  /** Whether the whole request has been sent. */
  #sent = false;
  /** Whether the response's head alone is the whole response. */
  #headOnly: HeaderMap | undefined;
  #interim = false;
  #tunnel = false;
  #keepAlive = true;
  /** What the client sends before the upstream has agreed to an upgrade. */
  #early: Buffer[] = [];
  #closed = false;
  readonly #contain = containing((event, error) => {
    this.close();
    this.#events.broken(event, error);
  });

  constructor(options: UpstreamOptions, events: UpstreamEvents) {
    this.#options = options;
    this.#events = events;
  }

  headers(headers: HeaderMap, end: boolean): void {
    const head = requestHead(headers);
    if ("status" in head) {
      this.#events.failed(head);
      return;
    }
    const { method, path, authority, lines } = head;
    if (!TOKEN.test(method) || method === "CONNECT" || UNSENDABLE_PATH.test(path)) {
      this.#fail(new ProtocolError("the request could not be sent"));
      return;
    }
    this.#method = method;
    this.#upgrade = isUpgrade(headers);
    let format: BodyFormat = "plain";
    if (!this.#upgrade && !headers.has("content-length")) {
      if (!end) {
        lines.push(["transfer-encoding", "chunked"]);
        format = "chunked";
      } else if (!BODILESS.has(method)) lines.push(["content-length", "0"]);
    }
    if (authority !== undefined) lines.unshift(["host", authority]);
    const connection = this.#options.pool.take(this.#options.upstream);
    this.#connection = connection;
    this.#listen(connection);
    connection.writer.head(`${method} ${path} HTTP/1.1`, lines, format);
    this.#sent = end;
  }

  data(bytes: Buffer, end: boolean): boolean {
    if (!this.#connection || this.#closed) return true;
    if (this.#upgrade && !this.#tunnel) {
      this.#early.push(bytes);
      return bytes.length === 0;
    }
    const accepted = this.#connection.writer.data(bytes);
    if (end) {
      this.#connection.writer.end();
      this.#sent = true;
    }
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    if (!this.#connection || this.#closed) return;
    this.#connection.writer.end(sendableTrailers(trailers, () => {}));
    this.#sent = true;
  }

  resume(): void {
    this.#connection?.socket.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection?.abort();
  }

  #listen(connection: ClientConnection): void {
    const contain = this.#contain;
    const { socket } = connection;
    connection.begin({
      connected: contain("the upstream's connection", () =>
        this.#events.connected?.({ address: socket.localAddress ?? "", port: socket.localPort ?? 0 }),
      ),
      head: (line, lines) => this.#received(line, lines),
      data: contain("the response's data", (bytes: Buffer) => {
        if (!this.#closed && !this.#events.data(bytes, false) && !this.#closed) socket.pause();
      }),
      end: contain("the response's end", (trailers: readonly Pair[] | undefined) => this.#end(trailers)),
      failed: contain("the upstream's error", (error: Error) =>
        this.#fail(error instanceof CodecError ? new ProtocolError(error.message, { cause: error.cause }) : error),
      ),
      drained: contain("the upstream's draining", () => this.#events.unblocked()),
    });
  }

  /** @throws CodecError if Envoy's codec refuses the response */
  #received(line: StatusLine, lines: HeaderLines): Framing {
    let refused: CodecError | undefined;
    const framing = this.#contain("the response's head", () => {
      try {
        return this.#respond(line, lines);
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
        refused = error;
        return 0;
      }
    })();
    if (refused) throw refused;
    return framing ?? 0;
  }

  #respond({ status, version }: StatusLine, { pairs, chunked, length }: HeaderLines): Framing {
    const headers = new HeaderMap("response", [[":status", String(status)], ...pairs]);
    checkFraming(headers, status, chunked, length);
    this.#interim = status < 200 && status !== SWITCHING;
    if (this.#interim) {
      if (!this.#closed) this.#events.informed?.(status);
      return 0;
    }
    this.#keepAlive = !closesConnection(headers, version === "HTTP/1.1");
    removeKeepAlive(headers);
    this.#tunnel = this.#upgrade && status === SWITCHING && isUpgrade(headers);
    const ignored = this.#upgrade && status >= 200 && status < 400;
    if (ignored) headers.remove("content-length");
    const bodiless = this.#method === "HEAD" || status === 204 || status === 304 || ignored;
    if (bodiless || (length === 0 && status !== SWITCHING)) {
      this.#headOnly = headers;
      return 0;
    }
    this.#answer(headers, false);
    if (status === SWITCHING && !this.#tunnel) return 0;
    return chunked ? "chunked" : (length ?? Number.POSITIVE_INFINITY);
  }

  #answer(headers: HeaderMap, end: boolean): void {
    if (this.#closed) return;
    this.#events.headers(headers, end);
    if (!this.#tunnel || this.#closed) return;
    for (const bytes of this.#early.splice(0)) this.#connection?.writer.data(bytes);
    this.#events.unblocked();
    // Envoy's codec passes on that a tunnel begins.
    this.#events.data(NOTHING, false);
  }

  #end(trailers: readonly Pair[] | undefined): void {
    if (this.#interim || this.#closed) return;
    if (this.#tunnel) {
      this.close();
      this.#events.failed(failureReply(new Error("the tunnel has ended"), { started: true, retried: false }));
      return;
    }
    this.#closed = true;
    // An upstream that answers early does not get the rest of the request.
    this.#connection?.finish(this.#keepAlive && this.#sent);
    this.#connection = undefined;
    const headers = this.#headOnly;
    if (headers) {
      this.#closed = false;
      this.#answer(headers, true);
      this.#closed = true;
    } else if (trailers) this.#events.trailers(new HeaderMap("response-trailers", trailers));
    else this.#events.data(NOTHING, true);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.close();
    this.#events.failed(failureReply(error), error);
  }
}

/** Refuses responses whose body cannot be framed, and removes the content-length of those that have none. */
function checkFraming(headers: HeaderMap, status: number, chunked: boolean, length: number | undefined): void {
  const coded = headers.has("transfer-encoding");
  if (coded && (length !== undefined || !chunked)) throw new CodecError("an unsupported transfer-encoding");
  if (status !== 204 && status >= 200) return;
  if (coded || (length ?? 0) > 0) throw new CodecError(`a response with status ${status} that has a body`);
  headers.remove("content-length");
}
