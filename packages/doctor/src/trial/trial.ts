import { type EnvoyVersion, NEWEST_ENVOY, type PluginOptions } from "proxy-wasm-host";
import { Progress, type Trial, type Tried } from "./progress.ts";
import type { Task, TrialRequest } from "./report.ts";
import { TrialProcess } from "./trial-process.ts";
import { LIMITS, type TrialLimits, watchTime } from "./watch-time.ts";

/** Options of a trial. */
export interface TrialOptions {
  /** By default the newest. */
  readonly envoy?: EnvoyVersion | undefined;
  readonly plugin?: Pick<PluginOptions, "rootId" | "environment" | "sourceMap"> | undefined;
  /** The services that the module can call, by name: `http://HOST:PORT`. Others answer 503. */
  readonly clusters?: Readonly<Record<string, URL>> | undefined;
  /** By default two, without and with the header `hello`, and one with a body if the module looks at it; none for a filter of connections. */
  readonly requests?: readonly TrialRequest[] | undefined;
  /** A program that exports a `TrialHost` as `trialHost`: filter-host's has compression, signatures and call-outs over sockets. */
  readonly host?: URL | undefined;
  readonly limits?: Partial<TrialLimits> | undefined;
}

/** The process that waits for the next trial. */
let idle: TrialProcess | undefined;

/**
 * Inspects a module and, if Envoy would load it, configures it and sends requests through it, in a process of its own that is ended if
 * the module takes too long.
 *
 * @param module the module's bytes
 * @param configuration the plugin's configuration
 * @returns what the module did; a module that is refused, traps or never returns is a result, not an error
 */
export async function inspectAndTry(
  module: Uint8Array,
  configuration: Uint8Array,
  { envoy = NEWEST_ENVOY, plugin = {}, clusters = {}, requests, host, limits }: TrialOptions = {},
): Promise<Tried> {
  const urls = Object.fromEntries(Object.entries(clusters).map(([name, url]) => [name, url.href]));
  const task: Task = {
    module,
    envoy,
    configuration,
    plugin,
    clusters: urls,
    requests,
    host: host?.href,
    kept: { ...LIMITS, ...limits }.kept,
  };
  const process = idle && !idle.ended ? idle : new TrialProcess();
  idle = undefined;
  const progress = new Progress();
  const watch = watchTime(process, progress, { ...LIMITS, ...limits });
  const failure = await process.run(task, (report) => progress.take(report));
  const stop = watch.end();
  if (!process.ended) idle ??= process;
  if (idle !== process) process.end();
  if (failure === undefined) return progress.result(undefined);
  return progress.result(stop ?? progress.stop(failure));
}

/**
 * Tries a module as {@link inspectAndTry} does.
 *
 * @throws Error if Envoy would not load it
 */
export async function tryModule(module: Uint8Array, configuration: Uint8Array, options?: TrialOptions): Promise<Trial> {
  const { trial, inspected } = await inspectAndTry(module, configuration, options);
  if (trial) return trial;
  const fault = inspected?.findings.find(({ severity }) => severity === "error");
  return { ...new Progress().trial(), state: "refused", error: fault ? `the module ${fault.what}` : "not loaded" };
}
