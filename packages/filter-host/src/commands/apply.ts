import { byteSize, type command, keyValue, UsageError } from "@wasm-header-filter/cli";
import type { Manifests } from "@wasm-header-filter/manifests";
import { addConnectionOptions, type ConnectionOptions, registryOptions } from "@wasm-header-filter/oci";
import { Option } from "commander";
import { readFiles } from "../apply/files.ts";
import { ModuleCache } from "../apply/module-cache.ts";
import { applicationText } from "../apply/show.ts";
import type { Workload } from "../apply/workload.ts";
import { portOf } from "../net/upstream-address.ts";
import { addProxyOptions, hostOptions, type ProxyCommandOptions, runProxy } from "./proxy.ts";
import { collect } from "./record-options.ts";

export interface ApplyCommandOptions extends ProxyCommandOptions, Pick<ConnectionOptions, "ca" | "insecure"> {
  readonly file: readonly string[];
  readonly workload?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly rootNamespace: string;
  readonly port?: number;
  readonly mode: Workload["mode"];
  readonly layout?: readonly string[];
  readonly cache?: string | false;
  readonly cacheLimit?: number;
}

/** The lab's workload. */
const LABELS = { app: "httpbin", version: "v1" };

/** Adds the options of `apply`. */
export function addApplyOptions(command: Command): Command {
  return addConnectionOptions(addProxyOptions(command))
    .requiredOption("-f, --file <path...>", "manifests, or folders with manifests; may be given again")
    .option(
      "--workload <labels>",
      "the workload's labels, NAME=VALUE,... (default: those of the manifests' only Deployment, else app=httpbin,version=v1)",
      labels,
    )
    .option("--namespace <name>", "the workload's namespace, also that of resources without one (default: default)")
    .option("--root-namespace <name>", "the namespace whose resources apply to the whole mesh", "istio-system")
    .option("--port <number>", "the workload's port, for match (default: its Deployment's, else the upstream's)", port)
    .addOption(
      new Option("--mode <mode>", "for match: inbound (SERVER) or outbound (CLIENT) requests")
        .choices(["SERVER", "CLIENT"])
        .default("SERVER"),
    )
    .option("--layout <dir>", "an OCI layout to search for images before their registries; may be given again", collect)
    .option("--cache <dir>", "the folder of cached modules (default: filter-host/modules in the user's cache)")
    .option("--no-cache", "do not cache modules")
    .option("--cache-limit <size>", "the size limit of the cache (default: 512MiB)", byteSize);
}

type Command = ReturnType<typeof command>;

/**
 * Runs the plugins of manifests in front of an upstream, and follows changes of the files, until the process gets SIGINT or SIGTERM.
 *
 * @throws Failure if a manifest cannot be read or is invalid, or a port is in use
 */
export async function apply(options: ApplyCommandOptions): Promise<void> {
  // Kubernetes' models take a while to load, which the other commands need not wait for.
  const { readManifestFiles } = await import("@wasm-header-filter/manifests");
  const { startApplied } = await import("../apply/apply.ts");
  const { file: files, layout: layouts, cache, cacheLimit } = options;
  const workload = workloadOf(options, readManifestFiles(readFiles(files)));
  const { ca, insecure } = options;
  const registry = await registryOptions({ ...(ca && { ca }), ...(insecure && { insecure }) });
  const kept = cache === false ? undefined : new ModuleCache(cache, cacheLimit);
  await runProxy(options, () =>
    startApplied({
      ...hostOptions(options),
      files,
      workload,
      places: { layouts, cache: kept, registry },
      applied: (application, { plugins }) => console.error(applicationText(application, plugins)),
    }),
  );
  // A slow registry must not delay the exit.
  process.exit();
}

function workloadOf(options: ApplyCommandOptions, { deployments }: Manifests): Workload {
  const [deployment, ...others] = deployments;
  const pod = others.length === 0 && options.workload === undefined ? deployment?.spec?.template : undefined;
  const [container] = pod?.spec?.containers ?? [];
  return {
    namespace: options.namespace ?? (pod && deployment?.metadata.namespace) ?? "default",
    rootNamespace: options.rootNamespace,
    labels: options.workload ?? pod?.metadata?.labels ?? LABELS,
    port: options.port ?? container?.ports?.[0]?.containerPort ?? portOf(options.upstream),
    mode: options.mode,
    type: options.tcp ? "NETWORK" : "HTTP",
  };
}

const labels = (text: string, previous: Record<string, string> = {}): Record<string, string> =>
  text.split(",").reduce((all, label) => keyValue(label, all), previous);

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return Number(text);
  throw new UsageError(`--port ${text}: expected a number from 1 to 65535`);
}
