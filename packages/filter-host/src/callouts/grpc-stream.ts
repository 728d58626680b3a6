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
  type Pair,
  quietly,
} from "proxy-wasm-host";
import { startTimer } from "../net/start-timer.ts";
import type { ClientStream, ClientStreamEvents } from "../proxy/http2/client-stream.ts";
import { ErrorCode } from "../proxy/http2/frame.ts";
import type { Http2Sessions } from "../proxy/http2/sessions.ts";
import { setServiceTime } from "../proxy/router/time-limits.ts";
import { failureReply, ProtocolError, UpstreamTimeout } from "../proxy/upstream-failure.ts";
import { HOP_BY_HOP, isSendable } from "../proxy/wire.ts";
import { GrpcFrames, grpcFrame } from "./grpc-frames.ts";

const NOTHING = Buffer.alloc(0);
const INTERNAL = 13;
const UNKNOWN = 2;

/** Envoy's details of a response that comes from the service itself. */
const VIA_UPSTREAM = "via_upstream";

/** One gRPC call over HTTP/2, as Envoy's client makes it (envoyproxy/envoy, source/common/grpc/async_client_impl.cc). */
export class GrpcStream implements GrpcHandle {
  readonly #events: GrpcEvents;
  #stream: ClientStream | undefined;
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
    sessions: Http2Sessions,
    url: URL,
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
    const head = requestHeaders(request);
    if (!head.every(isSendable) || head.some(([name]) => HOP_BY_HOP.has(name))) {
      const failure = new ProtocolError("the request could not be sent");
      setImmediate(this.#contain("a call's failure", () => this.#fail(failure)));
      return;
    }
    this.#stream = sessions.to(url).request(head, false, this.#listener(), () => {});
  }

  #listener(): ClientStreamEvents {
    const received = this.#contain("a call's data", (bytes: Buffer, end: boolean) => {
      this.#receive(bytes);
      if (end) this.#broken();
    });
    return {
      informed: () => {},
      head: this.#contain("a call's response", (pairs: readonly Pair[], end: boolean) => this.#respond(pairs, end)),
      data: (bytes, end) => {
        received(bytes, end);
        return true;
      },
      trailers: this.#contain("a call's trailers", (pairs: readonly Pair[]) =>
        this.#finish(new HeaderMap("response-trailers", pairs)),
      ),
      drained: () => {},
      closed: this.#contain("a call's close", (failure?: Error) => this.#broken(failure)),
    };
  }

  /** Sends a message, and half-closes the stream if it is the last one. */
  send(message: Buffer, end: boolean): void {
    if (this.#closed) return;
    this.#stream?.write(grpcFrame(message), false);
    if (end) this.halfClose();
  }

  /** Ends the messages of this side. */
  halfClose(): void {
    if (!this.#stream || this.#stream.closed || this.#stream.localEnded) return;
    this.#stream.write(NOTHING, true);
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
    this.#stream?.reset(ErrorCode.internal);
  }

  #respond(pairs: readonly Pair[], end: boolean): void {
    if (this.#closed) return;
    this.#answered = true;
    const headers = new HeaderMap("response", pairs);
    setServiceTime(headers, this.#sentAt);
    this.#head(headers, end);
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
  #broken(error = new Error("closed")): void {
    if (this.#answered) this.#abort(INTERNAL);
    else this.#fail(error);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#failed(error);
    const reply: LocalReply = failureReply(error);
    if (!this.#answered) this.#events.initialMetadata(new HeaderMap("response"));
    this.#finish(grpcHeaders(reply), reply.details);
  }
}

function requestHeaders({ authority, path, metadata, timeout }: GrpcRequest): Pair[] {
  const headers = new HeaderMap("request", [
    [":method", "POST"],
    [":path", path],
    [":scheme", "http"],
    [":authority", authority],
    ["te", "trailers"],
    ["content-type", "application/grpc"],
  ]);
  if (timeout !== undefined) headers.set("grpc-timeout", `${timeout}m`);
  for (const [name, value] of new HeaderMap("request", metadata).pairs()) {
    if (name.startsWith(":")) headers.set(name, value);
    else headers.add(name, value);
  }
  headers.set("x-envoy-internal", "true");
  if (timeout) headers.set("x-envoy-expected-rq-timeout-ms", String(timeout));
  return headers.pairs().map(([name, value]): Pair => [name.toLowerCase(), value]);
}
