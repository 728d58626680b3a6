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

/** What one request cost: how often the host entered the VM, and which host functions the module called. */
export interface RequestCost {
  readonly name: string;
  /** Calls of the module's exports, its allocator among them. */
  readonly entries: readonly string[];
  readonly calls: readonly string[];
}

/** What a module did when it was tried. */
export interface Trial {
  readonly state: PluginState;
  readonly error: string | undefined;
  readonly log: readonly LogLine[];
  readonly requests: readonly RequestCost[];
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

/** How a module is tried. */
export interface TrialOptions {
  readonly plugin?: Pick<PluginOptions, "rootId" | "environment"> | undefined;
  /** What the engine runs on; one with a watchdog stops callbacks that don't return. */
  readonly platform?: Platform | undefined;
  /** How many milliseconds one callback may take, 30,000 by default; one that takes longer ends as a trap does. */
  readonly patience?: number | undefined;
}

/**
 * Configures a module and sends two requests through it, one without and one with the header `hello`.
 *
 * @param module the module's bytes
 * @param configuration the plugin's configuration
 */
export function tryModule(
  module: Uint8Array,
  configuration: Uint8Array,
  { plugin, platform = standardPlatform, patience = 30_000 }: TrialOptions = {},
): Trial {
  const log: LogLine[] = [];
  const events: TraceEvent[] = [];
  const filters = embed({
    plugins: [{ ...plugin, name: "doctor", module, configuration }],
    log: (line) => log.push(line),
    trace: (event) => events.push(event),
    ...(platform.watchdog && { callbackTimeout: patience }),
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
