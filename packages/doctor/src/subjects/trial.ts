import {
  embed,
  type LogLine,
  type Pair,
  type Platform,
  type PluginOptions,
  type PluginState,
  standardPlatform,
  type TraceEvent,
} from "proxy-wasm-host";

/** The cost of one request: the calls of the module by the host, and of the host by the module. */
export interface RequestCost {
  readonly name: string;
  /** The exports that the host called, including the allocator. */
  readonly entries: readonly string[];
  /** The host functions that the module called. */
  readonly calls: readonly string[];
}

/** The result of trying a module. */
export interface Trial {
  readonly state: PluginState;
  /** Why it was refused or has failed. */
  readonly error: string | undefined;
  readonly log: readonly LogLine[];
  /** The requests that were sent, without those after a failure. */
  readonly requests: readonly RequestCost[];
  /** The size of its memory at the end, in pages of 64 KiB. */
  readonly memoryPages: number;
}

const REQUEST: readonly Pair[] = [
  [":authority", "httpbin:8000"],
  [":path", "/headers"],
  [":method", "GET"],
  [":scheme", "http"],
  ["user-agent", "filter-host"],
];
const RESPONSE: readonly Pair[] = [
  [":status", "200"],
  ["content-type", "application/json"],
];

/** Options of {@link tryModule}. */
export interface TrialOptions {
  readonly plugin?: Pick<PluginOptions, "rootId" | "environment"> | undefined;
  /** The platform of the engine; the standard one by default. If it has a watchdog, callbacks that do not return are stopped. */
  readonly platform?: Platform | undefined;
  /** The timeout of one callback in milliseconds, 30,000 by default. Exceeding it is a trap. Without a watchdog, there is no timeout. */
  readonly callbackTimeout?: number | undefined;
}

/**
 * Configures a module and sends two requests through it, one without and one with the header `hello`.
 *
 * @param module the module's bytes
 * @param configuration the plugin's configuration
 * @returns what the module did; a module that is refused or traps is a result, not an error
 */
export function tryModule(
  module: Uint8Array,
  configuration: Uint8Array,
  { plugin, platform = standardPlatform, callbackTimeout = 30_000 }: TrialOptions = {},
): Trial {
  const log: LogLine[] = [];
  const events: TraceEvent[] = [];
  const filters = embed({
    plugins: [{ ...plugin, name: "doctor", module, configuration }],
    log: (line) => log.push(line),
    trace: (event) => events.push(event),
    ...(platform.watchdog && { callbackTimeout }),
    platform,
  });
  const [tried] = filters.plugins;
  const requests: RequestCost[] = [];
  for (const [name, more] of [
    ["without hello", []],
    ["with hello", [["hello", "something"]]],
  ] as const satisfies [string, readonly Pair[]][]) {
    if (tried?.state !== "running") break;
    events.length = 0;
    const stream = filters.openStream();
    stream.request({ headers: [...REQUEST, ...more] });
    stream.respond({ headers: RESPONSE, body: Buffer.from("{}") });
    stream.end();
    const names = (kind: string) =>
      events.filter((one) => one.kind === kind && one.phase === "enter").map((one) => one.name);
    requests.push({ name, entries: names("callback"), calls: names("call") });
  }
  const trial = {
    state: tried?.state ?? "refused",
    error: tried?.error,
    log,
    requests,
    memoryPages: tried?.memoryPages ?? 0,
  };
  filters.close();
  return trial;
}
