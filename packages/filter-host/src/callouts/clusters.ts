import {
  type Broken,
  type CallRequest,
  type CallResponse,
  type Clusters,
  type GrpcEvents,
  type GrpcRequest,
  type HeaderMap,
  replyHeaders,
} from "proxy-wasm-host";
import type { Dialer } from "../net/dialer.ts";
import { tlsFailure } from "../net/tls-failure.ts";
import { UpstreamConnections } from "../proxy/open-upstream.ts";
import { RetryBudget } from "../proxy/router/back-off.ts";
import { Router } from "../proxy/router/router.ts";
import type { UpstreamEvents } from "../proxy/upstream-end.ts";
import { failureText } from "../proxy/upstream-failure.ts";
import { GrpcStream } from "./grpc-stream.ts";

const NOTHING = Buffer.alloc(0);

/** The services that modules may call, by name, each over HTTP/1 or HTTP/2, with or without TLS. */
export class HttpClusters implements Clusters {
  readonly #urls: ReadonlyMap<string, URL>;
  readonly #broken: Broken;
  readonly #warn: (text: string) => void;
  /** The failures of TLS that were reported, so that each of them is one line of the log. */
  readonly #reported = new Set<string>();
  readonly #connections: UpstreamConnections;
  readonly #budgets = new Map<string, RetryBudget>();

  /**
   * @param dialer opens the connections to the services
   * @param broken called with exceptions of the listeners to a service's answer
   * @param warn called with each mistake in how a service is reached
   */
  constructor(urls: Readonly<Record<string, URL>>, dialer: Dialer, broken: Broken, warn: (text: string) => void) {
    this.#broken = broken;
    this.#warn = warn;
    this.#connections = new UpstreamConnections(dialer, broken);
    this.#urls = new Map(Object.entries(urls));
  }

  /** The URL of a service, or undefined if there is no such service. */
  find(name: string): URL | undefined {
    return this.#urls.get(name);
  }

  /**
   * Sends a request. Like Envoy's client, it answers in place of a service: 503 if the service cannot be reached, 504 if it takes too
   * long (envoyproxy/envoy, source/common/http/async_client_impl.cc).
   *
   * @param done called once, possibly before this returns, with the response, or undefined if it was incomplete
   * @returns cancels the request: `done` is not called then
   */
  send(url: URL, { headers, body, timeout }: CallRequest, done: (response?: CallResponse) => void): () => void {
    const chunks: Buffer[] = [];
    let head: HeaderMap | undefined;
    const finish = (trailers?: HeaderMap) => head && done({ headers: head, body: Buffer.concat(chunks), trailers });
    const open = (events: UpstreamEvents) => this.#connections.open(url, events);
    const upstream = new Router(
      { open, timeout, bufferLimit: Number.POSITIVE_INFINITY, budget: this.#budgetOf(url) },
      {
        headers: (received, end) => {
          head = received;
          if (end) finish();
        },
        data: (bytes, end) => {
          chunks.push(bytes);
          if (end) finish();
          return true;
        },
        trailers: finish,
        failed: (reply, error) => {
          this.#report(url, error);
          if (head) return done();
          const silent = headers.get(":method") === "HEAD";
          done({ headers: replyHeaders(reply), body: silent ? NOTHING : reply.body, trailers: undefined });
        },
        unblocked: () => {},
        broken: (event, error) => {
          this.#broken(event, error);
          done();
        },
      },
    );
    headers.remove("upgrade");
    if (body.length > 0) headers.set("content-length", String(body.length));
    headers.set("x-envoy-internal", "true");
    upstream.headers(headers, body.length === 0);
    if (body.length > 0) upstream.data(body, true);
    return () => upstream.close();
  }

  #budgetOf({ host }: URL): RetryBudget {
    const budget = this.#budgets.get(host) ?? new RetryBudget();
    this.#budgets.set(host, budget);
    return budget;
  }

  /** Starts a gRPC call; calls to one service share a connection. */
  openGrpc(url: URL, request: GrpcRequest, events: GrpcEvents): GrpcStream {
    return new GrpcStream(this.#connections.sessions, url, request, events, this.#broken, (error) =>
      this.#report(url, error),
    );
  }

  /** Closes all connections. */
  close(): void {
    this.#connections.close();
  }

  #report(url: URL, error: Error | undefined): void {
    if (!error || tlsFailure(error) === undefined) return;
    const text = failureText(url, error).replace(/^upstream/, "cluster");
    if (this.#reported.has(text)) return;
    this.#reported.add(text);
    this.#warn(text);
  }
}
