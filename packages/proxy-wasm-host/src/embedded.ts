import { concat } from "./abi/bytes.ts";
import type { Pair } from "./abi/pairs.ts";
import { HeaderMap } from "./http/headers.ts";
import { Runtime, type RuntimeOptions } from "./plugins/runtime.ts";
import { Exchange } from "./streams/exchange.ts";
import type { Receiver } from "./streams/filter.ts";
import { noConnection, StreamInfo } from "./streams/stream-info.ts";

/** A request or a response; strings hold one byte per character. */
export interface Message {
  /** Pseudo-headers (`:method`, `:path`, `:status`) among them. */
  readonly headers: readonly Pair[];
  readonly body?: Uint8Array | undefined;
  readonly trailers?: readonly Pair[] | undefined;
}

/** One stream through the filters without any HTTP around it. */
export interface EmbeddedStream {
  /** Sends the client's request. */
  request(message: Message): void;
  /** Sends the upstream's response. */
  respond(message: Message): void;
  /** What came out at the upstream's side; undefined while a filter holds it back or if it never comes there. */
  readonly atUpstream: Message | undefined;
  /** What came out at the client's side. */
  readonly atClient: Message | undefined;
  /** Whether a filter had the stream cut off. */
  readonly reset: boolean;
  /** Ends the stream, finished or not: filters see `proxy_on_log`, `proxy_on_done` and `proxy_on_delete`. */
  end(): void;
}

/** Filters without a proxy around them. */
export class Embedded extends Runtime {
  openStream(): EmbeddedStream {
    return new Stream(this);
  }
}

/**
 * Loads and configures filters for use without HTTP: for soaks of a million streams, and for looking at single calls.
 *
 * @returns what `startHost` gives less the network; a module or configuration that is refused shows in `plugins`
 */
export function embed(options: RuntimeOptions): Embedded {
  return new Embedded(options);
}

/** Keeps what comes out at one end. */
class Received implements Receiver {
  #message: { headers: readonly Pair[]; body?: Uint8Array; trailers?: readonly Pair[] } | undefined;

  get message(): Message | undefined {
    return this.#message;
  }

  headers(headers: HeaderMap): void {
    this.#message = { headers: headers.pairs() };
  }

  data(bytes: Uint8Array): boolean {
    if (this.#message && bytes.length > 0) this.#message.body = concat([this.#message.body ?? NOTHING, bytes]);
    return true;
  }

  trailers(trailers: HeaderMap): void {
    if (this.#message) this.#message.trailers = trailers.pairs();
  }
}

const NOTHING = new Uint8Array();

class Stream implements EmbeddedStream {
  readonly #upstream = new Received();
  readonly #client = new Received();
  readonly #exchange: Exchange;
  #reset = false;

  constructor(runtime: Runtime) {
    this.#exchange = new Exchange(runtime.plugins, new StreamInfo(noConnection(), "HTTP/1.1"), {
      upstream: this.#upstream,
      client: this.#client,
      ready: () => {},
      answered: () => {},
      reset: () => {
        this.#reset = true;
      },
    });
  }

  get atUpstream(): Message | undefined {
    return this.#upstream.message;
  }

  get atClient(): Message | undefined {
    return this.#client.message;
  }

  get reset(): boolean {
    return this.#reset;
  }

  request({ headers, body, trailers }: Message): void {
    this.#exchange.ask(new HeaderMap("request", headers), body === undefined && trailers === undefined);
    if (body !== undefined) this.#exchange.request.data(body, false);
    if (trailers !== undefined) this.#exchange.request.trailers(new HeaderMap("request-trailers", trailers));
    else if (body !== undefined) this.#exchange.request.data(NOTHING, true);
  }

  respond({ headers, body, trailers }: Message): void {
    this.#exchange.respond(new HeaderMap("response", headers), body === undefined && trailers === undefined);
    if (body !== undefined) this.#exchange.response.data(body, false);
    if (trailers !== undefined) this.#exchange.response.trailers(new HeaderMap("response-trailers", trailers));
    else if (body !== undefined) this.#exchange.response.data(NOTHING, true);
  }

  end(): void {
    this.#exchange.end();
  }
}
