import { mkdirSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type HostPort, oneLine, palette } from "@wasm-header-filter/cli";
import { startUpstream } from "@wasm-header-filter/conformance/upstream";
import { type ApplyOptions, drainOnSignal, startApplied, startOrExplain } from "@wasm-header-filter/filter-host";
import { build } from "./build.ts";
import { checkConfiguration } from "./configuration.ts";
import { CONFIG_FILE, type Engine, type Project, readProject, shortName } from "./project.ts";

/** How filters are developed. */
export interface DevOptions {
  readonly engine: Engine;
  /** What is behind the filter; left out, a built-in server that answers as httpbin does. */
  readonly upstream?: URL | undefined;
  /** The services that the filter calls, by the names of their clusters. */
  readonly cluster?: Readonly<Record<string, URL>> | undefined;
  readonly listen: HostPort;
  readonly admin: HostPort;
}

/** Several files that are saved together are one change, in milliseconds. */
const QUIET = 30;

const WORKLOAD = {
  labels: {},
  namespace: "default",
  rootNamespace: "istio-system",
  port: 80,
  mode: "SERVER",
  type: "HTTP",
} as const;

/**
 * Serves requests through a filter that is built again whenever its sources or its package.json change, until the process gets SIGINT or
 * SIGTERM. The module is swapped under running requests. What can't be built is said, and the last module stays.
 *
 * @throws Failure if the first build fails; Error with `code` if a port is in use
 */
export async function develop(
  project: Project,
  { engine, upstream, cluster, listen, admin }: DevOptions,
): Promise<void> {
  const { bold, red, dim } = palette(process.stdout);
  const backend = upstream ? undefined : await startUpstream();
  const manifest = join(project.dir, "build/dev.yaml");
  let started = performance.now();
  write(manifest, project, await build(project, engine));
  const options: ApplyOptions = {
    files: [manifest],
    workload: WORKLOAD,
    clusters: cluster ?? {},
    upstream: upstream ?? (backend as { url: URL }).url,
    listen,
    admin,
    applied: ({ plugins }) => {
      const [plugin] = plugins;
      const time = dim(`${Math.round(performance.now() - started)} ms`);
      if (plugin?.module) console.log(`${bold(shortName(project))} served, ${plugin.module.size} bytes ${time}`);
    },
    log: ({ level, message }) => console.log(`${level === "error" ? red(level) : dim(level)} ${message}`),
  };
  const host = await startOrExplain(() => startApplied(options)).catch(async (error) => {
    await backend?.close();
    throw error;
  });
  try {
    console.log(`${bold(host.url.origin)} page ${host.adminUrl?.origin ?? "none"}, until Ctrl-C`);
    const again = async (): Promise<void> => {
      started = performance.now();
      try {
        const now = await readProject(project.dir);
        const module = await build(now, engine);
        write(manifest, now, module);
        host.notice(undefined);
      } catch (error) {
        const text = `${oneLine(error)}; the last module stays`;
        host.notice(text);
        console.error(`${red("filter:")} ${text}`);
      }
    };
    const stop = follow(project, again);
    await drainOnSignal(host);
    stop();
  } finally {
    await host.close();
    await backend?.close();
  }
}

/** The manifest that runs the module: YAML has all of JSON. */
function write(file: string, project: Project, module: string): void {
  checkConfiguration(project);
  mkdirSync(dirname(file), { recursive: true });
  const resource = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name: shortName(project), namespace: "default" },
    spec: { url: pathToFileURL(module).href, ...project.plugin },
  };
  writeFileSync(file, `${JSON.stringify(resource, undefined, 2)}\n`);
}

/** Calls back after each change of the source's folder, of package.json, of filter.config.ts or of the schema, one call after the other. */
function follow({ dir, source, schema }: Project, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve();
  const note = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      last = last.then(changed);
    }, QUIET);
  };
  const watchers = [
    watch(join(dir, dirname(source)), { recursive: dirname(source) !== "." }, note),
    watch(dir, (_, name) => (["package.json", CONFIG_FILE, schema].includes(name ?? undefined) ? note() : undefined)),
  ];
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
