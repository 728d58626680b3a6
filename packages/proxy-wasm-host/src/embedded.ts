import { concat } from "./abi/bytes.ts";
import type { Pair } from "./abi/pairs.ts";
import { HeaderMap } from "./http/headers.ts";
import type { Message } from "./http/message.ts";
import { Runtime, type RuntimeOptions } from "./plugins/runtime.ts";
import { Exchange } from "./streams/exchange.ts";
import type { Receiver } from "./streams/filter.ts";
import { noConnection, StreamInfo } from "./streams/stream-info.ts";

/** What came out of the filters. */
export interface Passed {
  /** The request as the upstream gets it; undefined while a filter holds it back, or if it does not get there. */
  readonly atUpstream: Message | undefined;
  /** The response as the client gets it; undefined while a filter holds it back, or if the client gets none. */
  readonly atClient: Message | undefined;
  /** Whether the stream was reset: a filter closed it, or failed after the client got a part of the response. */
  readonly reset: boolean;
}

/** One HTTP stream that passes the filters step by step. */
export interface EmbeddedStream extends Passed {
  /** Sends the client's request, once. */
  request(message: Message): void;
  /** Sends the upstream's response, once. Does nothing if a filter has answered already. */
  respond(message: Message): void;
  /** Ends the stream, complete or not: filters get `proxy_on_log`, `proxy_on_done` and `proxy_on_delete`. */
  end(): void;
}

/** Plugins without a proxy around them. */
export class Embedded extends Runtime {
  /**
   * Opens a stream, to send a request and a response step by step and to see what came out in between. It must be ended.
   *
   * @param progress is told what has come out whole
   */
  openStream(progress?: StreamProgress): EmbeddedStream {
    return new Stream(this, progress);
  }

  /**
   * Passes a whole request and its response through the filters, and ends the stream.
   *
   * @param request the client's request
   * @param response the upstream's response; not sent if a filter answers the request itself
   * @returns what came out, once the client has the whole response or the stream was reset; never resolves if a filter holds
   *   the stream forever
   */
  pass(request: Message, response: Message): Promise<Passed> {
    return new Promise((resolve, reject) => {
      const attempt = (action: () => void) =>
        queueMicrotask(() => {
          try {
            action();
          } catch (error) {
            reject(error);
          }
        });
      const stream = new Stream(this, {
        asked: () => attempt(() => stream.respond(response)),
        done: () =>
          attempt(() => {
            stream.end();
            const { atUpstream, atClient, reset } = stream;
            resolve({ atUpstream, atClient, reset });
          }),
      });
      stream.request(request);
    });
  }
}

/**
 * Loads and configures plugins, to use filters without a proxy: in tests, tools, and hosts that speak HTTP in their own way.
 *
 * @returns the plugins. One that could not be loaded or configured does not throw: it has another `state` than `running`, and a `reason`
 * @throws NoWatchdogError if `callbackTimeout` is given and the platform has no watchdog
 */
export function embed(options: RuntimeOptions): Embedded {
  return new Embedded(options);
}

/** Collects the message that comes out at one end. */
class Received implements Receiver {
  readonly #complete: () => void;
  #message: { headers: readonly Pair[]; body?: Uint8Array; trailers?: readonly Pair[] } | undefined;

  constructor(complete: () => void) {
    this.#complete = complete;
  }

  get message(): Message | undefined {
    return this.#message;
  }

  headers(headers: HeaderMap, end: boolean): void {
    this.#message = { headers: headers.pairs() };
    if (end) this.#complete();
  }

  data(bytes: Uint8Array, end: boolean): boolean {
    if (this.#message && bytes.length > 0) this.#message.body = concat([this.#message.body ?? NOTHING, bytes]);
    if (end) this.#complete();
    return true;
  }

  trailers(trailers: HeaderMap): void {
    if (this.#message) this.#message.trailers = trailers.pairs();
    this.#complete();
  }
}

const NOTHING = new Uint8Array();

/** Is told when the upstream has the whole request, and when the client has the whole response or the stream was reset. */
export interface StreamProgress {
  readonly asked: () => void;
  readonly done: () => void;
}

const UNSEEN: StreamProgress = { asked: () => {}, done: () => {} };

class Stream implements EmbeddedStream {
  readonly #upstream: Received;
  readonly #client: Received;
  readonly #exchange: Exchange;
  #reset = false;

  constructor(runtime: Runtime, { asked, done }: StreamProgress = UNSEEN) {
    this.#upstream = new Received(asked);
    this.#client = new Received(done);
    this.#exchange = new Exchange(runtime.plugins, new StreamInfo(noConnection(), "HTTP/1.1"), {
      upstream: this.#upstream,
      client: this.#client,
      ready: () => {},
      answered: () => {},
      reset: () => {
        this.#reset = true;
        done();
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
    if (!this.#exchange.unanswered) return;
    this.#exchange.respond(new HeaderMap("response", headers), body === undefined && trailers === undefined);
    if (body !== undefined) this.#exchange.response.data(body, false);
    if (trailers !== undefined) this.#exchange.response.trailers(new HeaderMap("response-trailers", trailers));
    else if (body !== undefined) this.#exchange.response.data(NOTHING, true);
  }

  end(): void {
    this.#exchange.end();
  }
}
