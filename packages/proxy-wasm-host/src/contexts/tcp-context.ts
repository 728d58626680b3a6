import { BufferType, StreamType } from "../abi/enums.ts";
import type { ByteBuffer } from "../http/byte-buffer.ts";
import { CloseType, type TcpFilter, type TcpHandle } from "../streams/tcp-filter.ts";
import { ChildContext } from "./child-context.ts";
import type { RootContext } from "./root-context.ts";

/** A plugin's context of one TCP connection (envoyproxy/envoy, source/extensions/common/wasm/context.cc, onNewConnection and below). */
export class TcpContext extends ChildContext implements TcpFilter {
  readonly #handle: TcpHandle;
  readonly #failOpen: boolean;
  readonly #data: (ByteBuffer | undefined)[] = [];
  #started = false;

  constructor(root: RootContext, handle: TcpHandle, failOpen: boolean) {
    super(root, handle.info);
    this.#handle = handle;
    this.#failOpen = failOpen;
  }

  protected override phaseBuffer(type: number): ByteBuffer | undefined {
    return this.#data[type] ?? this.root.phaseBuffer(type);
  }

  override continueStream(type: number): void {
    if (type === StreamType.downstream) this.vm.defer(() => this.#handle.resume(this));
  }

  override closeStream(type: number): void {
    // Envoy closes the client's connection for either of the two types.
    if (type >= StreamType.downstream) this.vm.defer(() => this.#handle.close());
  }

  newConnection(): boolean {
    this.#started = this.vm.failure === undefined;
    this.vm.call(this, "proxy_on_context_create", this.id, this.root.id);
    return this.#enter("proxy_on_new_connection");
  }

  downstreamData(data: ByteBuffer, end: boolean): boolean {
    return this.#received(BufferType.downstream_data, "proxy_on_downstream_data", data, end);
  }

  upstreamData(data: ByteBuffer, end: boolean): boolean {
    const on = this.#received(BufferType.upstream_data, "proxy_on_upstream_data", data, end);
    if (end && this.#started) this.vm.call(this, "proxy_on_upstream_connection_close", this.id, CloseType.unknown);
    return on;
  }

  closed(type: number): void {
    if (this.#started) {
      this.vm.call(this, "proxy_on_downstream_connection_close", this.id, type);
      this.vm.call(this, "proxy_on_done", this.id);
      this.vm.call(this, "proxy_on_log", this.id);
      this.vm.call(this, "proxy_on_delete", this.id);
    }
    this.vm.contexts.delete(this.id);
    this.root.streamEnds();
  }

  #received(type: number, callback: string, data: ByteBuffer, end: boolean): boolean {
    if (!this.#started) return true;
    this.#data[type] = data;
    const on = this.#enter(callback, data.length, end ? 1 : 0);
    if (on) this.#data[type] = undefined;
    return on;
  }

  /** Calls a callback. If the VM has failed, the connection is closed, unless the plugin fails open. */
  #enter(callback: string, ...values: number[]): boolean {
    const action = this.vm.call(this, callback, this.id, ...values) ?? 0;
    if (this.vm.failure === undefined) return action === 0;
    if (!this.#failOpen) this.#handle.close();
    return this.#failOpen;
  }
}
