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
import { setServiceTime, startTimer } from "../proxy/router/time-limits.ts";
import { failureReply, ProtocolError, UpstreamTimeout } from "../proxy/upstream-failure.ts";
import { rawPairs } from "../proxy/wire.ts";
import { GrpcFrames, grpcFrame } from "./grpc-frames.ts";

const INTERNAL = 13;
const UNKNOWN = 2;

/** Envoy's details of a response that comes from the service itself. */
const VIA_UPSTREAM = "via_upstream";

/** One gRPC call over HTTP/2, as Envoy's client makes it (envoyproxy/envoy, source/common/grpc/async_client_impl.cc). */
export class GrpcStream implements GrpcHandle {
  readonly #events: GrpcEvents;
  readonly #stream: ClientHttp2Stream | undefined;
  readonly #frames = new GrpcFrames();
  readonly #timeout: number;
  #timer: NodeJS.Timeout | undefined;
  /** When the last message was sent, in milliseconds of `performance.now()`. */
  #sentAt: number | undefined;
  #answered = false;
  #closed = false;
  readonly #contain: Contain;
  readonly #failed: (error: Error) => void;

  /**
   * @param broken called with exceptions of the listeners to the stream; the call then fails
   * @param failed called with the error of a call that gets no response
   */
  constructor(
    session: ClientHttp2Session,
    request: GrpcRequest,
    events: GrpcEvents,
    broken: Broken,
    failed: (error: Error) => void,
  ) {
    this.#failed = failed;
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
      const failure = new ProtocolError("the request could not be sent", { cause: error });
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
    const received = this.#contain("a call's data", (chunk: Buffer) => this.#receive(chunk));
    const ended = this.#contain("a call's trailers", (_: unknown, __: unknown, raw?: readonly string[]) =>
      this.#finish(new HeaderMap("response-trailers", rawPairs(raw ?? []))),
    );
    const closed = this.#contain("a call's close", () => this.#broken(new Error("closed")));
    stream.on("error", failed).on("response", responded).on("data", received).on("trailers", ended).on("close", closed);
  }

  /** Sends a message, and half-closes the stream if it is the last one. */
  send(message: Buffer, end: boolean): void {
    if (!this.#stream?.writable || this.#closed) return;
    this.#stream.write(grpcFrame(message));
    if (end) this.halfClose();
  }

  /** Ends the messages of this side. */
  halfClose(): void {
    if (!this.#stream?.writable) return;
    this.#stream.end();
    this.#sentAt = performance.now();
    const expired = this.#contain("a call's timeout", () =>
      this.#fail(new UpstreamTimeout(`no complete response after ${this.#timeout} ms`)),
    );
    this.#timer = startTimer(this.#timeout, expired);
  }

  /** Aborts the call; no event follows. */
  reset(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    // Unlike Envoy, Node half-closes the stream first.
    this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  #respond(raw: readonly string[], flags: number): void {
    if (this.#closed) return;
    this.#answered = true;
    const headers = new HeaderMap("response", rawPairs(raw));
    setServiceTime(headers, this.#sentAt);
    this.#head(headers, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
  }

  #head(headers: HeaderMap, end: boolean): void {
    this.#events.initialMetadata(end ? new HeaderMap("response") : headers);
    const status = Number(headers.get(":status"));
    // In a response that is only headers, they are the trailing metadata.
    if (end && (status === 200 || headers.has("grpc-status"))) this.#finish(headers);
    else if (status !== 200) this.#abort(grpcStatusOf(status));
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return;
    const messages = this.#frames.read(chunk);
    for (const message of messages ?? []) this.#events.message(message);
    if (!messages) this.#abort(INTERNAL);
  }

  /** Ends the call with its trailing metadata. */
  #finish(trailers: HeaderMap, details = VIA_UPSTREAM): void {
    if (this.#closed) return;
    const status = trailers.get("grpc-status");
    const message = trailers.get("grpc-message") ?? "";
    this.reset();
    this.#events.trailingMetadata(trailers);
    const code = status !== undefined && /^\d{1,9}$/.test(status) ? Number(status) : UNKNOWN;
    this.#events.closed(code, message === "" ? details : `${message}{${details}}`);
  }

  /** Ends the call after an error of the service. */
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
    this.#failed(error);
    const reply: LocalReply = failureReply(error);
    if (!this.#answered) this.#events.initialMetadata(new HeaderMap("response"));
    this.#finish(grpcHeaders(reply), reply.details);
  }
}

function requestHeaders({ authority, path, metadata, timeout }: GrpcRequest): OutgoingHttpHeaders {
  // Without a prototype, so that `constructor` is not taken for a header that exists.
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
