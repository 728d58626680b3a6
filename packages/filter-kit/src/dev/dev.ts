import { type HostPort, oneLine, palette } from "@wasm-header-filter/cli";
import { startUpstream } from "@wasm-header-filter/conformance/upstream";
import { build } from "../build.ts";
import { checkConfiguration } from "../configuration.ts";
import { type Engine, type Project, readProject, shortName } from "../project.ts";
import { follow } from "./follow.ts";

/** How filters are developed. */
export interface DevOptions {
  readonly engine: Engine;
  readonly proxy: "host" | "envoy";
  /** What is behind the filter; left out, a built-in server that answers as httpbin does. */
  readonly upstream?: URL | undefined;
  /** The services that the filter calls, by the names of their clusters. */
  readonly cluster?: Readonly<Record<string, URL>> | undefined;
  /** Whether requests wait until they are released on the page. */
  readonly break?: boolean | undefined;
  readonly listen: HostPort;
  readonly admin: HostPort;
}

/**
 * Serves requests through a filter that is built again whenever its sources or what describes it change, until the process gets SIGINT or
 * SIGTERM. The module is swapped under running requests. What can't be built is said, and the last module stays.
 *
 * @throws Failure if the first build fails, or the proxy can't start
 */
export async function develop(project: Project, options: DevOptions): Promise<void> {
  const { engine, proxy, listen, admin, cluster: clusters = {} } = options;
  const { bold, red, dim } = palette(process.stdout);
  let started = performance.now();
  checkConfiguration(project);
  const module = await build(project, engine);
  const backend = options.upstream ? undefined : await startUpstream();
  try {
    const serve =
      proxy === "host" ? (await import("./on-host.ts")).serveOnHost : (await import("./on-envoy.ts")).serveOnEnvoy;
    const served = await serve(module, project, {
      upstream: options.upstream ?? (backend as { url: URL }).url,
      clusters,
      listen,
      admin,
      paused: options.break ?? false,
      serves: (what) =>
        console.log(
          `${bold(shortName(project))} served, ${what} ${dim(`${Math.round(performance.now() - started)} ms`)}`,
        ),
      log: (level, message) => console.log(`${level === "error" ? red(level) : dim(level)} ${message}`),
    });
    try {
      console.log(`${bold(served.url.origin)} ${served.admin}, until Ctrl-C`);
      const stop = follow(project, async () => {
        started = performance.now();
        try {
          const now = await readProject(project.dir);
          checkConfiguration(now);
          await served.use(await build(now, engine), now);
          served.notice(undefined);
        } catch (error) {
          const text = `${oneLine(error)}; the last module stays`;
          served.notice(text);
          console.error(`${red("filter:")} ${text}`);
        }
      });
      await served.ended();
      stop();
    } finally {
      await served.close();
    }
  } finally {
    await backend?.close();
  }
}
