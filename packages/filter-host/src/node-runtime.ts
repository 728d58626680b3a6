import { HttpClusters } from "./callouts/clusters.ts";
import { type Embedded, embed as embedEngine } from "./embedded.ts";
import type { Recorder } from "./recorder/recorder.ts";
import type { RuntimeOptions } from "./runtime.ts";
import type { SharedState } from "./state.ts";
import { v8Watchdog } from "./v8-watchdog.ts";

export interface NodeRuntimeOptions
  extends Pick<RuntimeOptions, "plugins" | "log" | "trace" | "faults" | "memoryLimit"> {
  /** The services that modules may call, by name: `http://HOST:PORT`. */
  readonly clusters?: Readonly<Record<string, URL>> | undefined;
  /** How many milliseconds a callback may run: then it traps. No limit by default, as in Envoy. */
  readonly callbackTimeout?: number | undefined;
}

/** What a runtime has of its own unless it is given. */
export type RuntimeParts = Partial<SharedState> & Pick<RuntimeOptions, "canary">;

/**
 * The engine's options with Node's parts: call-outs over sockets, and V8's way to stop a callback.
 *
 * @param recorder records what the filters do, if anything does
 * @param parts what the runtime shares with others
 */
export function onNode(options: NodeRuntimeOptions, recorder?: Recorder, parts: RuntimeParts = {}): RuntimeOptions {
  const { plugins, log, trace, faults, memoryLimit, clusters = {}, callbackTimeout } = options;
  return {
    ...parts,
    plugins,
    trace,
    faults,
    memoryLimit,
    observer: recorder,
    clusters: new HttpClusters(clusters),
    watchdog: callbackTimeout === undefined ? undefined : v8Watchdog(callbackTimeout),
    log: (line) => {
      recorder?.log(line);
      log?.(line);
    },
  };
}

/**
 * Loads and configures filters for use without a proxy, with Node's parts.
 *
 * @returns as the engine's `embed`
 */
export function embed(options: NodeRuntimeOptions): Embedded {
  return embedEngine(onNode(options));
}
