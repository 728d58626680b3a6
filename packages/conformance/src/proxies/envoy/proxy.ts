import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterAddress } from "../../backends/clusters.ts";
import type { Case, Level } from "../../cases/case.ts";
import { temporaryFolder } from "../../environment/temporary.ts";
import { type Chain, moduleOf, type ProxyOptions, type ProxyUnderTest } from "../proxy.ts";
import type { EnvoyLine } from "./log.ts";
import { type Envoy, startEnvoy } from "./start.ts";

const BASELINE = "baseline";
const HTTP2_BASELINE = "baseline-http2";
/** The clusters of the TCP upstream and of the HTTP/2 upstream. */
const [TCP, HTTP2] = ["tcp", "upstream-http2"];

/**
 * Real Envoy as a proxy under test: one process with a listener for each case.
 *
 * @param envoy the program
 */
export async function startEnvoyProxy(
  envoy: string,
  { module, backends, cases, log: write }: ProxyOptions,
): Promise<ProxyUnderTest> {
  const folder = temporaryFolder("module");
  const files = new Map<Uint8Array, string>();
  const fileOf = (bytes: Uint8Array): string => {
    const file = files.get(bytes) ?? join(folder.path, `plugin-${files.size}.wasm`);
    if (!files.has(bytes)) writeFileSync(file, bytes);
    files.set(bytes, file);
    return file;
  };
  const here = cases.filter(({ on }) => on.includes("envoy"));
  const ids = new Map(here.map((of, at) => [of, `case-${at}`]));
  const listeners = here.map((of) => ({
    name: ids.get(of) ?? "",
    ...(of.tcp && { tcp: TCP }),
    ...(of.http2Upstream && { cluster: HTTP2 }),
    routes: of.routes,
    filters: of.filters.map(({ rootId, vmId, failPolicy, configuration }, at) => ({
      name: filterName(ids.get(of), at),
      module: fileOf(moduleOf(module, of)),
      rootId,
      // One VM for each case: a module that traps in one case must not fail the others.
      vmId: vmId ?? ids.get(of) ?? "",
      failPolicy,
      configuration,
    })),
  }));
  const process: Envoy = await startEnvoy({
    envoy,
    upstream: backends.upstream.url,
    clusters: new Map<string, ClusterAddress>([
      ...backends.clusters.all,
      [TCP, { url: backends.tcpUpstream.url }],
      [HTTP2, { url: backends.upstream.http2, http2: true }],
    ]),
    listeners: [{ name: BASELINE, filters: [] }, { name: HTTP2_BASELINE, cluster: HTTP2, filters: [] }, ...listeners],
    trace: true,
  }).catch((error) => {
    folder.remove();
    throw error;
  });
  const log = () => {
    const lines = process.log();
    for (const { level, component, text } of lines) write?.(`[${level}][${component}] ${text}`);
    return lines;
  };
  const startLog = log();
  return {
    name: "envoy",
    baseline: (http2Upstream) => process.url(http2Upstream ? HTTP2_BASELINE : BASELINE),
    open: async (of) => openCase(of, ids.get(of) ?? "", { ...process, log }, startLog),
    async close() {
      await process.close();
      folder.remove();
    },
  };
}

const filterName = (id: string | undefined, at: number): string => `${id}-${at}`;

function openCase(of: Case, id: string, process: Envoy, startLog: readonly EnvoyLine[]): Chain {
  // proxy-wasm-cpp-host, makeLogPrefix and makeRootLogPrefix: a root context's lines lack the filter's name.
  const prefixes = of.filters.flatMap(({ rootId, vmId = id }, at) =>
    [`${filterName(id, at)} `, ""].map((name) => `wasm log ${name}${rootId && `${rootId} `}${vmId}: `),
  );
  // Before a VM has a context, its lines have no name at all: they can only be told by their text.
  const unnamed = `wasm log: ${of.name}: `;
  const filterLines = (lines: readonly EnvoyLine[]): [Level, string][] =>
    lines.flatMap(({ level, text }) => {
      const prefix = text.startsWith(unnamed) ? "wasm log: " : prefixes.find((prefix) => text.startsWith(prefix));
      return prefix === undefined ? [] : [[level, text.slice(prefix.length)] as [Level, string]];
    });
  // Drop the lines of earlier cases.
  process.log();
  let first: readonly EnvoyLine[] | undefined = startLog;
  return {
    url: process.url(id),
    async reconfigure(filter, configuration) {
      await process.reconfigure(filterName(id, filter), configuration);
    },
    async look() {
      const lines = [...(first ?? []), ...process.log()];
      first = undefined;
      const names = (pattern: RegExp) => lines.flatMap(({ text }) => pattern.exec(text)?.[1] ?? []);
      return {
        log: filterLines(lines),
        calls: names(/^\[vm->host\] \w+\.(\w+)\(/),
        callbacks: names(/^\[host->vm\] (\w+)\(/),
      };
    },
    async counters() {
      const { stats } = JSON.parse(await process.admin("/stats?format=json&filter=^wasmcustom")) as {
        stats: { name?: string; value?: number }[];
      };
      return new Map(stats.map(({ name = "", value = 0 }) => [name.replace(/^wasmcustom\./, ""), value]));
    },
    prometheus: () => process.admin("/stats/prometheus"),
    close: async () => {},
  };
}
