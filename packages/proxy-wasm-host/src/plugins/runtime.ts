import type { LogLevelName } from "../abi/enums.ts";
import type { Platform } from "../platform/platform.ts";
import { standardPlatform } from "../platform/standard-platform.ts";
import type { Watchdog } from "../platform/watchdog.ts";
import { Metrics } from "../shared/metrics.ts";
import { prometheus } from "../shared/prometheus.ts";
import { SharedData } from "../shared/shared-data.ts";
import { SharedQueues } from "../shared/shared-queues.ts";
import type { SharedState } from "../shared/state.ts";
import type { ChainPlugin } from "../streams/chain.ts";
import { type TraceEvent, Tracer } from "../trace/tracer.ts";
import { type Clusters, noClusters } from "../vm/clusters.ts";
import type { LogLine } from "../vm/log-line.ts";
import { both, type Observer } from "../vm/observer.ts";
import type { HostServices } from "../vm/services.ts";
import { MEMORY_LIMIT_BYTES, wholePages } from "../wasm/memory-limit.ts";
import { Plugin, type PluginOptions } from "./plugin.ts";
import { UnavailablePlugin, type UnavailablePluginOptions, unavailableText } from "./unavailable-plugin.ts";
import { VmPool } from "./vm-pool.ts";

/** One filter of a chain: a module, or why there is none. */
export type ChainPluginOptions = PluginOptions | UnavailablePluginOptions;

export interface RuntimeOptions extends Partial<SharedState> {
  /** The chain in request order; empty: nothing happens to what passes. */
  readonly plugins: readonly ChainPluginOptions[];
  /** The services that modules may call; none by default. */
  readonly clusters?: Clusters | undefined;
  readonly log?: ((line: LogLine) => void) | undefined;
  readonly trace?: ((event: TraceEvent) => void) | undefined;
  /** Is told of each call between host and module, besides `trace`. */
  readonly observer?: Observer | undefined;
  /** Host functions by name that return this status instead of working. */
  readonly faults?: Readonly<Record<string, number>> | undefined;
  /** What a VM's linear memory may grow to, in bytes; 1 GiB by default, as in Envoy. */
  readonly memoryLimit?: number | undefined;
  /** How many milliseconds a callback may run: then it traps. No limit by default, as in Envoy. */
  readonly callbackTimeout?: number | undefined;
  /** What the engine runs on; by default, what every JavaScript runtime has. */
  readonly platform?: Platform | undefined;
  /** Whether a module is tried in a VM of its own before it serves; true by default, as in Envoy. */
  readonly canary?: boolean | undefined;
}

/** The filters of a host with what they share. */
export class Runtime {
  #plugins: readonly ChainPlugin[] = [];
  readonly #pool: VmPool;
  readonly #services: HostServices;
  readonly #metrics: Metrics;

  constructor({ plugins, log = () => {}, trace, memoryLimit = MEMORY_LIMIT_BYTES, ...options }: RuntimeOptions) {
    const { platform = standardPlatform } = options;
    this.#metrics = options.metrics ?? new Metrics();
    const services: HostServices = {
      platform,
      log,
      logLevel: "info",
      trace: both(trace && new Tracer(trace), options.observer),
      faults: options.faults ?? {},
      memoryPages: wholePages(memoryLimit),
      watchdog: watchdogOf(platform, options.callbackTimeout),
      metrics: this.#metrics,
      clusters: options.clusters ?? noClusters,
      sharedData: options.sharedData ?? new SharedData(),
      sharedQueues: options.sharedQueues ?? new SharedQueues(),
      canary: options.canary ?? true,
    };
    this.#services = services;
    this.#pool = new VmPool(services);
    this.use(plugins);
  }

  /** The chain that new streams get. */
  get plugins(): readonly ChainPlugin[] {
    return this.#plugins;
  }

  /**
   * Puts another chain in the place of this one. A plugin that is there already, by its name, takes what is new of it or stays as it
   * was where the module refuses; one that is no more ends with its last stream. Streams under way are not disturbed.
   */
  use(chain: readonly ChainPluginOptions[]): void {
    const before = this.#plugins;
    this.#plugins = chain.map((options) => {
      const known = before.find(({ name }) => name === options.name);
      if (!("unavailable" in options)) {
        if (!(known instanceof Plugin)) return new Plugin(options, this.#services, this.#pool);
        known.update(options);
        return known;
      }
      const lastGood = options.requests === "refuse" && known?.state === "running";
      const said = known instanceof UnavailablePlugin && sameUnavailable(known.options, options);
      if (!said) {
        const message = unavailableText(options, lastGood);
        this.#services.log({ level: "error", plugin: options.name, message, source: "host" });
      }
      return lastGood ? known : new UnavailablePlugin(options);
    });
    for (const plugin of before) if (!this.#plugins.includes(plugin)) plugin.drain();
  }

  /** The custom metrics as Prometheus text. */
  stats(): string {
    return prometheus(this.#metrics);
  }

  /** Counters and gauges by name. */
  counters(): Map<string, bigint> {
    return new Map([...this.#metrics.all()].map(({ name, value }) => [name, value]));
  }

  /** @throws Error if there is no plugin of that name */
  reconfigure(name: string, configuration: Uint8Array | undefined): boolean {
    const plugin = this.plugins.find((one) => one.name === name);
    if (!(plugin instanceof Plugin)) throw new Error(`no plugin named ${name}`);
    return plugin.reconfigure(configuration ?? new Uint8Array());
  }

  /** Logs something on the host's own behalf. */
  report(level: LogLevelName, message: string): void {
    this.#services.log({ level, plugin: "", message, source: "host" });
  }

  /** Ends the plugins: each root context is told. */
  close(): void {
    for (const plugin of this.plugins) plugin.retire();
    this.#services.clusters.close();
  }
}

/** @throws Error if the platform can't stop a callback */
function watchdogOf(platform: Platform, timeout: number | undefined): Watchdog | undefined {
  if (timeout === undefined) return undefined;
  if (platform.watchdog) return platform.watchdog(timeout);
  throw new Error(
    `callbackTimeout ${timeout}: this platform can't stop a callback; leave it out or give another platform`,
  );
}

const sameUnavailable = (left: UnavailablePluginOptions, right: UnavailablePluginOptions): boolean =>
  left.unavailable === right.unavailable && left.requests === right.requests;
