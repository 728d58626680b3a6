import { sameBytes } from "../abi/bytes.ts";
import { RootContext } from "../contexts/root-context.ts";
import { StreamContext } from "../contexts/stream-context.ts";
import { TcpContext } from "../contexts/tcp-context.ts";
import { MISSING } from "../http/local-reply.ts";
import type { ChainPlugin, PluginState } from "../streams/chain.ts";
import { type Filter, refusingFilter, type StreamHandle } from "../streams/filter.ts";
import { PASSING, refusing, type TcpFilter, type TcpHandle } from "../streams/tcp-filter.ts";
import type { HostServices } from "../vm/services.ts";
import type { Vm, VmOptions } from "../vm/vm.ts";
import type { VmPool } from "./vm-pool.ts";

/** What becomes of requests once the module has trapped: 503, passing without the filter, or a new VM after a back-off. */
export type FailPolicy = "close" | "open" | "reload";

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
  /** Environment variables of the VM. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What becomes of requests after a trap; by default they are answered with 503. */
  readonly failPolicy?: FailPolicy;
  /** With the policy `reload`: the least milliseconds between two loads, 1,000 by default, as in Envoy. */
  readonly reloadInterval?: number;
  /** Where the module comes from, for those who look: a file, a layout, an image's reference. */
  readonly source?: string | undefined;
  /** `sha256:...` of the manifest of the image that the module came out of, for those who look. */
  readonly imageDigest?: string | undefined;
  /** The phase of Istio's chain that it stands in, for those who look. */
  readonly phase?: string | undefined;
}

/** A module that does not take its start or its configuration. */
class Refusal extends Error {
  override name = "Refusal";
}

const EMPTY = new Uint8Array();

/** Envoy's default for `reload_config.backoff.base_interval`, in milliseconds. */
const RELOAD_INTERVAL = 1_000;

const AFTER_TRAP: Readonly<Record<FailPolicy, string>> = {
  close: "every request gets 503",
  open: "later requests pass without it",
  reload: "requests get 503 until it is loaded again",
};

/** A filter of the chain: its module, its state and the root context that new streams belong to. */
export class Plugin implements ChainPlugin {
  readonly name: string;
  #options: PluginOptions;
  readonly #services: HostServices;
  readonly #pool: VmPool;
  #root: RootContext | undefined;
  #error: string | undefined;
  /** When its VM was last loaded, well or badly. */
  #loaded: bigint;

  /** Loads the module and configures it; that it can't shows in {@link state}, and in one line of the log. */
  constructor(options: PluginOptions, services: HostServices, pool: VmPool) {
    this.name = options.name;
    this.#options = options;
    this.#services = services;
    this.#pool = pool;
    this.#loaded = services.platform.monotonicClock();
    const reason = this.#use(options);
    if (reason !== undefined) this.#report("error", `${reason}; every request gets 500 until this is mended`);
  }

  get state(): PluginState {
    if (!this.#root) return "refused";
    return this.#root.vm.failure === undefined ? "running" : "failed";
  }

  /** Why it is not running. */
  get error(): string | undefined {
    return this.#root ? this.#root.vm.failure : this.#error;
  }

  /** The size of its VM's linear memory in pages of 64 KiB. */
  get memoryPages(): number {
    return this.#root?.vm.memory.pages ?? 0;
  }

  /** What it was made from. */
  get options(): PluginOptions {
    return this.#options;
  }

  /** The newest configuration that it took, or the first one. */
  get configuration(): Uint8Array {
    return this.#options.configuration ?? EMPTY;
  }

  /** Its part in a new stream; undefined if it is passed by. */
  newStream(handle: StreamHandle): Filter | undefined {
    this.#reloadIfDue();
    if (!this.#root) return refusingFilter(handle, MISSING);
    if (this.#open && this.#root.vm.failure !== undefined) return undefined;
    return new StreamContext(this.#root, handle, this.#open);
  }

  /** Its part in a new TCP connection. */
  newConnection(handle: TcpHandle): TcpFilter {
    this.#reloadIfDue();
    if (!this.#root) return refusing(handle);
    if (this.#open && this.#root.vm.failure !== undefined) return PASSING;
    return new TcpContext(this.#root, handle, this.#open);
  }

  /** Configures anew; false if the module refuses: then all stays as it was. */
  reconfigure(configuration: Uint8Array): boolean {
    return this.update({ ...this.#options, configuration });
  }

  /**
   * Takes another module, configuration or anything else but the name; streams that are under way end on what they began with.
   *
   * @returns false if the module refuses: then all stays as it was
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
   * Tries a module and its configuration in a VM of its own, the canary, then takes them into the VM that serves.
   *
   * @returns why not, or undefined if all went well
   */
  #use(options: PluginOptions): string | undefined {
    if (!this.#root) this.#options = options;
    try {
      if (this.#services.canary) this.#start(this.#pool.fresh(options.module, vmOptions(options)), options).stop();
      this.#serveWith(options);
      return undefined;
    } catch (error) {
      this.#error = (error as Error).message;
      return this.#error;
    }
  }

  /** @throws Error if the module can't be loaded or refuses */
  #serveWith(options: PluginOptions): void {
    this.#loaded = this.#services.platform.monotonicClock();
    const vm = this.#pool.shared(options.module, vmOptions(options));
    const root = this.#start(vm, options);
    vm.onFailure = (reason) => this.#report("critical", `${reason}; ${AFTER_TRAP[this.#policy]}`);
    this.#root?.retire();
    this.#root = root;
    this.#options = options;
  }

  /**
   * Loads the module anew after a trap, if the policy says so and the last load is long enough ago; without a canary, for what
   * has run once is sound (envoyproxy/envoy, source/extensions/common/wasm/wasm.cc, maybeReloadHandleIfNeeded; the jitter:
   * source/common/common/backoff_strategy.cc, JitteredLowerBoundBackOffStrategy).
   */
  #reloadIfDue(): void {
    if (this.#policy !== "reload" || this.state !== "failed") return;
    const least = this.#options.reloadInterval ?? RELOAD_INTERVAL;
    const elapsed = Number(this.#services.platform.monotonicClock() - this.#loaded) / 1e6;
    if (elapsed < least * (1 + Math.random() / 2)) return;
    try {
      this.#serveWith(this.#options);
      this.#report("info", "loaded again in a new VM");
    } catch (error) {
      this.#report("error", `${(error as Error).message}; ${AFTER_TRAP.reload}`);
    }
  }

  get #policy(): FailPolicy {
    return this.#options.failPolicy ?? "close";
  }

  get #open(): boolean {
    return this.#policy === "open";
  }

  #start(vm: Vm, { rootId = "", configuration = EMPTY }: PluginOptions): RootContext {
    const trapped = () => new Refusal(`the module can't run: ${vm.failure}`);
    if (vm.failure !== undefined) throw trapped();
    const root = new RootContext(vm, { name: this.name, rootId, configuration });
    if (!root.start()) {
      throw vm.failure === undefined
        ? new Refusal("the module refused to start: proxy_on_vm_start returned false")
        : trapped();
    }
    if (root.configure()) return root;
    root.stop();
    if (vm.failure !== undefined) throw trapped();
    throw new Refusal("the module refused its configuration: proxy_on_configure returned false");
  }

  #report(level: "info" | "error" | "critical", message: string): void {
    this.#services.log({ level, plugin: this.name, message, source: "host" });
  }
}

function vmOptions({ name, vmId = "", vmConfiguration = EMPTY, environment = {} }: PluginOptions): VmOptions {
  return { label: name, id: vmId, configuration: vmConfiguration, environment };
}

/** Whether two plugins are made from the same, byte for byte. */
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
