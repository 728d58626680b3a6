import { Failure, UsageError } from "@wasm-header-filter/cli";
import { type ConnectionOptions, registryOptions } from "@wasm-header-filter/oci";
import { ENVOY_VERSIONS, envoyVersion, NEWEST_ENVOY, type Platform } from "proxy-wasm-host";
import { type Conditions, type Examined, examineImage, examineModule } from "./examination.ts";
import type { ImagePlaces } from "./examine-manifest.ts";
import { shown, verdict } from "./show.ts";
import { findSource, type Source } from "./subjects/source.ts";

/** The configuration for the trial, by default: the header filter's example. */
const EXAMPLE = '{"header_1":"some_value_1","header_2":"another_value"}';

/** The options of the command. */
export interface DoctorOptions extends ConnectionOptions {
  readonly json?: boolean;
  readonly config?: string;
  readonly envoy?: string;
  readonly layout?: string;
}

/**
 * Examines a module, an image or a manifest, and prints the findings.
 *
 * @param text a wasm file, an OCI layout's folder, `DIR:TAG`, `oci://REFERENCE`, or a manifest file
 * @param options the options of the command
 * @param platform the platform of the engine that tries modules
 * @throws UsageError if the version of Envoy is not known
 * @throws Failure if there is an error among the findings, or the source could not be read
 */
export async function doctor(text: string, options: DoctorOptions, platform: Platform): Promise<void> {
  const { json = false, config, envoy, layout } = options;
  const conditions = {
    platform,
    envoy: knownEnvoy(envoy),
    configuration: Buffer.from(config ?? EXAMPLE),
    configuredBy: config === undefined ? "the default configuration" : "--config",
    configured: config !== undefined,
  };
  const registry = await registryOptions(options);
  const source = findSource(text, registry);
  const examined = await examineAll(source, text, conditions, { ...registry, layout });
  const findings = examined.flatMap(([, { findings }]) => findings);
  const ok = !findings.some(({ severity }) => severity === "error");
  if (json) console.log(JSON.stringify(report(text, ok, conditions, examined), null, 2));
  else {
    for (const [name, one] of examined) {
      console.log([verdict(name, conditions.envoy, one), ...shown(one)].join("\n"));
    }
  }
  if (!ok) throw new Failure(`${text}: not fit, see above`);
}

async function examineAll(
  source: Source,
  text: string,
  conditions: Conditions & { readonly configured: boolean },
  places: ImagePlaces,
): Promise<[string, Examined][]> {
  if (source.kind === "module") return [[text, examineModule(source.bytes, conditions)]];
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
