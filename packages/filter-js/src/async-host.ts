import type { GrpcMethod, HttpRequest } from "./call-outs.ts";
import type { Header, Host } from "./host.ts";
import type { Status } from "./status.ts";

/** What an HTTP call-out was answered, or why there is no answer. */
export type HttpAnswer =
  | {
      readonly failure?: undefined;
      /** A cluster that cannot be reached answers with 503, one that takes too long with 504. */
      readonly status: number;
      /** With the pseudo-headers. */
      readonly headers: readonly Header[];
      readonly body: Uint8Array;
      readonly trailers: readonly Header[];
    }
  | {
      /** `BAD_ARGUMENT` for an unknown cluster, `INTERNAL_FAILURE` if the request cannot be sent, `NO_ANSWER` if the answer is cut off. */
      readonly failure: string;
      readonly status?: undefined;
    };

/** How a gRPC call or stream has ended without a message. */
export interface GrpcEnd {
  /** `GRPC` if gRPC's status says why; else a status of the host: `PARSE_FAILURE` for an upstream that is no GrpcService. */
  readonly failure: string | undefined;
  /** gRPC's status code: 4 if the time is up, 14 if the upstream can't be reached. */
  readonly code?: number;
  readonly text?: string;
}

/** What a gRPC call was answered, or why there is no answer. */
export type GrpcAnswer =
  | { readonly failure?: undefined; readonly message: Uint8Array }
  | (GrpcEnd & { readonly failure: string; readonly message?: undefined });

/** A gRPC stream: `for await` gives the messages until the other side has ended it. Leaving the loop cancels it. */
export interface GrpcMessages extends AsyncIterable<Uint8Array> {
  /** How it has ended: `failure` is undefined for gRPC's status 0. Not settled if it is cancelled. */
  readonly end: Promise<GrpcEnd>;
  /** Sends a serialised message. @param isLast whether the filter's side ends with it @returns NotFound if the stream has ended */
  send(message: Uint8Array, isLast?: boolean): Status;
  /** Ends the filter's side. */
  close(): Status;
  /** Gives the stream up. */
  cancel(): Status;
}

/** The host with call-outs for `await`. The build adds those that a filter names; they are not in filters without. */
export interface AsyncHost extends Host {
  /**
   * Sends an HTTP request of the filter's own. A stream that ends gives up its calls: what other streams wait for too is asked for in
   * {@link onPlugin}.
   *
   * @param cluster the upstream's name in the proxy's configuration
   * @returns the answer, or the failure as a value
   */
  httpCall(cluster: string, request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Calls a gRPC method.
   *
   * @param message the serialised request
   * @param timeout milliseconds until it fails; by default there is no limit
   * @returns the serialised reply, or the failure as a value
   */
  grpcCall(method: GrpcMethod, message: Uint8Array, timeout?: number): Promise<GrpcAnswer>;
  /** Opens a gRPC stream. If it can't be opened, it has no messages, and `end` says why. */
  grpcStream(method: GrpcMethod): GrpcMessages;
  /**
   * Does work for the whole plugin: its call-outs and what waits in it outlive the stream that asks for it. Streams may wait for its promise,
   * each of them goes on as itself.
   *
   * @param work must not use the stream: it acts on the plugin's root context
   * @returns what it returns
   */
  onPlugin<T>(work: () => T): T;
}
