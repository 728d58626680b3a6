import type { Socket } from "node:net";
import { containing, HeaderMap, localReply, type Pair } from "proxy-wasm-host";
import { requestHead } from "../request-head.ts";
import type { UpstreamEnd, UpstreamEvents } from "../upstream-end.ts";
import { failureReply, ProtocolError } from "../upstream-failure.ts";
import { sendable, TOKEN, UNSENDABLE_PATH } from "../wire.ts";
import type { ClientStream } from "./client-stream.ts";
import { ErrorCode } from "./frame.ts";
import type { Http2Sessions } from "./sessions.ts";

/** How requests reach an upstream of HTTP/2. */
export interface Http2UpstreamOptions {
  readonly sessions: Http2Sessions;
  readonly upstream: URL;
}

const lowerCase = ([name, value]: Pair): Pair => [name.toLowerCase(), value];

/** The upstream's end of an exchange over HTTP/2; streams to one upstream share a connection. */
export class Http2Upstream implements UpstreamEnd {
  readonly #options: Http2UpstreamOptions;
  readonly #events: UpstreamEvents;
  #stream: ClientStream | undefined;
  /** Whether the exchange is closed, or its response complete. */
  #done = false;
  readonly #contain = containing((event, error) => {
    this.close();
    this.#events.broken(event, error);
  });

  constructor(options: Http2UpstreamOptions, events: UpstreamEvents) {
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
    const { method, path, authority, lines } = head;
    if (!TOKEN.test(method) || method === "CONNECT" || UNSENDABLE_PATH.test(path)) {
      this.#fail(new ProtocolError("the request could not be sent"));
      return;
    }
    const { sessions, upstream } = this.#options;
    const needed = new Map([
      [":method", method],
      [":path", path],
      [":scheme", headers.get(":scheme") ?? "http"],
      [":authority", authority ?? upstream.host],
    ]);
    // Envoy's codec keeps the order of pseudo-headers.
    const given = headers.pairs().flatMap(([name]) => (needed.has(name) ? name : []));
    const pseudo = new Map([...given, ...needed.keys()].map((name) => [name, needed.get(name) ?? ""]));
    this.#stream = this.#send(sessions, [...pseudo, ...lines.map(lowerCase)], end);
  }

  data(bytes: Buffer, end: boolean): boolean {
    return this.#stream?.write(bytes, end) ?? true;
  }

  trailers(trailers: HeaderMap): void {
    this.#stream?.trail(sendable(trailers, () => {}).map(lowerCase));
  }

  resume(): void {
    this.#stream?.resume();
  }

  close(): void {
    if (this.#done) return;
    this.#done = true;
    this.#stream?.reset(ErrorCode.internal);
  }

  #send(sessions: Http2Sessions, pairs: readonly Pair[], end: boolean): ClientStream {
    const contain = this.#contain;
    const connected = contain("the upstream's connection", ({ localAddress = "", localPort = 0 }: Socket) =>
      this.#events.connected?.({ address: localAddress, port: localPort }),
    );
    const data = contain("a body's data", (bytes: Buffer, last: boolean) => {
      if (this.#done) return true;
      this.#done = last;
      return this.#events.data(bytes, last);
    });
    const events = {
      informed: contain("an interim response", (status: number) => {
        if (!this.#done) this.#events.informed?.(status);
      }),
      head: contain("the response's head", (received: readonly Pair[], last: boolean) => {
        if (this.#done) return;
        this.#done = last;
        this.#events.headers(new HeaderMap("response", received), last);
      }),
      data: (bytes: Buffer, last: boolean) => data(bytes, last) !== false,
      trailers: contain("trailers", (received: readonly Pair[]) => {
        if (this.#done) return;
        this.#done = true;
        this.#events.trailers(new HeaderMap("response-trailers", received));
      }),
      drained: contain("the upstream's draining", () => this.#events.unblocked()),
      closed: contain("the upstream's close", (failure?: Error) =>
        this.#fail(failure ?? new Error("the stream ended")),
      ),
    };
    return sessions.to(this.#options.upstream).request(pairs, end, events, connected);
  }

  #fail(error: Error): void {
    if (this.#done) return;
    this.close();
    this.#events.failed(failureReply(error), error);
  }
}
