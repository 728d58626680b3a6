import { grpcHeaders, isGrpc } from "../http/grpc-reply.ts";
import { headerNumber } from "../http/header-number.ts";
import type { HeaderMap } from "../http/headers.ts";
import { type LocalReply, localReply, replyHeaders } from "../http/local-reply.ts";
import type { Broken } from "../platform/containment.ts";
import type { ChainPlugin } from "./chain.ts";
import { Direction } from "./direction.ts";
import type { Filter, Receiver, StreamHandle } from "./filter.ts";
import { ResponseFlag } from "./response-flags.ts";
import type { StreamInfo } from "./stream-info.ts";

/** How a client has left before it had the whole response, as filters see it. */
export interface Gone {
  readonly flags: number;
  readonly details: string;
}

/** The client has closed the connection. */
const DISCONNECTED: Gone = {
  flags: ResponseFlag.downstream_connection_termination,
  details: "downstream_remote_disconnect",
};

/** The two ends of an exchange. */
export interface Ends {
  readonly upstream: Receiver;
  readonly client: Receiver;
  /** The sender of the request or response was asked to wait and can go on. */
  readonly ready: (side: "request" | "response") => void;
  /** There is a local reply: the upstream's response is no longer needed. */
  readonly answered: () => void;
  /** The message cannot be completed: reset the stream. */
  readonly reset: () => void;
  /** A part of the request or the response moves on. */
  readonly active?: () => void;
  /** Gets exceptions from what filters asked for, and from the end of the stream; without it, the caller gets them. */
  readonly broken?: Broken;
}

/**
 * How many bytes of a body can be held, by the client's protocol: Envoy's defaults of `per_connection_buffer_limit_bytes`, and of
 * HTTP/2's `initial_stream_window_size`, the limit that its codec gives (envoyproxy/envoy, source/common/http/http2/codec_impl.h,
 * StreamImpl::bufferLimit).
 */
export const bufferLimit = ({ protocol }: StreamInfo): number => (protocol === "HTTP/2" ? 16 : 1) * 1024 * 1024;

/** One request and its response on their way through all filters. */
export class Exchange implements StreamHandle {
  /** The request's direction: give body and trailers here. */
  readonly request: Direction;
  /** The response's direction: give body and trailers here. */
  readonly response: Direction;
  readonly info: StreamInfo;
  readonly #filters: Filter[];
  readonly #ends: Ends;
  #responding = false;
  #sent = false;
  /** The client has all of the response. */
  #complete = false;
  /** The stream was reset from this side. */
  #reset = false;
  #ended = false;

  /**
   * @param plugins the chain
   * @param info what is known of the stream
   * @param ends get what comes out
   */
  constructor(plugins: readonly Pick<ChainPlugin, "newStream">[], info: StreamInfo, ends: Ends) {
    this.info = info;
    this.#ends = ends;
    this.#filters = plugins.flatMap((plugin) => plugin.newStream(this) ?? []);
    this.request = this.#direction("request", {
      headers: (headers, end) => {
        completeScheme(headers);
        info.record?.sentUpstream(headers);
        ends.upstream.headers(headers, end);
      },
      data: (bytes, end) => ends.upstream.data(bytes, end),
      trailers: (trailers) => ends.upstream.trailers(trailers),
    });
    this.response = this.#direction("response", {
      headers: (headers, end) => {
        if (!hasStatus(headers)) {
          this.reply(BROKEN_STATUS);
          return;
        }
        this.#sent = true;
        info.responseCode = statusOf(headers);
        this.#complete = end;
        info.record?.sentClient(headers);
        ends.client.headers(headers, end);
      },
      data: (bytes, end) => {
        this.#complete = end;
        info.responseSize += bytes.length;
        return ends.client.data(bytes, end);
      },
      trailers: (trailers) => {
        this.#complete = true;
        info.responseTrailers = trailers;
        ends.client.trailers(trailers);
      },
    });
  }

  /** Whether there is no response yet, neither the upstream's nor a local reply. */
  get unanswered(): boolean {
    return !this.#ended && !this.#responding;
  }

  /** Starts the client's request. @param end whether it ends with its headers */
  ask(headers: HeaderMap, end: boolean): void {
    this.info.requestHeaders = headers;
    this.info.record?.asked(headers);
    this.request.headers(headers, end);
  }

  /** Starts the upstream's response. @param end whether it ends with its headers */
  respond(headers: HeaderMap, end: boolean): void {
    this.#responding = true;
    this.info.responseHeaders = headers;
    this.info.responseCode = statusOf(headers);
    this.info.record?.answered(headers);
    this.info.responseCodeDetails = "via_upstream";
    this.response.headers(headers, end);
  }

  /**
   * Sends a local reply: through the filters, or directly to the client if the response is in the filters already, or as a reset if
   * its headers were sent (envoyproxy/envoy, source/common/http/filter_manager.cc, DownstreamFilterManager::sendLocalReply).
   */
  reply(reply: LocalReply): void {
    this.#try("a local reply", () => this.#reply(reply));
  }

  #reply(reply: LocalReply): void {
    if (this.#ended || this.#complete) return;
    this.request.abort();
    this.#ends.answered();
    this.info.responseCodeDetails = reply.details;
    this.info.responseFlags |= reply.flags ?? 0;
    if (this.#responding) this.response.abort();
    if (this.#sent) {
      this.#reset = true;
      this.#ends.reset();
      return;
    }
    const grpc = isGrpc(this.info.requestHeaders);
    const headers = grpc ? grpcHeaders(reply) : replyHeaders(reply);
    const end = grpc || this.#headRequest || reply.body.length === 0;
    const past = this.#responding;
    if (past && !hasStatus(headers)) {
      this.#reply(BROKEN_STATUS);
      return;
    }
    const way = past ? this.#ends.client : this.response;
    this.#sent ||= past;
    this.#complete ||= past;
    this.#responding = true;
    this.info.responseHeaders = headers;
    // A gRPC client gets the status 200 with the reply's own one in `grpc-status`.
    this.info.responseCode = past ? statusOf(headers) : reply.status;
    this.info.record?.answered(headers);
    if (past && !end) this.info.responseSize = reply.body.length;
    if (past) this.info.record?.sentClient(headers);
    way.headers(headers, end);
    if (!end) way.data(reply.body, true);
  }

  /** The proxy itself has failed: sends 500, or resets the stream if a part of the response was sent. */
  break(): void {
    if (this.#sent) this.reset();
    else this.reply(INTERNAL_ERROR);
  }

  /**
   * The exchange has finished or was aborted: all filters log, then all of them end.
   *
   * @param gone how the client has left, if it has not the whole response
   * @param sent whether the client's end has sent what it was given
   */
  end(gone: Gone = DISCONNECTED, sent = true): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!(this.#complete && sent) && !this.#reset) {
      this.info.responseFlags |= gone.flags;
      this.info.responseCodeDetails = gone.details;
    }
    this.info.complete();
    this.request.abort();
    this.response.abort();
    for (const filter of this.#filters) this.#try("a filter's log", () => filter.log());
    for (const filter of this.#filters) this.#try("a filter's end", () => filter.end());
    this.info.record?.ended(this.info);
  }

  /** Continues after a filter that has stopped. */
  resume(filter: Filter, side: "request" | "response"): void {
    this.#try("a filter's resuming", () => this[side].resume(this.#position(filter, side)));
  }

  /** Adds trailers to a message that has none, in the callback for the end of its body. */
  addTrailers(filter: Filter, side: "request" | "response"): HeaderMap {
    return this[side].addTrailers(this.#position(filter, side));
  }

  /** Resets the stream. */
  reset(): void {
    if (this.#ended) return;
    this.#reset = true;
    this.request.abort();
    this.response.abort();
    this.#try("a reset", () => this.#ends.answered());
    this.#try("a reset", () => this.#ends.reset());
  }

  #try(event: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!this.#ends.broken) throw error;
      this.#ends.broken(event, error);
    }
  }

  /** A filter's position in one direction: responses pass the last filter first. */
  #position(filter: Filter, side: "request" | "response"): number {
    const index = this.#filters.indexOf(filter);
    return side === "request" ? index : this.#filters.length - 1 - index;
  }

  /** Whether the response must have no body. */
  get #headRequest(): boolean {
    return this.info.method === "HEAD";
  }

  #direction(side: "request" | "response", receiver: Receiver): Direction {
    const stages = this.#filters.map((filter) => filter[side]);
    return new Direction(
      side === "request" ? stages : stages.reverse(),
      receiver,
      bufferLimit(this.info),
      `${side}-trailers`,
      {
        ready: () => this.#ends.ready(side),
        active: () => this.#ends.active?.(),
        overflow: () => this.reply(TOO_LARGE[side]),
      },
    );
  }
}

const statusOf = (headers: HeaderMap): number | undefined => headerNumber(headers.get(":status"));

/** Whether there is a status that HTTP allows. */
function hasStatus(headers: HeaderMap): boolean {
  const status = statusOf(headers) ?? 0;
  return status >= 100 && status <= 999;
}

const isScheme = (text: string | undefined): text is string => text === "http" || text === "https";

/** Gives a request that no longer has a valid scheme the one of the client (envoyproxy/envoy, source/common/router/router.cc, FilterUtility::setUpstreamScheme). */
function completeScheme(headers: HeaderMap): void {
  if (isScheme(headers.get(":scheme"))) return;
  const forwarded = headers.get("x-forwarded-proto");
  headers.set(":scheme", isScheme(forwarded) ? forwarded : "http");
}

/** For a response whose status a filter has removed or made invalid. */
const BROKEN_STATUS = localReply(
  502,
  "filter_removed_required_response_headers{missing_required_header:_:status}",
  "missing required header: :status",
);

const INTERNAL_ERROR = localReply(500, "internal_error", "Internal Server Error");

const TOO_LARGE = {
  request: localReply(413, "request_payload_too_large", "Payload Too Large"),
  response: localReply(500, "response_payload_too_large", "Internal Server Error"),
};
