import { LogLevel, type LogLevelName, type LogThreshold, thresholdNumber } from "../abi/enums.ts";
import { NoWatchdogError, UnknownPluginError } from "../errors.ts";
import type { Platform } from "../platform/platform.ts";
import { standardPlatform } from "../platform/standard-platform.ts";
import type { Watchdog } from "../platform/watchdog.ts";
import { Metrics } from "../shared/metrics.ts";
import { prometheus } from "../shared/prometheus.ts";
import { SharedData } from "../shared/shared-data.ts";
import { SharedQueues } from "../shared/shared-queues.ts";
import type { SharedState } from "../shared/state.ts";
import type { StatsTag } from "../shared/stats-tags.ts";
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

/** One plugin of a chain: a module, or why there is none. */
export type ChainPluginOptions = PluginOptions | UnavailablePluginOptions;

/** What `embed` and `Runtime` take. Metrics, shared data and queues can be given, to share them with other runtimes. */
export interface RuntimeOptions extends Partial<SharedState> {
  /** The chain, in the order that requests pass it; responses pass it in reverse. */
  readonly plugins: readonly ChainPluginOptions[];
  /** The services that modules can call, such as `answering({...})`; none by default. */
  readonly clusters?: Clusters | undefined;
  /** Is called with each line that a module or the engine logs, from {@link logLevel} on. */
  readonly log?: ((line: LogLine) => void) | undefined;
  /** The lowest level that is logged, which modules are told too; `info` by default, as in Envoy. */
  readonly logLevel?: LogThreshold | undefined;
  /** Is called with each entry into a module and each host call, and their returns. Costs nothing if left out. */
  readonly trace?: ((event: TraceEvent) => void) | undefined;
  /** Observes each call between host and module, like `trace` but without decoding arguments. */
  readonly observer?: Observer | undefined;
  /** Host functions that return a status instead of working, by name: `{ proxy_increment_metric: Status.NOT_FOUND }`. */
  readonly faults?: Readonly<Record<string, number>> | undefined;
  /** How many bytes a VM's linear memory can grow to; 1 GiB by default, as in Envoy. */
  readonly memoryLimit?: number | undefined;
  /**
   * After how many milliseconds a running callback traps: of CPU time, if the platform measures it. Needs a platform with a watchdog. No
   * limit by default, as in Envoy.
   */
  readonly callbackTimeout?: number | undefined;
  /** Which parts of metrics' names are labels in `stats()`, as Envoy's `stats_tags`; none by default. */
  readonly statsTags?: readonly StatsTag[] | undefined;
  /** What the engine needs of the JavaScript runtime; `standardPlatform` by default. */
  readonly platform?: Platform | undefined;
  /** Whether a module is tried in a separate VM first; true by default, as in Envoy. What it logs while configuring comes twice then. */
  readonly canary?: boolean | undefined;
}

/** A chain of plugins, and what they share: metrics, data, queues, services. */
export class Runtime {
  #plugins: readonly ChainPlugin[] = [];
  readonly #pool: VmPool;
  readonly #services: HostServices;
  readonly #metrics: Metrics;
  readonly #statsTags: readonly StatsTag[] | undefined;

  /**
   * Loads and configures the plugins. A plugin that fails does not throw: see `state` and `reason` in {@link plugins}.
   *
   * @throws NoWatchdogError if `callbackTimeout` is given and the platform has no watchdog
   */
  constructor({ plugins, log = () => {}, trace, memoryLimit = MEMORY_LIMIT_BYTES, ...options }: RuntimeOptions) {
    const { platform = standardPlatform, logLevel = "info" } = options;
    const threshold = thresholdNumber(logLevel);
    this.#metrics = options.metrics ?? new Metrics();
    this.#statsTags = options.statsTags;
    const services: HostServices = {
      platform,
      log: (line) => {
        if (LogLevel[line.level] >= threshold) log(line);
      },
      logLevel,
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

  /** The chain that new streams pass. */
  get plugins(): readonly ChainPlugin[] {
    return this.#plugins;
  }

  /**
   * Replaces the chain. A plugin that has the name of an old one updates it; if the module refuses, the old one stays. Plugins that
   * are no longer in the chain end with their last stream. Open streams are not affected.
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

  /** @returns the metrics that modules have defined, in Prometheus' text format */
  stats(): string {
    return prometheus(this.#metrics, this.#statsTags);
  }

  /** @returns the values of counters and gauges, by name */
  counters(): Map<string, bigint> {
    return new Map([...this.#metrics.all()].map(({ name, value }) => [name, value]));
  }

  /**
   * Gives a plugin another configuration.
   *
   * @param name the plugin's name
   * @param configuration undefined is the same as empty
   * @returns false if the module refuses it: the old configuration stays
   * @throws UnknownPluginError if the chain has no plugin of that name, or it has no module
   */
  reconfigure(name: string, configuration: Uint8Array | undefined): boolean {
    const plugin = this.plugins.find((one) => one.name === name);
    if (!(plugin instanceof Plugin)) throw new UnknownPluginError(name);
    return plugin.reconfigure(configuration ?? new Uint8Array());
  }

  /** Logs a line of the host's own. */
  report(level: LogLevelName, message: string): void {
    this.#services.log({ level, plugin: "", message, source: "host" });
  }

  /** Ends the plugins (`proxy_on_done` and `proxy_on_delete` of their root contexts), timers and call-outs. */
  close(): void {
    for (const plugin of this.plugins) plugin.retire();
    this.#services.clusters.close();
  }
}

/** @throws NoWatchdogError */
function watchdogOf(platform: Platform, timeout: number | undefined): Watchdog | undefined {
  if (timeout === undefined) return undefined;
  if (platform.watchdog) return platform.watchdog(timeout);
  throw new NoWatchdogError(timeout);
}

const sameUnavailable = (left: UnavailablePluginOptions, right: UnavailablePluginOptions): boolean =>
  left.unavailable === right.unavailable && left.requests === right.requests;
