import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { type Envoy, findEnvoy, startEnvoy } from "@wasm-header-filter/conformance";
import { configurationText } from "../configuration.ts";
import { type Project, shortName } from "../project.ts";
import type { Served, ServeOptions } from "./served.ts";

/** How often Envoy's log is read, in ms. */
const PERIOD = 100;

/**
 * Serves a filter through the real Envoy. Modules and configurations come by extension config discovery, as Istio delivers them.
 *
 * @throws Failure if there is no Envoy here, or it doesn't start
 */
export async function serveOnEnvoy(module: string, project: Project, options: ServeOptions): Promise<Served> {
  const { upstream, clusters, listen, admin, serves, log } = options;
  const found = await findEnvoy();
  if ("reason" in found) throw new Failure(`--proxy envoy: ${found.reason}`);
  const name = shortName(project);
  const folder = mkdtempSync(join(tmpdir(), "filter-dev-"));
  const remove = () => rmSync(folder, { recursive: true });
  let count = 0;
  // Envoy takes an update only if it differs, and reads the file when it takes it.
  const copied = (from: string): string => {
    const copy = join(folder, `${++count}.wasm`);
    copyFileSync(from, copy);
    return copy;
  };
  const filter = { name, module: copied(module), configuration: Buffer.from(configurationText(project)) };
  const envoy = await startEnvoy({
    envoy: found.path,
    upstream,
    clusters: new Map(Object.entries(clusters).map(([cluster, url]) => [cluster, { url }])),
    listeners: [{ name: "filter", listen, filters: [filter] }],
    admin,
  }).catch((error) => {
    remove();
    throw error;
  });
  const reading = setInterval(() => tell(envoy, log), PERIOD);
  serves(`${statSync(module).size} bytes, on Envoy ${found.version}`);
  return {
    url: envoy.url("filter"),
    admin: `admin ${envoy.adminUrl.origin}`,
    async use(next, now) {
      const taken = await envoy.reconfigure(name, Buffer.from(configurationText(now)), copied(next));
      tell(envoy, log);
      if (!taken) throw new Failure("Envoy refuses the module or its configuration");
      rmSync(join(folder, `${count - 1}.wasm`), { force: true });
      serves(`${statSync(next).size} bytes`);
    },
    notice: () => {},
    async ended() {
      await Promise.race(["SIGINT", "SIGTERM"].map((signal) => once(process, signal)));
    },
    async close() {
      clearInterval(reading);
      await envoy.close();
      remove();
    },
  };
}

/** Passes on what Envoy has logged since the last time. */
function tell(envoy: Envoy, log: ServeOptions["log"]): void {
  for (const { level, component, text } of envoy.log())
    log(level, component === "wasm" ? text : `${component}: ${text}`);
}
