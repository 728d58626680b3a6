import { BufferType } from "./abi/enums.ts";
import { Constant } from "./constant.ts";
import { type ByteBuffer, Context } from "./context.ts";
import { type Property, pluginProperty } from "./properties.ts";
import type { Vm } from "./vm.ts";

/** What a root context is made for. */
export interface RootOptions {
  readonly name: string;
  readonly rootId: string;
  readonly configuration: Uint8Array;
}

/**
 * A plugin's own context in a VM, parent of its streams' contexts. It ends when it is retired and its last stream is gone
 * (proxy-wasm-cpp-host, src/wasm.cc, startShutdown).
 */
export class RootContext extends Context {
  readonly name: string;
  readonly rootId: string;
  readonly #configuration: Uint8Array;
  #configuring = false;
  #created = false;
  #streams = 0;
  #retired = false;
  #waiting = false;
  #period = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(vm: Vm, { name, rootId, configuration }: RootOptions) {
    super(vm, vm.nextContextId());
    this.name = name;
    this.rootId = rootId;
    this.#configuration = configuration;
  }

  override get label(): string {
    return this.name;
  }

  override buffer(type: number): ByteBuffer | undefined {
    switch (type) {
      case BufferType.plugin_configuration:
        return this.#configuring ? new Constant(this.#configuration) : undefined;
      case BufferType.vm_configuration:
        return new Constant(this.vm.configuration);
      case BufferType.http_call_response_body:
        return undefined;
      default:
        // Envoy finds nothing in the other buffers outside their phase, which is no fault.
        return Constant.EMPTY;
    }
  }

  override property(path: readonly string[]): Property {
    return pluginProperty(this, path);
  }

  /** Creates the context in the module and starts the VM for it; false if the module refuses or traps. */
  start(): boolean {
    this.#create();
    if (!this.vm.has("proxy_on_vm_start")) return this.vm.failure === undefined;
    return Boolean(this.vm.call(this, "proxy_on_vm_start", this.id, this.vm.configuration.length));
  }

  /** Hands over the plugin's configuration; false if the module refuses it or traps. */
  configure(): boolean {
    this.#create();
    if (!this.vm.has("proxy_on_configure")) return this.vm.failure === undefined;
    this.#configuring = true;
    const accepted = this.vm.call(this, "proxy_on_configure", this.id, this.#configuration.length);
    this.#configuring = false;
    return Boolean(accepted);
  }

  streamBegins(): void {
    this.#streams++;
  }

  streamEnds(): void {
    this.#streams--;
    this.#shutdownIfUnused();
  }

  /** New streams will not come any more. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#shutdownIfUnused();
  }

  /** Ends the ticks at once, as the whole host ends. */
  stop(): void {
    this.setTickPeriod(0);
  }

  override done(): boolean {
    if (!this.#waiting) return false;
    this.#waiting = false;
    this.vm.defer(() => this.#delete());
    return true;
  }

  override setTickPeriod(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#period = milliseconds;
    this.#timer = undefined;
    if (milliseconds > 0) this.#timer = setTimeout(() => this.#tick(), milliseconds).unref();
  }

  override queueListener(token: () => number): () => void {
    return () => setImmediate(() => this.vm.call(this, "proxy_on_queue_ready", this.id, token())).unref();
  }

  #create(): void {
    if (!this.#created) this.vm.call(this, "proxy_on_context_create", this.id, 0);
    this.#created = true;
  }

  #tick(): void {
    this.#timer = undefined;
    this.vm.call(this, "proxy_on_tick", this.id);
    // The tick may have set another period, and with it another timer.
    if (this.#period > 0 && !this.#timer) this.setTickPeriod(this.#period);
  }

  #shutdownIfUnused(): void {
    if (!this.#retired || this.#streams > 0 || this.#waiting) return;
    const done = this.vm.has("proxy_on_done") ? this.vm.call(this, "proxy_on_done", this.id) : 1;
    if (done === 0) this.#waiting = true;
    else this.#delete();
  }

  #delete(): void {
    this.stop();
    this.vm.call(this, "proxy_on_delete", this.id);
    this.vm.contexts.delete(this.id);
  }
}
