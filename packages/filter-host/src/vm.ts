import { Status } from "./abi/status.ts";
import { Context } from "./context.ts";
import { link } from "./link.ts";
import { Memory } from "./memory.ts";
import { VmMetrics } from "./metrics.ts";
import type { HostServices } from "./services.ts";
import type { WasmModule } from "./wasm-module.ts";

type Callback = (...values: number[]) => number | undefined;

/** One instance of a module with its memory and contexts. A trap ends it for good. */
export class Vm {
  readonly module: WasmModule;
  readonly services: HostServices;
  readonly label: string;
  readonly id: string;
  readonly configuration: Uint8Array;
  readonly contexts = new Map<number, Context>();
  readonly memory: Memory;
  readonly metrics: VmMetrics;
  readonly #exports: Record<string, unknown>;
  readonly #root: Context;
  readonly #deferred: (() => void)[] = [];
  #nextId = 1;
  #current: Context;
  #effective: Context | undefined;
  #depth = 0;
  #failure: string | undefined;

  /** @throws WebAssembly.LinkError, or whatever the module's start function throws */
  constructor(
    module: WasmModule,
    services: HostServices,
    options: { label: string; id: string; configuration: Uint8Array },
  ) {
    this.module = module;
    this.services = services;
    this.label = options.label;
    this.id = options.id;
    this.configuration = options.configuration;
    this.metrics = new VmMetrics(services.metrics);
    this.#root = new Context(this, 0);
    this.#current = this.#root;
    this.contexts.set(0, this.#root);
    const instance = new WebAssembly.Instance(module.compiled, link(this));
    this.#exports = instance.exports;
    this.memory = new Memory(instance.exports.memory as WebAssembly.Memory);
  }

  /** Why the VM is dead, or undefined while it lives. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The context that host functions act on: the one running, or the one that the module has put in its place. */
  get context(): Context {
    return this.#effective ?? this.#current;
  }

  /** Runs the module's own start: `_initialize` (then `main`), or `_start` (proxy-wasm-cpp-host, src/wasm.cc, startVm). */
  initialize(): void {
    if (this.has("_initialize")) {
      this.call(this.#root, "_initialize");
      this.call(this.#root, "main", 0, 0);
    } else {
      this.call(this.#root, "_start");
    }
  }

  nextContextId(): number {
    return this.#nextId++;
  }

  has(name: string): boolean {
    return name in this.#exports;
  }

  /** Makes later host calls of this callback act on another context; false if there is none of that id. */
  setEffectiveContext(id: number): boolean {
    const context = this.contexts.get(id >>> 0);
    if (!context) return false;
    this.#effective = id === 0 ? undefined : context;
    return true;
  }

  /** Runs something once the outermost callback has returned, as Envoy's DeferAfterCallActions does. */
  defer(action: () => void): void {
    this.#deferred.push(action);
  }

  /**
   * Calls an export, if the module has it and lives.
   *
   * @returns what it returned, or undefined if there is no such export, the VM is dead or it trapped
   */
  call(context: Context, name: string, ...values: number[]): number | undefined {
    const callback = this.#exports[name] as Callback | undefined;
    if (!callback || this.#failure !== undefined) return undefined;
    const [current, effective] = [this.#current, this.#effective];
    this.#current = context;
    this.#effective = undefined;
    this.#depth++;
    const { trace } = this.services;
    trace?.callback(this, context, name, values);
    let returned: number | undefined;
    try {
      returned = callback(...values);
      trace?.callbackReturned(this, context, name, values, returned);
    } catch (error) {
      this.#fail(name, error);
    }
    this.#current = current;
    this.#effective = effective;
    if (--this.#depth === 0) this.#runDeferred();
    return returned;
  }

  /** Memory of the module's own for bytes from the host; 0 if its allocator refuses or gives an address out of bounds. */
  allocate(size: number): number {
    const pointer = this.call(this.#root, this.module.allocator, size) ?? 0;
    return pointer !== 0 && this.memory.has(pointer, size) ? pointer >>> 0 : 0;
  }

  /**
   * Gives bytes to the module: allocates, copies, and writes pointer and size where it points to. Nothing is allocated for no
   * bytes: the pointer is then null (proxy-wasm-cpp-host, include/proxy-wasm/wasm.h, copyToPointerSize).
   */
  give(data: Uint8Array | string, pointerAt: number, sizeAt: number): Status {
    let pointer = 0;
    if (data.length > 0) {
      pointer = this.allocate(data.length);
      if (pointer === 0 || !this.memory.write(pointer, data)) return Status.INVALID_MEMORY_ACCESS;
    }
    const written = this.memory.writeU32(pointerAt, pointer) && this.memory.writeU32(sizeAt, data.length);
    return written ? Status.OK : Status.INVALID_MEMORY_ACCESS;
  }

  #runDeferred(): void {
    for (let action = this.#deferred.shift(); action; action = this.#deferred.shift()) action();
  }

  #fail(name: string, error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = `${name} trapped: ${error instanceof Error ? error.message : String(error)}`;
    this.services.log({ level: "critical", plugin: this.label, message: this.#failure, source: "host" });
  }
}
