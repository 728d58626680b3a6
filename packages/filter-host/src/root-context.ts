import { BufferType } from "./abi/enums.ts";
import { type ByteBuffer, Context } from "./context.ts";
import type { Vm } from "./vm.ts";

/** Bytes that can be read, not changed. */
class Constant implements ByteBuffer {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  slice(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  replace(): boolean {
    return false;
  }
}

/** A plugin's own context in a VM, parent of its streams' contexts. */
export class RootContext extends Context {
  readonly name: string;
  readonly rootId: string;
  readonly #configuration: Uint8Array;
  #configuring = false;
  #created = false;

  constructor(vm: Vm, plugin: { name: string; rootId: string; configuration: Uint8Array }) {
    super(vm, vm.nextContextId());
    vm.contexts.set(this.id, this);
    this.name = plugin.name;
    this.rootId = plugin.rootId;
    this.#configuration = plugin.configuration;
  }

  override get label(): string {
    return this.name;
  }

  override buffer(type: number): ByteBuffer | undefined {
    if (type === BufferType.plugin_configuration && this.#configuring) return new Constant(this.#configuration);
    if (type === BufferType.vm_configuration) return new Constant(this.vm.configuration);
    return undefined;
  }

  /** Creates the context in the module and starts the VM for it; false if the module refuses. */
  start(): boolean {
    if (this.vm.has("proxy_on_context_create")) {
      this.vm.call(this, "proxy_on_context_create", this.id, 0);
      this.#created = true;
    }
    if (!this.vm.has("proxy_on_vm_start")) return this.vm.failure === undefined;
    return Boolean(this.vm.call(this, "proxy_on_vm_start", this.id, this.vm.configuration.length));
  }

  /** Hands over the plugin's configuration; false if the module refuses it. */
  configure(): boolean {
    if (!this.#created) this.vm.call(this, "proxy_on_context_create", this.id, 0);
    this.#created = true;
    if (!this.vm.has("proxy_on_configure")) return this.vm.failure === undefined;
    this.#configuring = true;
    const accepted = this.vm.call(this, "proxy_on_configure", this.id, this.#configuration.length);
    this.#configuring = false;
    return Boolean(accepted);
  }
}
