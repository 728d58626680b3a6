import { type ClientHttp2Session, type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from "node:http2";
import {
  type Broken,
  type Contain,
  containing,
  type GrpcEvents,
  type GrpcHandle,
  type GrpcRequest,
  grpcHeaders,
  grpcStatusOf,
  HeaderMap,
  type LocalReply,
  quietly,
} from "proxy-wasm-host";
import { failureReply, ProtocolError, UpstreamTimeout } from "../proxy/upstream-failure.ts";
import { rawPairs } from "../proxy/wire.ts";
import { GrpcFrames, grpcFrame } from "./grpc-frames.ts";

const INTERNAL = 13;
const UNKNOWN = 2;

/** What Envoy says of a response that came from the service itself. */
const VIA_UPSTREAM = "via_upstream";

/** One gRPC call over HTTP/2 without TLS, as Envoy's client makes it (envoyproxy/envoy, source/common/grpc/async_client_impl.cc). */
export class GrpcStream implements GrpcHandle {
  readonly #events: GrpcEvents;
  readonly #stream: ClientHttp2Stream | undefined;
  readonly #timeout: number;
  readonly #frames = new GrpcFrames();
  #timer: NodeJS.Timeout | undefined;
  #answered = false;
  #sentAt: number | undefined;
  #closed = false;
  readonly #contain: Contain;

  /** @param broken is told of what is thrown where the stream is heard; the call then fails */
  constructor(session: ClientHttp2Session, request: GrpcRequest, events: GrpcEvents, broken: Broken) {
    this.#events = events;
    this.#contain = containing((event, error) => {
      quietly(() => broken(event, error));
      this.#abort(INTERNAL);
      this.reset();
    });
    this.#timeout = request.timeout ?? 0;
    try {
      this.#stream = session.request(requestHeaders(request), { endStream: false });
    } catch (error) {
      this.#stream = undefined;
      const failure = new ProtocolError("the request can't be sent", { cause: error });
      setImmediate(this.#contain("a call's failure", () => this.#fail(failure)));
      return;
    }
    this.#listen(this.#stream);
  }

  #listen(stream: ClientHttp2Stream): void {
    const failed = this.#contain("a call's error", (error: Error) => this.#broken(error));
    const responded = this.#contain("a call's response", (_: unknown, flags: number, raw?: readonly string[]) =>
      this.#respond(raw ?? [], flags),
    );
    const took = this.#contain("a call's data", (chunk: Buffer) => this.#receive(chunk));
    const trailed = this.#contain("a call's trailers", (_: unknown, __: unknown, raw?: readonly string[]) =>
      this.#finish(new HeaderMap("response-trailers", rawPairs(raw ?? []))),
    );
    const closed = this.#contain("a call's close", () => this.#broken(new Error("closed")));
    stream.on("error", failed).on("response", responded).on("data", took).on("trailers", trailed).on("close", closed);
  }

  /** Sends a message, and perhaps that it was the last one. */
  send(message: Buffer, end: boolean): void {
    if (!this.#stream?.writable || this.#closed) return;
    this.#stream.write(grpcFrame(message));
    if (end) this.halfClose();
  }

  /** No message will follow. */
  halfClose(): void {
    if (!this.#stream?.writable) return;
    this.#stream.end();
    this.#sentAt = performance.now();
    const timeout = this.#timeout;
    if (timeout === 0) return;
    const late = this.#contain("a call's time-out", () =>
      this.#fail(new UpstreamTimeout(`no response after ${timeout} ms`)),
    );
    this.#timer = setTimeout(late, timeout);
  }

  /** Gives the call up; nothing is told of it any more. */
  reset(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    // Node says first that nothing more will be sent, which Envoy does not.
    this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  #respond(raw: readonly string[], flags: number): void {
    if (this.#closed) return;
    this.#answered = true;
    const headers = new HeaderMap("response", rawPairs(raw));
    if (this.#sentAt !== undefined) {
      headers.set("x-envoy-upstream-service-time", String(Math.floor(performance.now() - this.#sentAt)));
    }
    this.#head(headers, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
  }

  #head(headers: HeaderMap, end: boolean): void {
    this.#events.initialMetadata(end ? new HeaderMap("response") : headers);
    const status = Number(headers.get(":status"));
    // A response of headers alone: they are the trailing metadata.
    if (end && (status === 200 || headers.has("grpc-status"))) this.#finish(headers);
    else if (status !== 200) this.#abort(grpcStatusOf(status));
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return;
    const messages = this.#frames.read(chunk);
    for (const message of messages ?? []) this.#events.message(message);
    if (!messages) this.#abort(INTERNAL);
  }

  /** The trailing metadata is there, which ends the call. */
  #finish(trailers: HeaderMap, details = VIA_UPSTREAM): void {
    if (this.#closed) return;
    const status = trailers.get("grpc-status");
    const message = trailers.get("grpc-message") ?? "";
    this.reset();
    this.#events.trailingMetadata(trailers);
    const code = status !== undefined && /^\d{1,9}$/.test(status) ? Number(status) : UNKNOWN;
    this.#events.closed(code, message === "" ? details : `${message}{${details}}`);
  }

  /** Ends the call for what the service did. */
  #abort(status: number): void {
    if (this.#closed) return;
    this.reset();
    this.#events.trailingMetadata(new HeaderMap("response-trailers"));
    this.#events.closed(status, VIA_UPSTREAM);
  }

  /** The connection ended, or the stream was reset. */
  #broken(error: Error): void {
    if (this.#answered) this.#abort(INTERNAL);
    else this.#fail(error.cause instanceof Error ? error.cause : error);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    const reply: LocalReply = failureReply(error);
    if (!this.#answered) this.#events.initialMetadata(new HeaderMap("response"));
    this.#finish(grpcHeaders(reply), reply.details);
  }
}

function requestHeaders({ authority, path, metadata, timeout }: GrpcRequest): OutgoingHttpHeaders {
  // Names that all objects have, such as `constructor`, are no headers.
  const headers: Record<string, string | string[]> = Object.assign(Object.create(null), {
    ":method": "POST",
    ":path": path,
    ":scheme": "http",
    ":authority": authority,
    te: "trailers",
    "content-type": "application/grpc",
    ...(timeout !== undefined && { "grpc-timeout": `${timeout}m` }),
  });
  for (const [name, value] of new HeaderMap("request", metadata).pairs()) {
    const before = headers[name];
    headers[name] = before === undefined || name.startsWith(":") ? value : [before, value].flat();
  }
  headers["x-envoy-internal"] = "true";
  if (timeout) headers["x-envoy-expected-rq-timeout-ms"] = String(timeout);
  return headers;
}
