import type { Recorder } from "@wasm-header-filter/flight-recorder";
import {
  type Broken,
  brokenText,
  type Embedded,
  embed as embedEngine,
  type LogLine,
  type RuntimeOptions,
  type SharedState,
} from "proxy-wasm-host";
import { HttpClusters } from "../callouts/clusters.ts";
import { Dialer, type TlsOptions } from "../net/dialer.ts";
import { nodePlatform } from "./node-platform.ts";

/** What `embed` takes on Node. */
export interface NodeRuntimeOptions
  extends Pick<
    RuntimeOptions,
    "plugins" | "log" | "logLevel" | "trace" | "faults" | "memoryLimit" | "callbackTimeout" | "statsTags"
  > {
  /** The services that modules can call, by name: `http://`, `h2c://` or `https://HOST:PORT`. */
  readonly clusters?: Readonly<Record<string, URL>> | undefined;
  /** How services and the upstream are reached over TLS; by default their certificates must be trusted by Node and have their names. */
  readonly tls?: TlsOptions | undefined;
}

/** What a runtime creates itself unless it is given. */
export type RuntimeParts = Partial<SharedState> & Pick<RuntimeOptions, "canary">;

/**
 * The engine's options on Node: its platform, and call-outs over sockets.
 *
 * @param recorder records what the filters do
 * @param parts what the runtime shares with others
 */
export function onNode(options: NodeRuntimeOptions, recorder?: Recorder, parts: RuntimeParts = {}): RuntimeOptions {
  const {
    plugins,
    log,
    logLevel,
    trace,
    faults,
    memoryLimit,
    clusters = {},
    tls,
    callbackTimeout,
    statsTags,
  } = options;
  const logged = (line: LogLine) => {
    recorder?.log(line);
    log?.(line);
  };
  const broken: Broken = (event, error) =>
    logged({ level: "error", plugin: "", message: brokenText(event, error), source: "host" });
  return {
    ...parts,
    plugins,
    logLevel,
    trace,
    faults,
    memoryLimit,
    observer: recorder,
    clusters: new HttpClusters(clusters, new Dialer({ ...tls, serverName: undefined }), broken, (message) =>
      logged({ level: "warn", plugin: "", message, source: "host" }),
    ),
    callbackTimeout,
    statsTags,
    platform: nodePlatform,
    log: logged,
  };
}

/**
 * Loads and configures plugins on Node, to use filters without a proxy. Call-outs go over sockets.
 *
 * @returns as the engine's `embed`
 */
export function embed(options: NodeRuntimeOptions): Embedded {
  return embedEngine(onNode(options));
}
