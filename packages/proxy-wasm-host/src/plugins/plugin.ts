import { sameBytes } from "../abi/bytes.ts";
import { RootContext } from "../contexts/root-context.ts";
import { StreamContext } from "../contexts/stream-context.ts";
import { TcpContext } from "../contexts/tcp-context.ts";
import { EngineError, ModuleError, RefusedError, TrapError } from "../errors.ts";
import { MISSING } from "../http/local-reply.ts";
import type { ChainPlugin, PluginState } from "../streams/chain.ts";
import { type Filter, refusingFilter, type StreamHandle } from "../streams/filter.ts";
import { PASSING, refusing, type TcpFilter, type TcpHandle } from "../streams/tcp-filter.ts";
import type { HostServices } from "../vm/services.ts";
import type { Vm, VmOptions } from "../vm/vm.ts";
import type { VmPool } from "./vm-pool.ts";

/**
 * What happens to requests after the module has trapped: `close` answers 503, `open` passes them without the filter, `reload` answers
 * 503 until the module is loaded again in a new VM. The requests that the module had when it trapped get 503 as well, but with
 * `legacy-open` (Envoy's deprecated `fail_open: true`) they go on, too.
 */
export type FailPolicy = "close" | "open" | "legacy-open" | "reload";

/** A plugin of the chain: a module and how it is configured. */
export interface PluginOptions {
  /** Shown in logs and traces. */
  readonly name: string;
  /** The WebAssembly module's bytes. */
  readonly module: Uint8Array;
  /** The value of the property `plugin_root_id`; empty by default. */
  readonly rootId?: string;
  /** Plugins with the same module, vmId and vmConfiguration share one VM. */
  readonly vmId?: string;
  /** The plugin's configuration (`proxy_on_configure`); empty by default. */
  readonly configuration?: Uint8Array;
  /** The VM's configuration (`proxy_on_vm_start`); empty by default. */
  readonly vmConfiguration?: Uint8Array;
  /** Environment variables of the VM. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens to requests after a trap; `close` by default. */
  readonly failPolicy?: FailPolicy;
  /** For the policy `reload`: how many milliseconds must lie between two loads; 1,000 by default, as in Envoy. */
  readonly reloadInterval?: number;
  /** The module's source map: log lines and traps name positions in the sources then, if the platform reads source maps. */
  readonly sourceMap?: Uint8Array | undefined;
  /** Where the module comes from, shown on the admin page: a file, a layout, an image's reference. */
  readonly source?: string | undefined;
  /** The digest (`sha256:...`) of the module's image, shown on the admin page. */
  readonly imageDigest?: string | undefined;
  /** The plugin's phase in Istio's chain, shown on the admin page. */
  readonly phase?: string | undefined;
}

const EMPTY = new Uint8Array();

/** Envoy's default for `reload_config.backoff.base_interval`, in milliseconds. */
const RELOAD_INTERVAL = 1_000;

const AFTER_TRAP: Readonly<Record<FailPolicy, string>> = {
  close: "every request gets 503",
  open: "later requests pass without it",
  "legacy-open": "requests pass without it",
  reload: "requests get 503 until it is loaded again",
};

/** A plugin of the chain: its module, its state and the root context of its new streams. */
export class Plugin implements ChainPlugin {
  readonly name: string;
  #options: PluginOptions;
  readonly #services: HostServices;
  readonly #pool: VmPool;
  #root: RootContext | undefined;
  /** Why the module could not be loaded or configured. */
  #refusal: EngineError | undefined;
  /** When loading its VM was last attempted. */
  #loaded: bigint;
  /** Whether its VM had failed before it served: its root context's creation trapped. */
  #stillborn = false;
  /** The source map that was read last, and what it gives. */
  #map: { readonly bytes: Uint8Array; readonly positions: VmOptions["positions"] } | undefined;

  /** Loads and configures the module. A failure shows in {@link state} and in one line of the log. */
  constructor(options: PluginOptions, services: HostServices, pool: VmPool) {
    this.name = options.name;
    this.#options = options;
    this.#services = services;
    this.#pool = pool;
    this.#loaded = services.platform.monotonicClock();
    const reason = this.#use(options);
    if (reason !== undefined) this.#report("error", `${reason}; every request gets 500 until this is fixed`);
  }

  get state(): PluginState {
    if (!this.#root) return "refused";
    return this.#root.vm.failure === undefined ? "running" : "failed";
  }

  get error(): string | undefined {
    return this.#root ? this.#root.vm.failure : this.#refusal?.message;
  }

  get reason(): EngineError | undefined {
    if (!this.#root) return this.#refusal;
    const { failure } = this.#root.vm;
    return failure === undefined ? undefined : new TrapError(failure);
  }

  get memoryPages(): number {
    return this.#root?.vm.memory.pages ?? 0;
  }

  /** The options that it runs with. */
  get options(): PluginOptions {
    return this.#options;
  }

  /** The newest configuration that the module accepted, or the first one. */
  get configuration(): Uint8Array {
    return this.#options.configuration ?? EMPTY;
  }

  newStream(handle: StreamHandle): Filter | undefined {
    this.#reloadIfDue();
    if (!this.#root) return refusingFilter(handle, MISSING);
    if (this.#open && this.#root.vm.failure !== undefined) return undefined;
    return new StreamContext(this.#root, handle, this.#policy === "legacy-open");
  }

  newConnection(handle: TcpHandle): TcpFilter {
    this.#reloadIfDue();
    if (!this.#root) return refusing(handle);
    if (this.#open && this.#root.vm.failure !== undefined) return PASSING;
    return new TcpContext(this.#root, handle, this.#policy === "legacy-open");
  }

  /** Gives the module another configuration. @returns false if the module refuses it: the old one stays */
  reconfigure(configuration: Uint8Array): boolean {
    return this.update({ ...this.#options, configuration });
  }

  /**
   * Changes the module, its configuration or any other option but the name. Open streams finish with the old ones.
   *
   * @returns false if the module is refused: the old options stay
   */
  update(options: PluginOptions): boolean {
    if (this.state === "running" && samePlugin(options, this.#options)) return true;
    const reason = this.#use(options);
    if (reason === undefined) return true;
    this.#report("error", `${reason}; ${this.#root ? "the last good configuration stays" : "every request gets 500"}`);
    return false;
  }

  drain(): void {
    this.#root?.retire();
  }

  retire(): void {
    this.#root?.retire();
    this.#root?.stop();
  }

  /**
   * Tries a module and its configuration in a separate VM, the canary, then loads them into the VM that serves.
   *
   * @returns why that failed, or undefined
   */
  #use(options: PluginOptions): string | undefined {
    if (!this.#root) this.#options = options;
    try {
      if (this.#services.canary)
        this.#start(this.#pool.fresh(options.module, this.#vmOptions(options)), options).stop();
      this.#serveWith(options);
      return undefined;
    } catch (error) {
      this.#refusal = error instanceof EngineError ? error : new ModuleError(error as Error);
      return this.#refusal.message;
    }
  }

  /** @throws EngineError if the module cannot be loaded or refuses its configuration */
  #serveWith(options: PluginOptions): void {
    this.#loaded = this.#services.platform.monotonicClock();
    const vm = this.#pool.shared(options.module, this.#vmOptions(options));
    const root = this.#start(vm, options);
    this.#stillborn = vm.failure !== undefined;
    vm.onFailure = (reason) => this.#report("critical", `${reason}; ${this.#afterTrap}`);
    if (vm.failure !== undefined) vm.onFailure(vm.failure);
    this.#root?.retire();
    this.#root = root;
    this.#options = options;
  }

  /**
   * Loads the module again after a trap, if the policy says so and the last load is long enough ago; without a canary, because the
   * module has run before. A module that trapped when its root context was created is not loaded again (proxy-wasm-cpp-host,
   * src/wasm.cc, getOrCreateThreadLocalPlugin; envoyproxy/envoy, source/extensions/common/wasm/wasm.cc, maybeReloadHandleIfNeeded; the jitter:
   * source/common/common/backoff_strategy.cc, JitteredLowerBoundBackOffStrategy).
   */
  #reloadIfDue(): void {
    if (this.#policy !== "reload" || this.state !== "failed" || this.#stillborn) return;
    const least = this.#options.reloadInterval ?? RELOAD_INTERVAL;
    const elapsed = Number(this.#services.platform.monotonicClock() - this.#loaded) / 1e6;
    if (elapsed < least * (1 + Math.random() / 2)) return;
    try {
      this.#serveWith(this.#options);
      if (this.#root?.vm.failure === undefined) this.#report("info", "loaded again in a new VM");
    } catch (error) {
      this.#report("error", `${(error as Error).message}; ${AFTER_TRAP.reload}`);
    }
  }

  /** What happens after a trap, in words. */
  get #afterTrap(): string {
    return AFTER_TRAP[this.#stillborn && this.#policy === "reload" ? "close" : this.#policy];
  }

  get #policy(): FailPolicy {
    return this.#options.failPolicy ?? "close";
  }

  get #open(): boolean {
    return this.#policy === "open" || this.#policy === "legacy-open";
  }

  #start(vm: Vm, { rootId = "", configuration = EMPTY }: PluginOptions): RootContext {
    const trapped = () => new TrapError(`the module can't run: ${vm.failure}`);
    if (vm.failure !== undefined) throw trapped();
    const root = new RootContext(vm, { name: this.name, rootId, configuration });
    if (!root.start()) {
      throw vm.failure === undefined ? new RefusedError("proxy_on_vm_start") : trapped();
    }
    if (root.configure()) return root;
    root.stop();
    if (vm.failure !== undefined) throw trapped();
    throw new RefusedError("proxy_on_configure");
  }

  #vmOptions({ name, vmId = "", vmConfiguration = EMPTY, environment = {}, sourceMap }: PluginOptions): VmOptions {
    const positions = sourceMap && this.#positions(sourceMap);
    return { label: name, id: vmId, configuration: vmConfiguration, environment, positions };
  }

  /** What a source map gives; a line of the log says once if it is none. */
  #positions(bytes: Uint8Array): VmOptions["positions"] {
    if (this.#map?.bytes === bytes) return this.#map.positions;
    this.#map = { bytes, positions: undefined };
    try {
      this.#map = { bytes, positions: this.#services.platform.sourceMap?.(bytes) };
    } catch (error) {
      const reason = (error as Error).message;
      this.#report("warn", `its source map is not used, expected the one that its build has written: ${reason}`);
    }
    return this.#map.positions;
  }

  #report(level: "info" | "warn" | "error" | "critical", message: string): void {
    this.#services.log({ level, plugin: this.name, message, source: "host" });
  }
}

/** Whether two plugins have the same options, byte for byte. */
function samePlugin(left: PluginOptions, right: PluginOptions): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right), "configuration"]) as Set<keyof PluginOptions>;
  return [...names].every((name) => sameValue(optionOf(left, name), optionOf(right, name)));
}

const optionOf = (options: PluginOptions, name: keyof PluginOptions) =>
  options[name] ?? (name === "configuration" ? EMPTY : undefined);

function sameValue(left: PluginOptions[keyof PluginOptions], right: PluginOptions[keyof PluginOptions]): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return sameBytes(left, right);
  if (typeof left !== "object" || typeof right !== "object") return left === right;
  return JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort());
}
