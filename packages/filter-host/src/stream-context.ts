import { BufferType, DataAction, HeaderMapType, HeadersAction } from "./abi/enums.ts";
import { type ByteBuffer, Context } from "./context.ts";
import type { Stage, Verdict } from "./direction.ts";
import type { HeaderMap } from "./headers.ts";
import type { RootContext } from "./root-context.ts";

/** What a filter may ask of the stream it is part of. */
export interface StreamHandle {
  /** Answers the client in the upstream's place. */
  reply(reply: LocalReply): void;
  resume(side: "request" | "response"): void;
}

export interface LocalReply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly details: string;
}

/** One filter's context for one HTTP stream (envoyproxy/envoy, source/extensions/common/wasm/context.cc). */
export class StreamContext extends Context {
  readonly root: RootContext;
  readonly #handle: StreamHandle;
  readonly #failOpen: boolean;
  readonly #maps: (HeaderMap | undefined)[] = [];
  readonly #bodies: (ByteBuffer | undefined)[] = [];
  #started = false;
  #failed = false;

  constructor(root: RootContext, handle: StreamHandle, failOpen: boolean) {
    super(root.vm, root.vm.nextContextId());
    this.root = root;
    this.#handle = handle;
    this.#failOpen = failOpen;
  }

  override get label(): string {
    return this.root.name;
  }

  override map(type: number, _access: "read" | "write"): HeaderMap | undefined {
    return this.#maps[type];
  }

  override buffer(type: number): ByteBuffer | undefined {
    return type <= BufferType.http_response_body ? this.#bodies[type] : this.root.buffer(type);
  }

  readonly request: Stage = {
    headers: (headers, end) => {
      this.#start();
      return this.#headers(HeaderMapType.request_headers, "proxy_on_request_headers", headers, end);
    },
    data: (body, end) => this.#data(BufferType.http_request_body, "proxy_on_request_body", body, end),
    trailers: (trailers) => this.#trailers(HeaderMapType.request_trailers, "proxy_on_request_trailers", trailers),
  };

  readonly response: Stage = {
    headers: (headers, end) => this.#headers(HeaderMapType.response_headers, "proxy_on_response_headers", headers, end),
    data: (body, end) => this.#data(BufferType.http_response_body, "proxy_on_response_body", body, end),
    trailers: (trailers) => this.#trailers(HeaderMapType.response_trailers, "proxy_on_response_trailers", trailers),
  };

  log(): void {
    if (this.#started) this.vm.call(this, "proxy_on_log", this.id);
  }

  end(): void {
    if (!this.#started) return;
    this.vm.call(this, "proxy_on_done", this.id);
    this.vm.call(this, "proxy_on_delete", this.id);
    this.vm.contexts.delete(this.id);
  }

  #start(): void {
    this.#started = true;
    this.vm.contexts.set(this.id, this);
    this.vm.call(this, "proxy_on_context_create", this.id, this.root.id);
  }

  #headers(type: number, callback: string, headers: HeaderMap, end: boolean): Verdict {
    if (!this.#started) return "continue";
    this.#maps[type] = headers;
    const action = this.#enter(callback, headers.size, end ? 1 : 0);
    const goesOn = action === HeadersAction.continue || action === HeadersAction.continue_and_end_stream;
    if (goesOn) this.#maps[type] = undefined;
    if (goesOn) return "continue";
    return action === HeadersAction.stop_all_iteration_and_buffer ? "stop-and-buffer" : "stop-all";
  }

  #data(type: number, callback: string, body: ByteBuffer, end: boolean): Verdict {
    if (!this.#started) return "continue";
    this.#bodies[type] = body;
    const action = this.#enter(callback, body.length, end ? 1 : 0);
    this.#bodies[type] = undefined;
    if (action === DataAction.continue) return "continue";
    if (action === DataAction.stop_iteration_and_buffer) return "stop-and-buffer";
    return action === DataAction.stop_iteration_and_watermark ? "stop-and-watermark" : "stop-no-buffer";
  }

  #trailers(type: number, callback: string, trailers: HeaderMap): Verdict {
    if (!this.#started) return "continue";
    this.#maps[type] = trailers;
    const action = this.#enter(callback, trailers.size);
    if (action === 0) this.#maps[type] = undefined;
    return action === 0 ? "continue" : "stop-and-watermark";
  }

  /** Calls a callback; a dead VM makes the stream fail once, unless the plugin fails open. */
  #enter(callback: string, ...values: number[]): number {
    const alive = this.vm.failure === undefined;
    const action = alive ? (this.vm.call(this, callback, this.id, ...values) ?? 0) : 0;
    if (this.vm.failure === undefined) return action;
    if (!alive && this.#failOpen) return HeadersAction.continue;
    if (!this.#failed) {
      this.#failed = true;
      this.#handle.reply({ status: 503, headers: [], body: Buffer.alloc(0), details: "wasm_fail_stream" });
    }
    return HeadersAction.stop_all_iteration_and_watermark;
  }
}
