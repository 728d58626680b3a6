import { Failure, readInput, UsageError } from "@wasm-header-filter/cli";
import { type ConnectionOptions, registryOptions } from "@wasm-header-filter/oci";
import { ENVOY_VERSIONS, envoyVersion, NEWEST_ENVOY } from "proxy-wasm-host";
import { type Conditions, type Examined, examineImage, examineModule, withMap } from "./examination.ts";
import type { ImagePlaces } from "./examine-manifest.ts";
import { trialRequest } from "./request-option.ts";
import { shown, verdict } from "./show.ts";
import { findSource, type Source } from "./subjects/source.ts";

/** The options of the command. */
export interface DoctorOptions extends ConnectionOptions {
  readonly json?: boolean;
  readonly config?: string;
  readonly configFile?: string;
  readonly rootId?: string;
  readonly cluster?: Readonly<Record<string, URL>>;
  readonly request?: readonly string[];
  readonly envoy?: string;
  readonly layout?: string;
}

/**
 * Examines a module, an image or a manifest, and prints the findings.
 *
 * @param text a wasm file, an OCI layout's folder, `DIR:TAG`, `oci://REFERENCE`, `file://PATH`, or a manifest file
 * @param options the options of the command
 * @param host the program of the trial's host
 * @throws UsageError if the version of Envoy is not known, a request is not valid, or there are two configurations
 * @throws Failure if there is an error among the findings, or the source or the configuration could not be read
 */
export async function doctor(text: string, options: DoctorOptions, host?: URL): Promise<void> {
  const { json = false, layout, rootId, cluster, request, envoy } = options;
  const conditions: Conditions = {
    envoy: knownEnvoy(envoy),
    ...configurationOf(options),
    ...(rootId !== undefined && { plugin: { rootId } }),
    clusters: cluster,
    requests: request?.map(trialRequest),
    host,
  };
  const registry = await registryOptions(options);
  const source = findSource(text, registry);
  const examined = await examineAll(source, text, conditions, { ...registry, layout });
  const ok = !examined.some(([, { outcome }]) => outcome === "not fit");
  if (json) console.log(JSON.stringify(report(text, ok, conditions, examined), null, 2));
  else {
    for (const [name, one] of examined) {
      console.log([verdict(name, conditions.envoy, one), ...shown(one)].join("\n"));
    }
  }
  if (!ok) throw new Failure(`${text}: not fit, see above`);
}

function configurationOf({ config, configFile }: DoctorOptions): Pick<Conditions, "configuration" | "configuredBy"> {
  if (config !== undefined && configFile !== undefined) {
    throw new UsageError("--config and --config-file: expected one of them, not both");
  }
  if (config !== undefined) return { configuration: Buffer.from(config), configuredBy: "--config" };
  if (configFile === undefined) return {};
  return { configuration: readInput(configFile, "configuration"), configuredBy: "--config-file" };
}

async function examineAll(
  source: Source,
  text: string,
  conditions: Conditions,
  places: ImagePlaces,
): Promise<[string, Examined][]> {
  if (source.kind === "module")
    return [[text, await examineModule(source.bytes, withMap(conditions, source.sourceMap))]];
  if (source.kind === "manifest") {
    // Loaded on demand: Kubernetes' models take long to load, and only manifests need them.
    const { examineManifest } = await import("./examine-manifest.ts");
    return examineManifest(source.text, text, conditions, places);
  }
  const examined: [string, Examined][] = [];
  for (const image of source.images) examined.push([image.name, await examineImage(image, conditions)]);
  return examined;
}

/** The output of `--json`. */
function report(source: string, ok: boolean, { envoy }: Conditions, examined: readonly [string, Examined][]): object {
  return { source, ok, envoy, examined: examined.map(([name, one]) => ({ name, ...one })) };
}

function knownEnvoy(text: string | undefined): Conditions["envoy"] {
  const known = text === undefined ? NEWEST_ENVOY : envoyVersion(text);
  if (known) return known;
  throw new UsageError(`--envoy ${text}: unknown version, expected one of ${ENVOY_VERSIONS.join(", ")}`);
}
