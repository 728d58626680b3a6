import { createHash } from "node:crypto";
import { type ChainPlugin, Plugin, type Runtime } from "proxy-wasm-host";
import type { Archive } from "../archive/archive.ts";
import {
  type Overview,
  type PluginView,
  RECORDING_FORMAT,
  type Recording,
  type WorkerView,
} from "../archive/recording.ts";
import type { Gauges } from "../archive/series.ts";
import { backgroundOf, viewOf } from "../archive/view.ts";
import type { Redaction } from "../record/redaction.ts";
import type { KeptRequest } from "../record/request-record.ts";
import type { Pausing } from "./pausing.ts";

/** A runtime that is recorded, and the archive of its records. */
export interface RecordedRuntime {
  /** Its plugins and counters are shown. */
  readonly runtime: Runtime;
  readonly archive: Archive;
  /** Holds requests back; undefined if it can't. */
  readonly pause?: Pausing | undefined;
  /** Resolves once the archive has everything that workers have recorded so far. */
  gather(): Promise<void>;
}

/** @returns the status of the plugins and how full the archive is */
export function overviewOf({ runtime, archive, pause }: RecordedRuntime): Overview {
  return {
    plugins: runtime.plugins.map((plugin) => pluginOf(plugin, archive)),
    ring: { ...archive.requests.view, passedOver: archive.passedOver },
    redacted: archive.redaction.rules,
    notice: archive.notice ?? null,
    pause: pause ? { on: pause.on, waiting: pause.waiting } : null,
  };
}

/** @returns everything that is recorded */
export function recordingOf(recorded: RecordedRuntime): Recording {
  const { archive } = recorded;
  return {
    format: RECORDING_FORMAT,
    time: Date.now(),
    ...overviewOf(recorded),
    requests: archive.requests.all().map(viewOf),
    background: archive.background.all().map(backgroundOf),
    samples: archive.series.samples,
  };
}

/** @returns the current values of counters and sizes of memories */
export function gaugesOf({ runtime, archive }: RecordedRuntime): Gauges {
  return {
    counters: Object.fromEntries(
      [...runtime.counters()].map(([name, value]) => [archive.redaction.clean(name), Number(value)]),
    ),
    memoryPages: Object.fromEntries(
      runtime.plugins.map(({ name, memoryPages }) => {
        const workers = workersOf(name, archive);
        return [name, workers ? workers.reduce((sum, one) => sum + one.memoryPages, 0) : memoryPages];
      }),
    ),
  };
}

const digests = new WeakMap<Uint8Array, string>();

function digestOf(module: Uint8Array): string {
  const known = digests.get(module) ?? `sha256:${createHash("sha256").update(module).digest("hex")}`;
  digests.set(module, known);
  return known;
}

function pluginOf(plugin: ChainPlugin, archive: Archive): PluginView {
  const { name, state, error, memoryPages } = plugin;
  const workers = workersOf(name, archive);
  return {
    name,
    state,
    ...(error !== undefined && { error: archive.redaction.clean(error) }),
    memoryPages,
    ...(workers && { workers }),
    ...(plugin instanceof Plugin && moduleOf(plugin, archive.redaction)),
    ...meansOf(name, archive.requests.all()),
  };
}

function workersOf(name: string, { pluginsByWorker, redaction }: Archive): readonly WorkerView[] | undefined {
  if (pluginsByWorker.size === 0) return undefined;
  return [...pluginsByWorker]
    .sort(([left], [right]) => left - right)
    .flatMap(([worker, plugins]) =>
      plugins
        .filter((plugin) => plugin.name === name)
        .map(({ state, error, memoryPages }) => ({
          worker,
          state,
          ...(error !== undefined && { error: redaction.clean(error) }),
          memoryPages,
        })),
    );
}

function moduleOf({ options, configuration }: Plugin, redaction: Redaction): Partial<PluginView> {
  const { module, source, phase, imageDigest, rootId, failPolicy = "close" } = options;
  return {
    ...(source !== undefined && { source }),
    ...(phase !== undefined && { phase }),
    ...(imageDigest !== undefined && { imageDigest }),
    digest: digestOf(module),
    size: module.length,
    configuration: redaction.configuration(Buffer.from(configuration).toString("utf8")),
    ...(rootId && { rootId }),
    failPolicy,
  };
}

/** The mean number of host calls and callbacks, over the recorded requests that called the plugin. */
function meansOf(name: string, records: readonly KeptRequest[]): Partial<PluginView> {
  let [requests, hostCalls, callbacks] = [0, 0, 0];
  for (const { log } of records) {
    if (!log.detailed || !log.memoryPages.some(([plugin]) => plugin === name)) continue;
    requests++;
    for (const { plugin, ofHost, depth } of log.calls) {
      if (plugin !== name) continue;
      if (ofHost) hostCalls++;
      else if (depth === 0) callbacks++;
    }
  }
  return requests === 0 ? {} : { hostCallsPerRequest: hostCalls / requests, callbacksPerRequest: callbacks / requests };
}
