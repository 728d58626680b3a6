import { Failure, type HostPort, oneLine } from "@wasm-header-filter/cli";
import { startUpstream } from "@wasm-header-filter/conformance/upstream";
import { type CurlResult, curl } from "./curl.ts";
import { onHost } from "./on-host.ts";
import type { Output } from "./output.ts";
import type { LabOptions, LabProxy } from "./proxy.ts";
import { pushImage } from "./registry.ts";
import type { LabResources } from "./resources.ts";

type ProxyName = "host" | "envoy";

export interface RunOptions {
  readonly resources: LabResources;
  /** REGISTRY/NAME to push the image to; left out, it is read from its layout. */
  readonly repository?: string | undefined;
  readonly proxy: ProxyName;
  /** The workload; left out, one is started that answers as httpbin does. */
  readonly upstream?: URL | undefined;
  readonly listen: HostPort;
  readonly admin: HostPort;
  readonly output: Output;
}

/** A running lab. */
export interface Lab {
  readonly proxy: LabProxy;
  /** What is wrong with the answer or the statistics; empty if nothing is. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/**
 * Runs the lab: puts the filter in front of the workload, sends the lab's request, and looks for the headers and the counter.
 *
 * @throws Failure if the proxy can't start or doesn't answer
 */
export async function runLab(run: RunOptions): Promise<Lab> {
  const { resources, repository, proxy: kind, upstream, listen, admin, output } = run;
  const { name, manifest, labels, layout, modulePath, configuration, image } = resources;
  if (repository) await pushImage(resources, repository);
  output.image(image, repository);
  output.manifest(resources.source, resources.yaml);
  const workload = upstream ? { url: upstream, close: async () => {} } : await startUpstream();
  const target = workload.url;
  const said = new Map<string, string>();
  let log = (level: string, message: string): void => {
    // Every VM of a proxy logs the same while it is configured.
    said.set(message, level);
  };
  const options: LabOptions = {
    manifest,
    labels,
    layout: repository ? undefined : layout,
    name,
    modulePath,
    configuration,
    upstream: target,
    listen,
    admin,
    log: (level, message) => log(level, message),
  };
  let proxy: LabProxy | undefined;
  const close = async () => {
    await proxy?.close();
    await workload.close();
  };
  try {
    proxy = await start(kind, options);
    output.proxy(proxy.name, proxy.url, proxy.adminUrl, upstream ? target.origin : "a built-in httpbin");
    for (const [message, level] of said) output.log(level, message);
    log = output.log;

    const exchange = await answered(proxy, target);
    const added = new Set([...resources.headers].map(([header, value]) => `< ${header}: ${value}`));
    output.exchange(exchange, added);

    const lines = await counterLines(proxy);
    output.statistics(proxy.adminUrl, lines);
    return { proxy, problems: findProblems(exchange, resources, lines), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(kind: ProxyName, options: LabOptions): Promise<LabProxy> {
  try {
    return await started(kind, options);
  } catch (error) {
    const taken = /[\d.:[\]a-f]+:\d+(?='|$)/.exec(
      /^.*address already in use.*$/im.exec(oneLine(error))?.[0] ?? "",
    )?.[0];
    if (!taken) throw error;
    throw new Failure(
      `${taken}: already in use; choose other ports with --listen and --admin, or stop the program that listens there`,
    );
  }
}

async function started(kind: ProxyName, options: LabOptions): Promise<LabProxy> {
  if (kind === "host") return onHost(options);
  const { onEnvoy } = await import("./on-envoy.ts");
  return onEnvoy(options);
}

async function answered({ url }: LabProxy, upstream: URL): Promise<CurlResult> {
  try {
    return await curl(new URL("/headers", url), [["hello", "something"]]);
  } catch (error) {
    throw new Failure(`${url.origin}: no answer, is the upstream ${upstream.origin} alive? (${oneLine(error)})`);
  }
}

async function counterLines({ adminUrl }: LabProxy): Promise<string[]> {
  const response = await fetch(new URL("/stats/prometheus", adminUrl), { signal: AbortSignal.timeout(30_000) });
  return (await response.text()).split("\n").filter((line) => line.includes("hello"));
}

function findProblems({ answer }: CurlResult, { headers }: LabResources, lines: readonly string[]): string[] {
  const found: string[] = [];
  if (answer.status !== 200) found.push(`the status is ${answer.status}, expected 200; is the upstream alive?`);
  for (const [name, value] of headers) {
    const there = answer.headers.some(([header, got]) => header.toLowerCase() === name && got === String(value));
    if (!there) found.push(`the answer has no header ${name}: ${value}`);
  }
  if (!lines.includes("hello_header_counter{} 1")) found.push("the statistics have no line hello_header_counter{} 1");
  return found;
}
