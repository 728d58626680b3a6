import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from "node:http2";
import { containing, HeaderMap, localReply } from "proxy-wasm-host";
import { MAX_HEADERS } from "../http1-codec/header-lines.ts";
import { requestHead } from "../request-head.ts";
import type { UpstreamEnd, UpstreamEvents, UpstreamOptions } from "../upstream-end.ts";
import { failureReply, ProtocolError, StreamReset } from "../upstream-failure.ts";
import { rawPairs, sendable } from "../wire.ts";
import { readHttp2Body } from "./body.ts";
import { http2Headers } from "./headers.ts";

/** The upstream's end of an exchange over HTTP/2; streams to one upstream share a connection. */
export class Http2Upstream implements UpstreamEnd {
  readonly #options: UpstreamOptions;
  readonly #events: UpstreamEvents;
  #session: ClientHttp2Session | undefined;
  #stream: ClientHttp2Stream | undefined;
  #sendTrailers: HeaderMap | undefined;
  #answered = false;
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
    if (headers.has("upgrade")) {
      // Envoy would use an extended CONNECT, which few upstreams accept.
      this.#events.failed(localReply(403, "upgrade_failed"));
      return;
    }
    const session = this.#options.sessions.to(this.#options.upstream);
    this.#session = session;
    const needed = new Map([
      [":method", head.method],
      [":path", head.path],
      [":scheme", headers.get(":scheme") ?? "http"],
      [":authority", head.authority ?? this.#options.upstream.host],
    ]);
    // Envoy's codec keeps the order of pseudo-headers.
    const given = headers.pairs().flatMap(([name]) => (needed.has(name) ? name : []));
    const pseudo = new Map([...given, ...needed.keys()].map((name) => [name, needed.get(name) ?? ""]));
    try {
      this.#stream = session.request(http2Headers([...pseudo, ...head.lines]), {
        endStream: end,
        waitForTrailers: !end,
      });
    } catch (error) {
      this.#fail(new ProtocolError("the request could not be sent", { cause: error }));
      return;
    }
    this.#listen(this.#stream);
  }

  data(bytes: Buffer, end: boolean): boolean {
    if (!this.#stream?.writable || this.#closed) return true;
    const accepted = bytes.length === 0 || this.#stream.write(bytes);
    if (end) this.#stream.end();
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    if (!this.#stream?.writable || this.#closed) return;
    this.#sendTrailers = trailers;
    this.#stream.end();
  }

  resume(): void {
    this.#stream?.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#stream?.closed) this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  #listen(stream: ClientHttp2Stream): void {
    const contain = this.#contain;
    const failed = contain("the upstream's error", (error: Error) =>
      this.#fail(error.cause instanceof Error ? error.cause : this.#reset(error)),
    );
    stream.on("error", failed);
    const connected = contain("the upstream's connection", () => {
      const { session } = stream;
      // The socket of a destroyed session throws.
      if (!session || session.destroyed) return;
      const { localAddress: address = "", localPort: port = 0 } = session.socket;
      this.#events.connected?.({ address, port });
    });
    const drained = contain("the upstream's draining", () => this.#events.unblocked());
    const informed = contain("an interim response", (headers: IncomingHttpHeaders & IncomingHttpStatusHeader) =>
      this.#events.informed?.(headers[":status"] ?? 0),
    );
    const responded = contain("the response's head", (_: unknown, flags: number, raw?: readonly string[]) =>
      this.#respond(raw ?? [], flags),
    );
    const trailing = contain("the request's trailers", () => this.#trail(stream));
    stream
      .on("ready", connected)
      .on("wantTrailers", trailing)
      .on("drain", drained)
      .on("response", responded)
      .on("headers", informed);
    readHttp2Body(stream, "response-trailers", contain, {
      data: (bytes, end) => {
        if (this.#done) return true;
        this.#answered = end;
        return this.#events.data(bytes, end);
      },
      trailers: (trailers) => {
        if (this.#done) return;
        this.#answered = true;
        this.#events.trailers(trailers);
      },
    });
    const closed = contain("the upstream's close", () => this.#fail(this.#reset()));
    stream.on("close", closed);
  }

  #trail(stream: ClientHttp2Stream): void {
    if (this.#closed) return;
    const trailers = http2Headers(sendable(this.#sendTrailers ?? NONE, () => {}));
    try {
      stream.sendTrailers(trailers);
    } catch (error) {
      this.#fail(new ProtocolError("the trailers could not be sent", { cause: error }));
    }
  }

  #respond(raw: readonly string[], flags: number): void {
    if (this.#closed) return;
    if (raw.length / 2 > MAX_HEADERS) {
      this.#fail(new ProtocolError(`more than ${MAX_HEADERS} headers`));
      return;
    }
    const headers = new HeaderMap("response", rawPairs(raw));
    this.#answered = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    this.#events.headers(headers, this.#answered);
  }

  /** Whether the exchange is closed, or its response complete. */
  get #done(): boolean {
    return this.#closed || this.#answered;
  }

  /** Why a stream ended without a complete response: it was reset, or its connection ended. */
  #reset(error?: Error): Error {
    const code = this.#stream?.rstCode ?? 0;
    const session = this.#session;
    // Node cancels the streams of a connection that has ended.
    const ended = !session || session.destroyed || (session.closed && code === constants.NGHTTP2_CANCEL);
    return !ended ? new StreamReset(code, { cause: error }) : (error ?? new Error("the connection ended"));
  }

  #fail(error: Error): void {
    if (this.#done) return;
    this.close();
    this.#events.failed(failureReply(error), error);
  }
}

const NONE = new HeaderMap("request-trailers");
