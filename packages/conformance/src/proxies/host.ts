import { type Host, type LogLine, Status, startHost, type TraceEvent } from "@wasm-header-filter/filter-host";
import { traceText } from "proxy-wasm-host";
import { type Case, RELOAD_INTERVAL, STATS_TAGS } from "../cases/case.ts";
import { logText } from "./log-text.ts";
import { type Chain, moduleOf, type ProxyOptions, type ProxyUnderTest } from "./proxy.ts";

/**
 * filter-host as a proxy under test: one host for each baseline, and one for each case.
 *
 * @returns the proxy; only the baselines run until a case is opened
 */
export async function startHostProxy({
  module,
  backends,
  trace: tell,
  log: write,
}: ProxyOptions): Promise<ProxyUnderTest> {
  const upstreams = { http1: backends.upstream.url, http2: http2Url(backends.upstream.http2) };
  const clusters = Object.fromEntries([...backends.clusters.all].map(([name, { url }]) => [name, url]));
  const baseline = await startHost({ plugins: [], upstream: upstreams.http1 });
  const http2Baseline = await startHost({ plugins: [], upstream: upstreams.http2 });
  const open = new Set<Host>([baseline, http2Baseline]);
  return {
    name: "host",
    baseline: (http2Upstream) => (http2Upstream ? http2Baseline : baseline).url,
    async open(of) {
      const log: LogLine[] = [];
      const trace: TraceEvent[] = [];
      const text = write && traceText(write);
      const host = await startHost({
        plugins: of.filters.map(({ rootId, vmId = "", configuration, failPolicy }, at) => ({
          name: `${of.name}-${at}`,
          module: moduleOf(module, of),
          rootId,
          vmId,
          configuration,
          failPolicy,
          reloadInterval: RELOAD_INTERVAL,
        })),
        upstream: of.tcp ? backends.tcpUpstream.url : upstreams[of.http2Upstream ? "http2" : "http1"],
        tcp: of.tcp,
        clusters,
        routes: of.routes.map(({ header: [header, value], cluster }) => ({ header, value, cluster })),
        // Envoy runs at this level too, which its trace of calls needs.
        logLevel: "trace",
        log: (line) => {
          log.push(line);
          write?.(`[${line.level}] ${line.plugin}: ${line.message}`);
        },
        trace: (event) => {
          trace.push(event);
          tell?.(event);
          text?.(event);
        },
        statsTags: STATS_TAGS,
        faults: faultsOf(of),
      });
      open.add(host);
      return chainOf(of, host, log, trace, async () => {
        open.delete(host);
        await host.close();
      });
    },
    async close() {
      await Promise.all([...open].map((host) => host.close()));
    },
  };
}

/** The URL of an HTTP/2 upstream, as filter-host expects it. */
const http2Url = ({ host }: URL): URL => new URL(`h2c://${host}`);

/** All streams count as ended after this number of turns of the event loop without a trace event. */
const QUIET_TURNS = 20;

/** Waits until answered streams have ended: the closed connection is read, then `proxy_on_done`, `_log` and `_delete` are called. */
async function quiet(trace: readonly TraceEvent[]): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  // The timer may fire before sockets that are ready are read; each turn reads them.
  for (let [turns, before] = [0, trace.length]; turns < QUIET_TURNS; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (trace.length > before) [turns, before] = [0, trace.length];
  }
}

function chainOf(of: Case, host: Host, log: LogLine[], trace: TraceEvent[], close: () => Promise<void>): Chain {
  return {
    url: host.url,
    async reconfigure(filter, configuration) {
      host.reconfigure(`${of.name}-${filter}`, configuration.length > 0 ? configuration : undefined);
    },
    async look() {
      await quiet(trace);
      const entered = trace.splice(0).filter(({ phase }) => phase === "enter");
      const named = (kind: TraceEvent["kind"]) =>
        entered.filter((event) => event.kind === kind).map(({ name }) => name);
      return {
        log: log
          .splice(0)
          .filter(({ source }) => source === "filter")
          .map(({ level, message, bytes }) => [level, bytes ? logText(bytes) : message] as const),
        calls: named("call"),
        callbacks: named("callback"),
      };
    },
    counters: async () => new Map([...host.counters()].map(([name, value]) => [name, Number(value)])),
    prometheus: async () => host.stats(),
    close,
  };
}

/** The statuses as numbers, as filter-host expects them. */
function faultsOf({ faults }: Case): Record<string, number> {
  const numbers = new Map(Object.entries(Status));
  return Object.fromEntries(Object.entries(faults).map(([name, status]) => [name, Number(numbers.get(status))]));
}
