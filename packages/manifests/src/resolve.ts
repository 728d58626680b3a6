import { Failure, UsageError } from "@wasm-header-filter/cli";
import {
  type Digest,
  formatReference,
  hexOf,
  imageTag,
  isDigest,
  type Reference,
  type RegistryOptions,
} from "@wasm-header-filter/oci";
import { checkAgainstRegistry, refuseModuleDigest, registryDigest } from "./digest.ts";
import type { WasmPluginSpec } from "./extension.ts";
import type { ManifestInput } from "./input.ts";
import { latestRelease } from "./release.ts";
import { moduleSource } from "./source.ts";
import type { Target } from "./target.ts";
import { builtDigest, type NamedVariant } from "./variant.ts";

/** What `--version` takes for the newest release. */
const LATEST_RELEASE = "latest-release";

/** A request for a manifest, before versions and digests are resolved. */
export interface Wanted {
  readonly target: Target;
  readonly name: string;
  readonly namespace: string;
  /** Fields of the plugin, all but `url`. */
  readonly fields: Partial<WasmPluginSpec>;
  /** Where images are, without tag and digest. */
  readonly repository?: Reference;
  readonly version?: string;
  /** The source of the digest to pin. */
  readonly digest?: "registry" | "layout";
  /** Where the module is instead: a URL, or a path in the proxy's file system. */
  readonly moduleUrl?: string;
  readonly modulePath?: string;
  readonly connection: RegistryOptions;
}

/**
 * Resolves what a request leaves open: the version, the URL, the digest and the pods.
 *
 * @param variant whose module it is; may be left out when the request says where the module is
 * @throws UsageError if the module's location is missing; Failure if it can't be found or the digest is not that of the image's manifest
 */
export async function resolveRequest(wanted: Wanted, variant: NamedVariant | undefined): Promise<ManifestInput> {
  const { name, namespace, target, fields } = wanted;
  const module = await moduleOf(wanted, variant);
  const {
    targetRefs,
    selector = targetRefs ? undefined : target.selector,
    phase,
    priority,
    match,
    sha256: _,
    pluginConfig = {},
    ...others
  } = fields;
  // In the order of the API's documentation.
  const spec: WasmPluginSpec = {
    ...present({ selector, targetRefs, phase, priority, match }),
    ...module,
    ...others,
    ...(Object.keys(pluginConfig).length > 0 && { pluginConfig }),
  };
  return { name, namespace, spec };
}

/** The fields that have a value. */
function present(fields: Partial<Record<keyof WasmPluginSpec, unknown>>): Partial<WasmPluginSpec> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

type ModuleLocation = Pick<WasmPluginSpec, "url" | "sha256">;

async function moduleOf(wanted: Wanted, variant: NamedVariant | undefined): Promise<ModuleLocation> {
  const { target, moduleUrl, modulePath, repository, fields } = wanted;
  if (modulePath !== undefined) return withSha256(target.fileUrl(modulePath), fields.sha256);
  if (moduleUrl !== undefined) {
    const source = moduleSource(moduleUrl);
    if (source.scheme === "oci") return image(wanted, source.reference, variant);
    return withSha256(
      moduleUrl,
      fields.sha256 ?? (source.scheme === "file" ? undefined : variant?.plugin?.module.sha256),
    );
  }
  if (target.buildUrl && variant) return { url: target.buildUrl(variant) };
  if (!repository || !variant)
    throw new UsageError("no module: expected --variant and --repository, --module-url or --module-path");
  const version = await versionOf(wanted, repository, variant);
  return image(wanted, { ...repository, tag: imageTag(version, variant.variant) }, { ...variant, version });
}

function withSha256(url: string, sha256: string | undefined): ModuleLocation {
  return { url, ...(sha256 !== undefined && { sha256 }) };
}

async function versionOf(
  { version, connection }: Wanted,
  repository: Reference,
  variant: NamedVariant,
): Promise<string> {
  if (version !== LATEST_RELEASE) return version ?? variant.version;
  return latestRelease(repository, variant.variant, connection);
}

/** An image's URL, with the digest that is requested or given. A given digest is checked against the build and the registry. */
async function image(wanted: Wanted, reference: Reference, variant: NamedVariant | undefined): Promise<ModuleLocation> {
  const checksum = givenDigest(wanted.fields.sha256);
  const given = checksum ?? reference.digest;
  if (reference.digest && given !== reference.digest) {
    throw new Failure(`sha256 ${given}: is not the digest in the URL, ${reference.digest}; Istio refuses the pull`);
  }
  const built = variant?.plugin;
  if (given && built) refuseModuleDigest(given, `sha256:${built.module.sha256}`, built.image.digest);
  const digest = (await askedDigest(wanted, reference, variant, given)) ?? reference.digest;
  const url = `oci://${formatReference({ ...reference, ...(digest && { digest }) })}`;
  const pinned = digest ?? checksum;
  return withSha256(url, pinned && hexOf(pinned));
}

async function askedDigest(
  { digest: from, connection }: Wanted,
  reference: Reference,
  variant: NamedVariant | undefined,
  given: Digest | undefined,
): Promise<Digest | undefined> {
  if (from === "registry" && given) {
    await checkAgainstRegistry(given, reference, connection);
    return given;
  }
  if (from === "registry") return registryDigest(reference, connection);
  if (from === undefined) return undefined;
  if (!variant) throw new UsageError("--digest layout: expected --variant, to know which layout");
  const built = builtDigest(variant, variant.version);
  if (given && given !== built)
    throw new Failure(`sha256 ${given}: the image in the layout of ${variant.variant} is ${built}`);
  return built;
}

function givenDigest(sha256: string | undefined): Digest | undefined {
  if (!sha256) return undefined;
  const digest = `sha256:${sha256.replace(/^sha256:/, "")}`;
  if (isDigest(digest)) return digest;
  throw new UsageError(`sha256 ${JSON.stringify(sha256)}: expected 64 lower-case hexadecimal digits`);
}
