import type { Pair } from "./abi/pairs.ts";
import type { PluginState } from "./chain.ts";
import type { LogLine } from "./log-line.ts";
import { embed } from "./node-runtime.ts";
import type { PluginOptions } from "./plugin.ts";
import type { TraceEvent } from "./trace.ts";

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

/**
 * Configures a module and leads two requests through it, one without and one with the header `hello`.
 *
 * @param module the module's bytes
 * @param configuration the plugin's configuration
 * @param plugin the plugin's root id and environment
 * @param patience how long one callback may take, in milliseconds of wall time; one that takes longer ends as a trap does
 */
export function tryModule(
  module: Uint8Array,
  configuration: Uint8Array,
  plugin: Pick<PluginOptions, "rootId" | "environment"> = {},
  patience = 30_000,
): Trial {
  const log: LogLine[] = [];
  const events: TraceEvent[] = [];
  const filters = embed({
    plugins: [{ ...plugin, name: "doctor", module, configuration }],
    log: (line) => log.push(line),
    trace: (event) => events.push(event),
    callbackTimeout: patience,
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
