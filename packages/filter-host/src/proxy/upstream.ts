import { type Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Receiver } from "../direction.ts";
import { HeaderMap } from "../headers.ts";
import { type LocalReply, localReply } from "../local-reply.ts";
import { rawPairs, sendable } from "./wire.ts";

/** What comes back from an upstream. */
export interface UpstreamEvents {
  headers(headers: HeaderMap, end: boolean): void;
  data(bytes: Buffer, end: boolean): boolean;
  trailers(trailers: HeaderMap): void;
  /** There is no response, or not all of it; the answer to give if none has begun. */
  failed(reply: LocalReply): void;
  /** The upstream takes more of the request's body again. */
  unblocked(): void;
  dropped(name: string): void;
}

/** Envoy's default route timeout in milliseconds. */
export const TIMEOUT = 15_000;

const BODILESS = new Set(["GET", "HEAD", "CONNECT"]);

/** The upstream's end of an exchange: sends the request as Envoy's router does (envoyproxy/envoy, source/common/router/router.cc). */
export class Upstream implements Receiver {
  readonly #agent: Agent;
  readonly #url: URL;
  readonly #events: UpstreamEvents;
  #out: ClientRequest | undefined;
  #answer: IncomingMessage | undefined;
  #timer: NodeJS.Timeout | undefined;
  #started = 0;
  #closed = false;

  constructor(agent: Agent, url: URL, events: UpstreamEvents) {
    this.#agent = agent;
    this.#url = url;
    this.#events = events;
  }

  headers(headers: HeaderMap, end: boolean): void {
    this.#started = performance.now();
    const method = headers.get(":method");
    const path = headers.get(":path");
    const host = headers.get(":authority");
    const missing = path === undefined ? NO_PATH : NO_METHOD;
    if (path === undefined || method === undefined || host === undefined) {
      this.#events.failed(missing);
      return;
    }
    if (!headers.has("x-envoy-expected-rq-timeout-ms")) headers.add("x-envoy-expected-rq-timeout-ms", String(TIMEOUT));
    const lines = sendable(headers, this.#events.dropped);
    if (!headers.has("content-length")) {
      if (!end) lines.push(["transfer-encoding", "chunked"]);
      else if (!BODILESS.has(method)) lines.push(["content-length", "0"]);
    }
    try {
      this.#out = request({
        agent: this.#agent,
        host: this.#url.hostname.replace(/^\[|\]$/g, ""),
        port: this.#url.port || 80,
        method,
        path,
        headers: ["host", host, ...lines.flat()],
        setHost: false,
        setDefaultHeaders: false,
        maxHeaderSize: 60 * 1024,
      });
    } catch {
      // Node checks method, path and host itself; Envoy finds them out in its codec.
      this.#events.failed(
        localReply(503, "upstream_reset_before_response_started{protocol_error}", "invalid request headers"),
      );
      return;
    }
    this.#out.on("response", (answer) => this.#respond(answer, method));
    this.#out.on("drain", () => this.#events.unblocked());
    this.#out.on("error", (error: NodeJS.ErrnoException) => this.#fail(error));
    if (end) this.#finish();
    else this.#out.flushHeaders();
  }

  data(bytes: Buffer, end: boolean): boolean {
    if (!this.#out || this.#closed) return true;
    const accepted = bytes.length === 0 || this.#out.write(bytes);
    if (end) this.#finish();
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    if (!this.#out || this.#closed) return;
    this.#out.addTrailers(sendable(trailers, this.#events.dropped));
    this.#finish();
  }

  /** The client takes more of the response again. */
  resume(): void {
    this.#answer?.resume();
  }

  /** Ends it, whatever it was doing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    if (!this.#answer?.complete) this.#out?.destroy();
  }

  #finish(): void {
    this.#out?.end();
    this.#timer = setTimeout(() => this.#fail(new UpstreamTimeout()), TIMEOUT);
  }

  #respond(answer: IncomingMessage, method: string): void {
    if (this.#closed) return;
    this.#answer = answer;
    const status = answer.statusCode ?? 0;
    const headers = new HeaderMap([[":status", String(status)], ...rawPairs(answer.rawHeaders)]);
    headers.replace("x-envoy-upstream-service-time", String(Math.floor(performance.now() - this.#started)));
    const chunked = answer.headers["transfer-encoding"] !== undefined;
    const empty = !chunked && answer.headers["content-length"] === "0";
    const end = method === "HEAD" || status === 204 || status === 304 || empty;
    answer.on("error", (error) => this.#fail(error));
    answer.on("data", (chunk: Buffer) => {
      if (!this.#events.data(chunk, false)) answer.pause();
    });
    answer.on("end", () => {
      clearTimeout(this.#timer);
      if (this.#closed || end) return;
      if (answer.rawTrailers.length > 0) this.#events.trailers(new HeaderMap(rawPairs(answer.rawTrailers)));
      else this.#events.data(NOTHING, true);
    });
    this.#events.headers(headers, end);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.close();
    this.#events.failed(failure(error));
  }
}

const NOTHING = Buffer.alloc(0);

const NO_PATH = localReply(404, "route_not_found");
const NO_METHOD = localReply(503, "filter_removed_required_request_headers");

class UpstreamTimeout extends Error {
  override name = "UpstreamTimeout";
}

const PREFIX = "upstream connect error or disconnect/reset before headers. reset reason: ";

/** What Envoy answers when there is no response. */
function failure(error: NodeJS.ErrnoException): LocalReply {
  if (error instanceof UpstreamTimeout) return localReply(504, "response_timeout", "upstream request timeout");
  if (error.code?.startsWith("HPE_")) {
    return localReply(502, "upstream_reset_before_response_started{protocol_error}", `${PREFIX}protocol error`);
  }
  if (error.syscall === "connect" || error.syscall === "getaddrinfo") {
    const reason = `${PREFIX}remote connection failure, transport failure reason: delayed connect error: Connection refused`;
    return localReply(503, "upstream_reset_before_response_started{connection_failure}", reason);
  }
  return localReply(
    503,
    "upstream_reset_before_response_started{connection_termination}",
    `${PREFIX}connection termination`,
  );
}
