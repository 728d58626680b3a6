import { BufferType, DataAction, HeaderMapType, HeadersAction, StreamType } from "../abi/enums.ts";
import type { ByteBuffer } from "../http/byte-buffer.ts";
import { Constant } from "../http/constant.ts";
import type { HeaderMap } from "../http/headers.ts";
import { type LocalReply, localReply } from "../http/local-reply.ts";
import type { Filter, Stage, StreamHandle, Verdict } from "../streams/filter.ts";
import { ChildContext } from "./child-context.ts";
import type { RootContext } from "./root-context.ts";

/** A plugin's context of one HTTP stream (envoyproxy/envoy, source/extensions/common/wasm/context.cc). */
export class StreamContext extends ChildContext implements Filter {
  readonly #handle: StreamHandle;
  readonly #failOpen: boolean;
  readonly #maps: (HeaderMap | undefined)[] = [];
  readonly #bodies: (ByteBuffer | undefined)[] = [];
  #created = false;
  #logging = false;
  /** Whether the last callback was for the end of a message. */
  #endOfStream = false;
  /** Whether the stream got 503 because the VM has failed. */
  #failed = false;
  /** Whether the running callback has answered the client: the stream stops then, whatever the callback returns. */
  #replied = false;

  constructor(root: RootContext, handle: StreamHandle, failOpen: boolean) {
    super(root, handle.info);
    this.#handle = handle;
    this.#failOpen = failOpen;
  }

  override map(type: number, access: "read" | "write"): HeaderMap | undefined {
    if (type >= HeaderMapType.grpc_receive_initial_metadata) return this.root.map(type, access);
    if (!this.#logging) return access === "read" ? this.#maps[type] : (this.#maps[type] ?? this.#addTrailers(type));
    if (access === "write") return undefined;
    const { requestHeaders, responseHeaders, responseTrailers } = this.#handle.info;
    if (type === HeaderMapType.request_headers) return requestHeaders;
    if (type === HeaderMapType.response_headers) return responseHeaders;
    return type === HeaderMapType.response_trailers ? responseTrailers : undefined;
  }

  override get logging(): boolean {
    return this.#logging;
  }

  protected override phaseBuffer(type: number): ByteBuffer | undefined {
    return this.#bodies[type] ?? this.root.phaseBuffer(type);
  }

  override sendLocalResponse(reply: LocalReply): void {
    this.#replied = true;
    this.vm.defer(() => {
      // A later one isn't sent, but its details replace those of the first.
      this.#handle.info.responseCodeDetails = reply.details;
      this.#handle.reply(reply);
    });
  }

  override continueStream(type: number): void {
    if (type > StreamType.response) return;
    this.vm.defer(() => this.#handle.resume(this, type === StreamType.request ? "request" : "response"));
    this.#maps[HeaderMapType.request_headers] = this.#maps[HeaderMapType.request_trailers] = undefined;
    this.#bodies[BufferType.http_request_body] = undefined;
  }

  override closeStream(type: number): void {
    if (type > StreamType.response) return;
    this.#handle.info.responseCodeDetails ??= "wasm_close_stream";
    this.vm.defer(() => this.#handle.reset());
  }

  readonly request: Stage = {
    headers: (headers, end) => {
      this.#create();
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
    // If the stream ended before it reached this filter, Envoy creates the context only for the log.
    if (!this.#created) this.#create();
    this.#logging = true;
    this.vm.call(this, "proxy_on_log", this.id);
    this.#logging = false;
  }

  end(): void {
    this.#maps.length = 0;
    this.#bodies.length = 0;
    if (this.#created) {
      this.vm.call(this, "proxy_on_done", this.id);
      this.vm.call(this, "proxy_on_delete", this.id);
    }
    this.vm.contexts.delete(this.id);
    this.root.streamEnds();
  }

  /** Writing to missing trailers creates them, in the callback for the end of the body. */
  #addTrailers(type: number): HeaderMap | undefined {
    const side = type === HeaderMapType.request_trailers ? "request" : "response";
    const body = side === "request" ? BufferType.http_request_body : BufferType.http_response_body;
    const wanted = type === HeaderMapType.request_trailers || type === HeaderMapType.response_trailers;
    if (!wanted || !this.#bodies[body] || !this.#endOfStream) return undefined;
    this.#maps[type] = this.#handle.addTrailers(this, side);
    return this.#maps[type];
  }

  #create(): void {
    this.#created = true;
    this.vm.call(this, "proxy_on_context_create", this.id, this.root.id);
  }

  #headers(type: number, callback: string, headers: HeaderMap, end: boolean): Verdict {
    this.#maps[type] = headers;
    this.#endOfStream = end;
    const side = type === HeaderMapType.request_headers ? "request" : "response";
    const action = this.#enter(side, callback, headers.size, end ? 1 : 0);
    if (action === HeadersAction.continue || action === HeadersAction.continue_and_end_stream) {
      this.#maps[type] = undefined;
      return "continue";
    }
    return action === HeadersAction.stop_all_iteration_and_buffer ? "stop-and-buffer" : "stop-and-watermark";
  }

  #data(type: number, callback: string, body: ByteBuffer, end: boolean): Verdict {
    this.#bodies[type] = body;
    this.lastBuffer = body;
    this.#endOfStream = end;
    const side = type === BufferType.http_request_body ? "request" : "response";
    const action = this.#enter(side, callback, body.length, end ? 1 : 0);
    this.lastBuffer = Constant.EMPTY;
    if (action === DataAction.continue) {
      this.#bodies[type] = undefined;
      return "continue";
    }
    if (action === DataAction.stop_iteration_and_buffer) return "stop-and-buffer";
    return action === DataAction.stop_iteration_and_watermark ? "stop-and-watermark" : "stop-no-buffer";
  }

  #trailers(type: number, callback: string, trailers: HeaderMap): Verdict {
    this.#maps[type] = trailers;
    const side = type === HeaderMapType.request_trailers ? "request" : "response";
    if (this.#enter(side, callback, trailers.size) !== 0) return "stop-and-watermark";
    this.#maps[type] = undefined;
    return "continue";
  }

  /**
   * Calls a callback. If the VM has failed, in this callback or before it, the stream gets 503, unless the plugin fails open: the
   * message goes on then. Both come before what the callback has deferred (proxy-wasm-cpp-host, src/context.cc, CHECK_FAIL_HTTP).
   */
  #enter(side: "request" | "response", callback: string, ...values: number[]): number {
    if (!this.#created || (side === "response" && this.#failed)) return HeadersAction.continue;
    this.#replied = false;
    return this.vm.callThen(this, callback, [this.id, ...values], (action = 0) => {
      if (this.vm.failure === undefined) return this.#replied ? STOP : action;
      if (this.#failOpen) return HeadersAction.continue;
      if (!this.#failed) {
        this.#failed = true;
        this.#handle.reply(localReply(503, "wasm_fail_stream"));
      }
      return STOP;
    });
  }
}

const STOP = HeadersAction.stop_all_iteration_and_watermark;
