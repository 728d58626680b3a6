import { Status } from "../abi/status.ts";
import { VmMetrics } from "../shared/metrics.ts";
import { Memory } from "../wasm/memory.ts";
import type { WasmModule } from "../wasm/wasm-module.ts";
import { Context } from "./context.ts";
import type { HostServices } from "./services.ts";
import { trapPlace } from "./trap-place.ts";

type Callback = (...values: number[]) => number | undefined;

/** What a VM is created with. */
export interface VmOptions {
  /** The name of the plugin that the VM was created for, for logs. */
  readonly label: string;
  readonly id: string;
  readonly configuration: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
  /** Replaces the positions in a text by those in the module's sources; undefined without a source map. */
  readonly positions: ((text: string) => string) | undefined;
}

/** Tokens of call-outs step by 4, their two lowest bits being the kind (proxy-wasm-cpp-host, include/proxy-wasm/wasm.h, nextHttpCallId). */
const STEP = 4;
const FIRST_TOKENS = { http: 0, grpcCall: 1, grpcStream: 2 };
type CallKind = keyof typeof FIRST_TOKENS;

/** The imports of a module, by module and name. */
export type Imports = Record<string, Record<string, unknown>>;

/** One instance of a module with its memory and contexts. After a trap it cannot be used any more. */
export class Vm {
  readonly module: WasmModule;
  readonly services: HostServices;
  readonly label: string;
  readonly id: string;
  readonly configuration: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
  readonly contexts = new Map<number, Context>();
  readonly metrics: VmMetrics;
  readonly memory: Memory;
  /** As in the options that it was last used with. */
  positions: VmOptions["positions"];
  /** Called once, when the VM fails. */
  onFailure: ((reason: string) => void) | undefined;
  readonly #exports: Record<string, unknown>;
  readonly #own: Context;
  #deferred: (() => void)[] = [];
  #nextId = 1;
  readonly #lastToken: Record<CallKind, number> = { ...FIRST_TOKENS };
  #current: Context;
  #callback = "";
  #run = 0;
  #calls = 0;
  #effective: Context | undefined;
  #depth = 0;
  #starting = false;
  #failure: string | undefined;

  /**
   * Instantiates a module; see {@link initialize}.
   *
   * @param link gives the imports
   * @throws WebAssembly.RuntimeError if the module's start function or one of its segments traps
   */
  constructor(module: WasmModule, services: HostServices, options: VmOptions, link: (vm: Vm) => Imports) {
    this.module = module;
    this.services = services;
    this.label = options.label;
    this.id = options.id;
    this.configuration = options.configuration;
    this.environment = options.environment;
    this.positions = options.positions;
    this.metrics = new VmMetrics(services.metrics);
    this.#own = new Context(0, options.label);
    this.contexts.set(0, this.#own);
    this.#current = this.#own;
    // The start function runs before the instance's memory is known.
    this.memory = new Memory();
    const imports = link(this);
    this.#exports = new WebAssembly.Instance(module.compiled, imports as WebAssembly.Imports).exports;
    const memory = [...Object.values(this.#exports), ...Object.values(imports).flatMap(Object.values)].find(
      (one) => one instanceof WebAssembly.Memory,
    );
    if (memory instanceof WebAssembly.Memory) this.memory = new Memory(memory);
  }

  /** Why the VM has failed; undefined while it works. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether any plugin or stream has a context in it. */
  get inUse(): boolean {
    return this.contexts.size > 1;
  }

  /** Whether `_initialize` or `_start` is running, in which few host functions are allowed. */
  get starting(): boolean {
    return this.#starting;
  }

  /** The context that host functions act on: the running one, or the one set by `proxy_set_effective_context`. */
  get context(): Context {
    return this.#effective ?? this.#current;
  }

  /** The context whose callback is running. */
  get running(): Context {
    return this.#current;
  }

  /** The name of the callback that is running, and its number among all calls of the module. */
  get callback(): string {
    return this.#callback;
  }
  get run(): number {
    return this.#run;
  }

  /** Whether the module exports a function of that name. */
  has(name: string): boolean {
    return typeof this.#exports[name] === "function";
  }

  /** Runs the module's own start: `_initialize` (then `main` or `__main_void`), or `_start` (proxy-wasm-cpp-host, src/wasm.cc, startVm). */
  initialize(): void {
    this.#starting = true;
    if (this.has("_initialize")) {
      this.call(this.#own, "_initialize");
      if (this.has("main")) this.call(this.#own, "main", 0, 0);
      else this.call(this.#own, "__main_void");
    } else {
      this.call(this.#own, "_start");
    }
    this.#starting = false;
  }

  /** A new token for a call-out. */
  nextCallToken(kind: CallKind): number {
    this.#lastToken[kind] += STEP;
    return this.#lastToken[kind];
  }

  nextContextId(): number {
    return this.#nextId++;
  }

  /** Makes the next host calls of this callback act on another context. @returns false for an unknown id */
  setEffectiveContext(id: number): boolean {
    const context = this.contexts.get(id >>> 0);
    if (!context) return false;
    this.#effective = id === 0 ? undefined : context;
    return true;
  }

  /** Runs a function after the outermost callback has returned (proxy-wasm-cpp-host, src/context.cc, DeferAfterCallActions). */
  defer(action: () => void): void {
    if (this.#depth === 0) action();
    else this.#deferred.push(action);
  }

  /**
   * Calls an export, if there is one and the VM has not failed.
   *
   * @returns its result; undefined if it has none, was not called or trapped
   */
  call(context: Context, name: string, ...values: number[]): number | undefined {
    return this.callThen(context, name, values, (returned) => returned);
  }

  /**
   * Calls an export as {@link call} does.
   *
   * @param settle gets the result, before the actions that were deferred run
   * @returns what `settle` returns
   */
  callThen<Result>(
    context: Context,
    name: string,
    values: readonly number[],
    settle: (returned: number | undefined) => Result,
  ): Result {
    return this.#failure === undefined ? this.#invoke(context, name, values, settle) : settle(undefined);
  }

  /** Calls an export as {@link call} does, even if the VM has failed. */
  callRegardless(context: Context, name: string, ...values: number[]): number | undefined {
    return this.#invoke(context, name, values, (returned) => returned);
  }

  #invoke<Result>(
    context: Context,
    name: string,
    values: readonly number[],
    settle: (returned: number | undefined) => Result,
  ): Result {
    const callback = this.#exports[name] as Callback | undefined;
    if (typeof callback !== "function") return settle(undefined);
    const [current, effective, running, run] = [this.#current, this.#effective, this.#callback, this.#run];
    const { trace, watchdog } = this.services;
    const depth = this.#depth++;
    this.#current = context;
    this.#effective = undefined;
    this.#callback = name;
    this.#run = ++this.#calls;
    let returned: number | undefined;
    try {
      trace?.entered(context, name, values);
      // Nested calls are stopped together with the outermost one.
      returned = watchdog && depth === 0 ? watchdog(() => callback(...values)) : callback(...values);
      trace?.left(context, name, values, returned, this);
    } catch (error) {
      const reason = this.#fail(name, error);
      trace?.trapped?.(context, name, reason, this);
    } finally {
      this.#current = current;
      this.#effective = effective;
      this.#callback = running;
      this.#run = run;
      this.#depth = depth;
    }
    const settled = settle(returned);
    if (depth === 0) this.#runDeferred();
    return settled;
  }

  /** Allocates memory in the module. @returns its address; 0 if the module refuses or gives an address out of bounds */
  allocate(size: number): number {
    const pointer = this.call(this.#own, this.module.allocator, size) ?? 0;
    return pointer !== 0 && this.memory.has(pointer, size) ? pointer >>> 0 : 0;
  }

  /**
   * Gives bytes to the module: allocates memory, copies them, and writes pointer and size to two addresses. For no bytes, nothing is
   * allocated and the pointer is null (proxy-wasm-cpp-host, include/proxy-wasm/wasm.h, copyToPointerSize).
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
    // An action can call the module, which can defer more actions: these run before the rest.
    const actions = this.#deferred;
    if (actions.length === 0) return;
    this.#deferred = [];
    const thrown: unknown[] = [];
    for (const action of actions) {
      try {
        action();
      } catch (error) {
        // The other actions may belong to other streams.
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  }

  #fail(name: string, error: unknown): string {
    const place = this.positions && trapPlace(error, this.module.shift, this.positions);
    const reason = `${error instanceof Error ? error.message : String(error)}${place ?? ""}`;
    if (this.#failure !== undefined) return reason;
    this.#failure = `${name} trapped: ${reason}`;
    for (const context of this.contexts.values()) context.stop();
    this.onFailure?.(this.#failure);
    return reason;
  }
}
