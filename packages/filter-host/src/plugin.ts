import { RootContext } from "./root-context.ts";
import type { HostServices } from "./services.ts";
import { Vm } from "./vm.ts";
import { compileModule, type WasmModule } from "./wasm-module.ts";

export interface PluginOptions {
  /** Shown in logs and traces. */
  readonly name: string;
  /** The WebAssembly module's bytes. */
  readonly module: Uint8Array;
  /** What the module finds under the property `plugin_root_id`. */
  readonly rootId?: string;
  /** Plugins with the same module, vmId and vmConfiguration share one VM. */
  readonly vmId?: string;
  readonly configuration?: Uint8Array;
  readonly vmConfiguration?: Uint8Array;
  /** After a trap, let requests pass without the filter instead of answering 503. */
  readonly failOpen?: boolean;
}

/** A filter of the chain: its module, its state and the root context that new streams belong to. */
export class Plugin {
  readonly name: string;
  readonly failOpen: boolean;
  readonly #options: PluginOptions;
  readonly #services: HostServices;
  #module: WasmModule | undefined;
  #vm: Vm | undefined;
  #root: RootContext | undefined;
  #error: string | undefined;

  constructor(options: PluginOptions, services: HostServices, vms: Map<string, Vm>) {
    this.name = options.name;
    this.failOpen = options.failOpen ?? false;
    this.#options = options;
    this.#services = services;
    try {
      this.#module = compileModule(options.module);
      this.#root = this.#load(options.configuration ?? new Uint8Array(), vms);
    } catch (error) {
      this.#refuse((error as Error).message);
    }
  }

  get state(): "running" | "refused" | "failed" {
    if (!this.#root) return "refused";
    return this.#vm?.failure === undefined ? "running" : "failed";
  }

  get error(): string | undefined {
    return this.#vm?.failure ?? this.#error;
  }

  get memoryPages(): number {
    return this.#vm?.memory.pages ?? 0;
  }

  /** The root of a new stream's context; undefined if the filter is to be passed by. */
  rootForStream(): RootContext | undefined {
    if (this.#vm?.failure !== undefined && this.failOpen) return undefined;
    return this.#root;
  }

  /** Configures anew; false if the module refuses, and all stays as it was. */
  reconfigure(configuration: Uint8Array): boolean {
    if (!this.#vm || this.#vm.failure !== undefined) return false;
    const canary = this.#start(this.#newVm(), configuration);
    if (!canary) return false;
    const root = this.#start(this.#vm, configuration);
    if (root) this.#root = root;
    return root !== undefined;
  }

  #load(configuration: Uint8Array, vms: Map<string, Vm>): RootContext | undefined {
    if (!this.#start(this.#newVm(), configuration)) {
      this.#refuse("configuration refused");
      return undefined;
    }
    const { vmId = "", vmConfiguration = new Uint8Array(), module } = this.#options;
    const key = [vmId, Buffer.from(vmConfiguration).toString("latin1"), Buffer.from(module).toString("latin1")].join(
      "\0",
    );
    const vm = vms.get(key) ?? this.#newVm();
    vms.set(key, vm);
    this.#vm = vm;
    return this.#start(vm, configuration);
  }

  #newVm(): Vm {
    const { vmId: id = "", vmConfiguration: configuration = new Uint8Array() } = this.#options;
    const vm = new Vm(this.#module as WasmModule, this.#services, { label: this.name, id, configuration });
    vm.initialize();
    return vm;
  }

  #start(vm: Vm, configuration: Uint8Array): RootContext | undefined {
    const root = new RootContext(vm, { name: this.name, rootId: this.#options.rootId ?? "", configuration });
    return root.start() && root.configure() ? root : undefined;
  }

  #refuse(reason: string): void {
    this.#error = reason;
    this.#services.log({ level: "error", plugin: this.name, message: reason, source: "host" });
  }
}
