import { Direction, type Receiver } from "./direction.ts";
import { HeaderMap } from "./headers.ts";
import type { Plugin } from "./plugin.ts";
import { type LocalReply, StreamContext } from "./stream-context.ts";

/** The two ends of an exchange. */
export interface Ends {
  readonly upstream: Receiver;
  readonly client: Receiver;
  /** The sender of the request (`request`) or response may go on. */
  readonly ready: (side: "request" | "response") => void;
  /** The answer is made here: whatever the upstream does no longer matters. */
  readonly answered: () => void;
  /** Nothing more can be sent properly: cut the connection. */
  readonly reset: () => void;
}

/** Envoy's default per_connection_buffer_limit_bytes. */
export const BUFFER_LIMIT = 1024 * 1024;

/** One request and its response, led through all filters. */
export class Exchange {
  readonly request: Direction;
  readonly response: Direction;
  readonly #filters: StreamContext[];
  readonly #ends: Ends;
  #responding = false;
  #sent = false;
  #ended = false;

  constructor(plugins: readonly Plugin[], ends: Ends) {
    this.#ends = ends;
    this.#filters = plugins.flatMap((plugin, index) => {
      const root = plugin.rootForStream();
      if (!root) return [];
      const handle = {
        reply: (reply: LocalReply) => this.reply(reply),
        resume: (side: "request" | "response") =>
          side === "request" ? this.request.resume(index) : this.response.resume(this.#filters.length - 1 - index),
      };
      return [new StreamContext(root, handle, plugin.failOpen)];
    });
    const events = (side: "request" | "response") => ({
      ready: () => ends.ready(side),
      overflow: () => this.reply(side === "request" ? PAYLOAD_TOO_LARGE : RESPONSE_TOO_LARGE),
    });
    const client: Receiver = {
      headers: (headers, end) => {
        this.#sent = true;
        ends.client.headers(headers, end);
      },
      data: (bytes, end) => ends.client.data(bytes, end),
      trailers: (trailers) => ends.client.trailers(trailers),
    };
    this.request = new Direction(
      this.#filters.map(({ request }) => request),
      ends.upstream,
      BUFFER_LIMIT,
      events("request"),
    );
    this.response = new Direction(
      this.#filters.map(({ response }) => response).reverse(),
      client,
      BUFFER_LIMIT,
      events("response"),
    );
  }

  /** The upstream's response begins. */
  respond(headers: HeaderMap, end: boolean): void {
    this.#responding = true;
    this.response.headers(headers, end);
  }

  /**
   * Answers in the upstream's place: through the filters, past them if they are at the response already, or by a reset if its head
   * is sent (envoyproxy/envoy, source/common/http/filter_manager.cc, DownstreamFilterManager::sendLocalReply).
   */
  reply(reply: LocalReply): void {
    if (this.#ended) return;
    this.request.abort();
    this.#ends.answered();
    if (this.#sent) {
      this.response.abort();
      this.#ends.reset();
      return;
    }
    const headers = new HeaderMap([[":status", String(reply.status)], ...reply.headers]);
    if (reply.body.length > 0) {
      headers.replace("content-length", String(reply.body.length));
      if (!headers.has("content-type")) headers.add("content-type", "text/plain");
    }
    const end = reply.body.length === 0;
    const direct = this.#responding;
    this.#responding = true;
    if (direct) {
      this.response.abort();
      this.#sent = true;
    }
    const way = direct ? this.#ends.client : this.response;
    way.headers(headers, end);
    if (!end) way.data(reply.body, true);
  }

  /** The exchange is over, well or badly: every filter logs, then each is told and forgotten. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.request.abort();
    this.response.abort();
    for (const filter of this.#filters) filter.log();
    for (const filter of this.#filters) filter.end();
  }
}

const none = Buffer.alloc(0);
const PAYLOAD_TOO_LARGE: LocalReply = {
  status: 413,
  headers: [],
  body: Buffer.from("Payload Too Large"),
  details: "request_payload_too_large",
};
const RESPONSE_TOO_LARGE: LocalReply = { status: 500, headers: [], body: none, details: "response_payload_too_large" };
