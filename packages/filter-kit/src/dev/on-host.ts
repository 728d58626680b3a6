import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { drainOnSignal, startApplied, startOrExplain } from "@wasm-header-filter/filter-host";
import { type Project, shortName } from "../project.ts";
import type { Served, ServeOptions } from "./served.ts";

const WORKLOAD = {
  labels: {},
  namespace: "default",
  rootNamespace: "istio-system",
  port: 80,
  mode: "SERVER",
  type: "HTTP",
} as const;

/**
 * Serves a filter through filter-host, with its page.
 *
 * @throws Failure if it can't listen, or refuses the manifest
 */
export async function serveOnHost(module: string, project: Project, options: ServeOptions): Promise<Served> {
  const { upstream, clusters, listen, admin, paused, serves, log } = options;
  const file = join(project.dir, "build/dev.yaml");
  write(file, project, module);
  const host = await startOrExplain(() =>
    startApplied({
      files: [file],
      workload: WORKLOAD,
      upstream,
      clusters,
      listen,
      admin,
      paused,
      applied: ({ plugins: [plugin] }) => {
        if (plugin?.module) serves(`${plugin.module.size} bytes`);
      },
      log: ({ level, message }) => log(level, message),
    }),
  );
  return {
    url: host.url,
    admin: `page ${host.adminUrl?.origin ?? "none"}`,
    use: async (next, now) => write(file, now, next),
    notice: (text) => host.notice(text),
    ended: () => drainOnSignal(host),
    close: () => host.close(),
  };
}

/** The manifest that runs the module, which filter-host follows: YAML has all of JSON. */
function write(file: string, project: Project, module: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const resource = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name: shortName(project), namespace: "default" },
    spec: { url: pathToFileURL(module).href, ...project.plugin },
  };
  writeFileSync(file, `${JSON.stringify(resource, undefined, 2)}\n`);
}
