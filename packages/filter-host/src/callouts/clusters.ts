import { Agent } from "node:http";
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
import { Http2Sessions } from "../proxy/http2/sessions.ts";
import { openUpstream } from "../proxy/open-upstream.ts";
import { GrpcStream } from "./grpc-stream.ts";

const NOTHING = Buffer.alloc(0);

/** The services that modules may call, by name, each over HTTP/1 or HTTP/2 without TLS. */
export class HttpClusters implements Clusters {
  readonly #urls: ReadonlyMap<string, URL>;
  readonly #broken: Broken;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #sessions = new Http2Sessions();

  /** @param broken called with exceptions of the listeners to a service's answer */
  constructor(urls: Readonly<Record<string, URL>>, broken: Broken) {
    this.#broken = broken;
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
    const upstream = openUpstream(
      { agent: this.#agent, sessions: this.#sessions, upstream: url, timeout },
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
        failed: (reply) => {
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

  /** Starts a gRPC call; calls to one service share a connection. */
  openGrpc(url: URL, request: GrpcRequest, events: GrpcEvents): GrpcStream {
    return new GrpcStream(this.#sessions.to(url), request, events, this.#broken);
  }

  /** Closes all connections. */
  close(): void {
    this.#agent.destroy();
    this.#sessions.close();
  }
}
