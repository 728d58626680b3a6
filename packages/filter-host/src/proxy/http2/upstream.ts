import { type ClientHttp2Stream, constants } from "node:http2";
import { HeaderMap, localReply } from "proxy-wasm-host";
import { MAX_HEADERS } from "../request.ts";
import { requestHead } from "../request-head.ts";
import type { Route, UpstreamEnd, UpstreamEvents } from "../upstream-end.ts";
import { failureReply, ProtocolError, StreamReset, UpstreamTimeout } from "../upstream-failure.ts";
import { rawPairs, sendable } from "../wire.ts";
import { readHttp2Body } from "./body.ts";
import { http2Headers } from "./headers.ts";

/** The upstream's end of an exchange that speaks HTTP/2; streams to one upstream share a connection. */
export class Http2Upstream implements UpstreamEnd {
  readonly #route: Route;
  readonly #events: UpstreamEvents;
  #stream: ClientHttp2Stream | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the whole request was sent. */
  #asked: number | undefined;
  #sendTrailers: HeaderMap | undefined;
  #answered = false;
  #closed = false;

  constructor(route: Route, events: UpstreamEvents) {
    this.#route = route;
    this.#events = events;
  }

  headers(headers: HeaderMap, end: boolean): void {
    const head = requestHead(headers, this.#route.timeout);
    if ("status" in head) {
      this.#events.failed(head);
      return;
    }
    if (headers.has("upgrade")) {
      // Envoy would ask with an extended CONNECT, which few upstreams take.
      this.#events.failed(localReply(403, "upgrade_failed"));
      return;
    }
    const session = this.#route.sessions.to(this.#route.upstream);
    const needed = new Map([
      [":method", head.method],
      [":path", head.path],
      [":scheme", headers.get(":scheme") ?? "http"],
      [":authority", head.authority ?? this.#route.upstream.host],
    ]);
    // In the order in which they came, as Envoy's codec writes them.
    const came = headers.pairs().flatMap(([name]) => (needed.has(name) ? name : []));
    const pseudo = new Map([...came, ...needed.keys()].map((name) => [name, needed.get(name) ?? ""]));
    try {
      this.#stream = session.request(http2Headers([...pseudo, ...head.lines]), {
        endStream: end,
        waitForTrailers: !end,
      });
    } catch (error) {
      this.#fail(new ProtocolError("the request can't be sent", { cause: error }));
      return;
    }
    this.#listen(this.#stream);
    if (end) this.#sent();
  }

  data(bytes: Buffer, end: boolean): boolean {
    if (!this.#stream?.writable || this.#closed) return true;
    const accepted = bytes.length === 0 || this.#stream.write(bytes);
    if (end) this.#finish();
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    if (!this.#stream?.writable || this.#closed) return;
    this.#sendTrailers = trailers;
    this.#finish();
  }

  resume(): void {
    this.#stream?.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    if (!this.#stream?.closed) this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on("ready", () => {
      const { localAddress: address = "", localPort: port = 0 } = stream.session?.socket ?? {};
      this.#events.connected?.({ address, port });
    });
    stream.on("wantTrailers", () => {
      if (!this.#closed) stream.sendTrailers(http2Headers(sendable(this.#sendTrailers ?? NONE, () => {})));
    });
    stream.on("drain", () => this.#events.unblocked());
    stream.on("response", (_, flags, raw) => this.#respond(raw ?? [], flags));
    readHttp2Body(stream, "response-trailers", {
      data: (bytes, end) => {
        if (this.#over) return true;
        this.#complete(end);
        return this.#events.data(bytes, end);
      },
      trailers: (trailers) => {
        if (this.#over) return;
        this.#complete(true);
        this.#events.trailers(trailers);
      },
    });
    stream.on("error", (error) => this.#fail(error.cause instanceof Error ? error.cause : this.#reset(error)));
    stream.on("close", () => this.#fail(this.#reset()));
  }

  #respond(raw: readonly string[], flags: number): void {
    if (this.#closed) return;
    if (raw.length / 2 > MAX_HEADERS) {
      this.#fail(new ProtocolError(`more than ${MAX_HEADERS} headers`));
      return;
    }
    const headers = new HeaderMap("response", rawPairs(raw));
    if (this.#asked !== undefined) {
      headers.set("x-envoy-upstream-service-time", String(Math.floor(performance.now() - this.#asked)));
    }
    this.#complete((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
    this.#events.headers(headers, this.#answered);
  }

  /** Whether nothing more of the response counts. */
  get #over(): boolean {
    return this.#closed || this.#answered;
  }

  #complete(whole: boolean): void {
    this.#answered = whole;
    if (whole) clearTimeout(this.#timer);
  }

  #finish(): void {
    this.#stream?.end();
    this.#sent();
  }

  #sent(): void {
    this.#asked = performance.now();
    const { timeout } = this.#route;
    if (timeout === 0) return;
    this.#timer = setTimeout(() => this.#fail(new UpstreamTimeout(`no whole response after ${timeout} ms`)), timeout);
  }

  /** What ended a stream that has no whole response: its own reset, or its connection's end. */
  #reset(error?: Error): Error {
    const code = this.#stream?.rstCode ?? 0;
    return this.#stream?.session?.destroyed === false || code !== 0
      ? new StreamReset(code, { cause: error })
      : (error ?? new Error("the connection ended"));
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.close();
    this.#events.failed(failureReply(error), error);
  }
}

const NONE = new HeaderMap("request-trailers");
