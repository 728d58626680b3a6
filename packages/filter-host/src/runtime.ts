import { isDeepStrictEqual } from "node:util";
import type { LogLevelName } from "./abi/enums.ts";
import { Clusters } from "./callouts/clusters.ts";
import type { ChainPlugin } from "./chain.ts";
import { limitPages, MEMORY_LIMIT } from "./memory-limit.ts";
import { Metrics } from "./metrics.ts";
import { Plugin, type PluginOptions } from "./plugin.ts";
import { prometheus } from "./prometheus.ts";
import type { Recorder } from "./recorder/recorder.ts";
import type { HostServices, LogLine } from "./services.ts";
import { SharedData } from "./shared-data.ts";
import { SharedQueues } from "./shared-queues.ts";
import type { SharedState } from "./threads/shared-state.ts";
import { both, type TraceEvent, Tracer } from "./trace.ts";
import { UnavailablePlugin, type UnavailablePluginOptions, unavailableText } from "./unavailable-plugin.ts";
import { VmPool } from "./vm-pool.ts";
import { watchdog } from "./watchdog.ts";

/** One filter of a chain: a module, or why there is none. */
export type ChainPluginOptions = PluginOptions | UnavailablePluginOptions;

export interface RuntimeOptions {
  /** The chain in request order; empty: nothing happens to what passes. */
  readonly plugins: readonly ChainPluginOptions[];
  /** The services that modules may call, by name: `http://HOST:PORT`. */
  readonly clusters?: Readonly<Record<string, URL>> | undefined;
  readonly log?: ((line: LogLine) => void) | undefined;
  readonly trace?: ((event: TraceEvent) => void) | undefined;
  /** Host functions by name that return this status instead of working. */
  readonly faults?: Readonly<Record<string, number>> | undefined;
  /** What a VM's linear memory may grow to, in bytes; 1 GiB by default, as in Envoy. */
  readonly memoryLimit?: number | undefined;
  /** How many milliseconds a callback may run: then it traps. No limit by default, as in Envoy. */
  readonly callbackTimeout?: number | undefined;
}

/** What a runtime has of its own unless it is given. */
export interface RuntimeParts extends SharedState {
  /** Whether a module is tried in a VM of its own before it serves. */
  readonly canary: boolean;
}

/** The filters of a host with what they share. */
export class Runtime {
  /** What keeps the newest requests for those who look, if anything does. */
  readonly recorder: Recorder | undefined;
  #plugins: readonly ChainPlugin[] = [];
  readonly #pool: VmPool;
  readonly #services: HostServices;
  readonly #metrics: Metrics;

  constructor(options: RuntimeOptions, recorder?: Recorder, parts: Partial<RuntimeParts> = {}) {
    const { plugins, clusters = {}, log = () => {}, trace, faults = {}, memoryLimit = MEMORY_LIMIT } = options;
    const { callbackTimeout } = options;
    const { metrics = new Metrics(), sharedData = new SharedData(), sharedQueues = new SharedQueues() } = parts;
    this.#metrics = metrics;
    this.recorder = recorder;
    const services: HostServices = {
      log: (line) => {
        recorder?.log(line);
        log(line);
      },
      logLevel: "info",
      trace: both(trace && new Tracer(trace), recorder),
      faults,
      memoryPages: limitPages(memoryLimit),
      watchdog: callbackTimeout === undefined ? undefined : watchdog(callbackTimeout),
      metrics,
      clusters: new Clusters(clusters),
      sharedData,
      sharedQueues,
      canary: parts.canary ?? true,
      now: () => BigInt(Date.now()) * 1_000_000n,
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
      const said = known instanceof UnavailablePlugin && isDeepStrictEqual(known.options, options);
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
