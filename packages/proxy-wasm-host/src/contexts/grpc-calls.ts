import { HeaderMapType } from "../abi/enums.ts";
import { Status } from "../abi/status.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { GrpcEvents, GrpcHandle } from "../vm/clusters.ts";
import type { Context } from "../vm/context.ts";
import { warnOfCrash } from "../vm/crash-warning.ts";
import type { GrpcCaller, GrpcMethod } from "../vm/root.ts";
import type { Vm } from "../vm/vm.ts";
import { grpcTarget } from "./grpc-service.ts";

/** A call or stream that a module has a token of. */
interface Entry {
  /** Undefined after its end. */
  readonly stream: GrpcHandle | undefined;
  /** Whether the module has closed its sending side. */
  readonly localClosed: boolean;
}

/** gRPC's "unavailable". */
const UNAVAILABLE = 14;

/** The two lowest bits of a token tell the kind: 1 for a call, 2 for a stream. */
const isCall = (token: number): boolean => (token & 3) === 1;
const isStream = (token: number): boolean => (token & 3) === 2;

const GRPC = { grpcCall: "grpc_call", grpcStream: "grpc_stream" } as const;

/** The status for a token that belongs to no call or stream. */
const unknown = (token: number): Status => (isCall(token) || isStream(token) ? Status.NOT_FOUND : Status.BAD_ARGUMENT);

/** The gRPC calls and streams of one root context (envoyproxy/envoy, source/extensions/common/wasm/context.cc, grpcCall and below). */
export class GrpcCalls implements GrpcCaller {
  readonly #root: Context & { readonly vm: Vm };
  readonly #entries = new Map<number, Entry>();
  #initial: HeaderMap | undefined;
  #trailing: HeaderMap | undefined;
  #message: Uint8Array | undefined;

  constructor(root: Context & { readonly vm: Vm }) {
    this.#root = root;
  }

  /** The message whose callback is running. */
  get message(): Uint8Array | undefined {
    return this.#message;
  }

  /** The metadata whose callback is running. */
  map(type: number): HeaderMap | undefined {
    if (type === HeaderMapType.grpc_receive_initial_metadata) return this.#initial;
    return type === HeaderMapType.grpc_receive_trailing_metadata ? this.#trailing : undefined;
  }

  /**
   * Sends one message and waits for one. The module gets the response's message, or the failure.
   *
   * @param timeout milliseconds
   * @returns a token; PARSE_FAILURE for an invalid target; INTERNAL_FAILURE for an unknown cluster, after which
   * `proxy_on_grpc_close` is called too
   */
  call(method: GrpcMethod, message: Uint8Array, timeout: number): { token: number } | Status {
    let answer: Uint8Array | undefined;
    return this.#open(method, "grpcCall", timeout, message, (token) => ({
      initialMetadata: () => {},
      message: (bytes) => {
        answer = bytes;
      },
      trailingMetadata: () => {},
      closed: (status, words) => {
        if (status !== 0) this.#close(token, status, words);
        else if (!answer) this.#close(token, INTERNAL, "");
        else this.#receive(token, answer);
        this.#entries.delete(token);
      },
    }));
  }

  /** Opens a stream; the module gets everything that it receives. @returns as {@link call} */
  stream(method: GrpcMethod): { token: number } | Status {
    return this.#open(method, "grpcStream", undefined, undefined, (token) => ({
      initialMetadata: (metadata) => {
        this.#initial = metadata;
        this.#callback("proxy_on_grpc_receive_initial_metadata", token, metadata.size);
        this.#initial = undefined;
      },
      message: (bytes) => this.#receive(token, bytes),
      trailingMetadata: (metadata) => {
        this.#trailing = metadata;
        this.#callback("proxy_on_grpc_receive_trailing_metadata", token, metadata.size);
        this.#trailing = undefined;
      },
      closed: (status, words) => {
        const entry = this.#entries.get(token);
        if (entry) this.#entries.set(token, { ...entry, stream: undefined });
        this.#close(token, status, words);
        if (this.#entries.get(token)?.localClosed) this.#entries.delete(token);
      },
    }));
  }

  /** @returns OK, even if the stream has ended; NOT_FOUND for an unknown stream; BAD_ARGUMENT for a token of another kind */
  send(token: number, message: Uint8Array, end: boolean): Status {
    if (!isStream(token)) return Status.BAD_ARGUMENT;
    const entry = this.#entries.get(token);
    if (!entry) return Status.NOT_FOUND;
    entry.stream?.send(message, end);
    return Status.OK;
  }

  /** Closes the sending side of a stream, or cancels a call. @returns as {@link cancel} */
  close(token: number): Status {
    const entry = this.#entries.get(token);
    if (!entry) return unknown(token);
    if (isCall(token)) return this.cancel(token);
    this.#entries.set(token, { ...entry, localClosed: true });
    if (entry.stream) entry.stream.halfClose();
    else this.#entries.delete(token);
    return Status.OK;
  }

  /** Cancels a call or a stream: the module gets no more callbacks for it. @returns OK; NOT_FOUND; BAD_ARGUMENT for what cannot be a token */
  cancel(token: number): Status {
    const entry = this.#entries.get(token);
    if (!entry) return unknown(token);
    entry.stream?.reset();
    this.#entries.delete(token);
    return Status.OK;
  }

  /** Cancels all calls and streams. */
  cancelAll(): void {
    for (const token of [...this.#entries.keys()]) this.cancel(token);
  }

  #open(
    { target, service, method, metadata }: GrpcMethod,
    kind: "grpcCall" | "grpcStream",
    timeout: number | undefined,
    message: Uint8Array | undefined,
    events: (token: number) => GrpcEvents,
  ): { token: number } | Status {
    const { vm } = this.#root;
    const found = grpcTarget(target, vm.services.clusters);
    if (!found) return Status.PARSE_FAILURE;
    if (found.empty) warnOfCrash(vm, `proxy_${GRPC[kind]} to an upstream that is read as an empty GrpcService`);
    const token = vm.nextCallToken(kind);
    if (!found.url) {
      vm.defer(() => this.#close(token, UNAVAILABLE, "Cluster not available"));
      return Status.INTERNAL_FAILURE;
    }
    const request = { authority: found.authority, path: `/${service}/${method}`, metadata, timeout };
    const stream = vm.services.clusters.openGrpc(found.url, request, events(token));
    this.#entries.set(token, { stream, localClosed: false });
    if (message) stream.send(message, true);
    return { token };
  }

  #receive(token: number, bytes: Uint8Array): void {
    this.#message = bytes;
    this.#callback("proxy_on_grpc_receive", token, bytes.length);
    this.#message = undefined;
  }

  #close(token: number, status: number, message: string): void {
    this.#root.status = { code: status, message };
    this.#callback("proxy_on_grpc_close", token, status);
    this.#root.status = { code: status, message: "" };
  }

  #callback(name: string, token: number, value: number): void {
    this.#root.vm.call(this.#root, name, this.#root.id, token, value);
  }
}

/** gRPC's "internal": for a call that ended with OK but without a message. */
const INTERNAL = 13;
