import { HeaderMapType } from "../abi/enums.ts";
import type { Pair } from "../abi/pairs.ts";
import { Status } from "../abi/status.ts";
import { HeaderMap } from "../http/headers.ts";
import type { CallResponse } from "../vm/clusters.ts";
import type { Context } from "../vm/context.ts";
import type { HttpCaller } from "../vm/root.ts";
import type { Vm } from "../vm/vm.ts";

/** The HTTP call-outs of one root context (envoyproxy/envoy, source/extensions/common/wasm/context.cc, httpCall and below). */
export class HttpCalls implements HttpCaller {
  readonly #root: Context & { readonly vm: Vm };
  /** By token: cancels a call that waits for its response. */
  readonly #pending = new Map<number, () => void>();
  #response: CallResponse | undefined;

  constructor(root: Context & { readonly vm: Vm }) {
    this.#root = root;
  }

  /** The body of the response whose callback is running. */
  get body(): Uint8Array | undefined {
    return this.#response?.body;
  }

  /** The headers or trailers of the response whose callback is running. */
  map(type: number): HeaderMap | undefined {
    if (type === HeaderMapType.http_call_response_headers) return this.#response?.headers;
    return type === HeaderMapType.http_call_response_trailers ? this.#response?.trailers : undefined;
  }

  /**
   * Sends a request. Its callback comes after the running callback has returned, at the earliest.
   *
   * @param timeout milliseconds; 0 for no limit
   * @returns the token that the callback gets; undefined for an unknown cluster, a negative time-out, or headers without
   * `:method`, `:path` or `:authority`
   */
  start(cluster: string, pairs: readonly Pair[], body: Uint8Array, timeout: number): number | undefined {
    const { vm } = this.#root;
    const url = vm.services.clusters.find(cluster);
    const headers = new HeaderMap("request", pairs);
    if (!url || timeout < 0 || ![":method", ":path", ":authority"].every((name) => headers.has(name))) return undefined;
    const token = vm.nextCallToken("http");
    this.#pending.set(token, () => {});
    const cancel = vm.services.clusters.send(url, { headers, body, timeout }, (response) =>
      vm.defer(() => this.#answered(token, response)),
    );
    if (this.#pending.has(token)) this.#pending.set(token, cancel);
    return token;
  }

  /** Cancels all that wait for a response. */
  cancel(): void {
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  #answered(token: number, response: CallResponse | undefined): void {
    if (!this.#pending.delete(token)) return;
    this.#response = response;
    // As in Envoy, the code outlives the callback and the message does not.
    if (!response) this.#root.status = { code: Status.BROKEN_CONNECTION, message: "reset" };
    const sizes = [response?.headers.size ?? 0, response?.body.length ?? 0, response?.trailers?.size ?? 0];
    this.#root.vm.call(this.#root, "proxy_on_http_call_response", this.#root.id, token, ...sizes);
    this.#response = undefined;
    this.#root.status = { ...this.#root.status, message: "" };
  }
}
