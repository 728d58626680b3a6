import {
  type FoundExtension,
  type FoundSecret,
  findExtensions,
  pluginConfigBytes,
} from "@wasm-header-filter/manifests";
import { openLayout, type Reference, type RegistryOptions, secretFault } from "@wasm-header-filter/oci";
import { examine } from "proxy-wasm-host";
import {
  type Conditions,
  type Examined,
  examineImage,
  examineModule,
  outcomeOf,
  withFindings,
  withMap,
} from "./examination.ts";
import { DOWNLOAD_RULES } from "./rules/download-rules.ts";
import { FILE_RULES } from "./rules/file-rules.ts";
import { MANIFEST_FILE_RULES } from "./rules/manifest-file-rules.ts";
import { MANIFEST_RULES } from "./rules/manifest-rules.ts";
import { TYPE_RULES } from "./rules/type-rules.ts";
import { download } from "./subjects/download.ts";
import { openFile } from "./subjects/file.ts";
import type { Pin } from "./subjects/image.ts";
import { type PluginSubject, pluginSubject } from "./subjects/plugin.ts";
import { FETCH_LIMIT, type ImageSource, openAsIstio } from "./subjects/source.ts";

/** Where a manifest's images are read from. */
export interface ImagePlaces extends RegistryOptions {
  /** The folder of a layout to use instead of registries. */
  readonly layout?: string | undefined;
}

/**
 * Examines each WasmPlugin and TrafficExtension of a manifest, the image or download behind its `url`, and the module with its
 * `pluginConfig`.
 *
 * @param text YAML or JSON
 * @param where the name of the manifest, for messages
 * @param given the conditions; the manifest's configuration is used unless they have one
 * @param places where images are read from
 * @returns the results by name; the first is that of the manifest itself if there are findings about it
 */
export async function examineManifest(
  text: string,
  where: string,
  given: Conditions,
  places: ImagePlaces,
): Promise<[string, Examined][]> {
  const found = findExtensions(text, where);
  const findings = examine(MANIFEST_FILE_RULES, found);
  const examined: [string, Examined][] =
    findings.length > 0 ? [[where, { outcome: outcomeOf(findings, "not looked at"), findings }]] : [];
  for (const extension of found.extensions) {
    const { kind, namespace, name, module } = extension;
    const secret = found.secrets.find((one) => one.name === module.imagePullSecret && one.namespace === namespace);
    const label = `${where}: ${kind} ${namespace}/${name}`;
    examined.push([label, await examineExtension(extension, secret, given, places)]);
  }
  return examined;
}

async function examineExtension(
  extension: FoundExtension,
  secret: FoundSecret | undefined,
  given: Conditions,
  places: ImagePlaces,
): Promise<Examined> {
  const examined = await examineBehind(extension, secret, given, places);
  const { type = "HTTP" } = extension.module;
  const used = examined.module ? examine(TYPE_RULES, { type, callbacks: examined.module.callbacks }) : [];
  return withFindings([], { ...examined, findings: [...examined.findings, ...used] });
}

/** Examines the fields of an extension, and the image or download behind its `url`. */
async function examineBehind(
  extension: FoundExtension,
  secret: FoundSecret | undefined,
  given: Conditions,
  places: ImagePlaces,
): Promise<Examined> {
  const plugin = { ...pluginSubject(extension), ...(secret && { secret: await subjectOf(secret, extension) }) };
  const findings = examine(MANIFEST_RULES, plugin);
  const { reference, scheme, url } = plugin;
  const conditions = conditionsOf(plugin, given);
  if (scheme === "http" || scheme === "https") {
    return withFindings(findings, await examineDownload(url, plugin.module.sha256, conditions));
  }
  if (scheme === "file") return withFindings(findings, await examineFile(url, conditions));
  if (!reference) return { outcome: outcomeOf(findings, "not looked at"), findings, pulled: true };
  const { tag = "latest", digest } = reference;
  const found = placeOf(reference, { ...places, ...(secret?.config && { dockerConfig: secret.config }) });
  const source = { name: plugin.url, ...found, at: digest ?? tag, pins: pinsOf(plugin) };
  return withFindings(findings, await examineImage(source, conditions));
}

/** Examines the file behind a `file://` URL; the proxy's file system may have it although this one does not. */
async function examineFile(url: string, conditions: Conditions): Promise<Examined> {
  const file = openFile(url);
  if (file.bytes) return { ...(await examineModule(file.bytes, withMap(conditions, file.sourceMap))), pulled: true };
  return { outcome: "not looked at", findings: examine(FILE_RULES, { url, reason: file.reason }), pulled: true };
}

async function examineDownload(url: string, sha256: string | undefined, conditions: Conditions): Promise<Examined> {
  const downloaded = await download(url, { signal: AbortSignal.timeout(FETCH_LIMIT) });
  const findings = examine(DOWNLOAD_RULES, { url, download: downloaded, ...(sha256 && { sha256 }) });
  const nothing = { outcome: outcomeOf(findings, "not looked at"), findings, pulled: true };
  if (downloaded.failure !== undefined) return nothing;
  return { ...withFindings(findings, await examineModule(downloaded.module, conditions)), pulled: true };
}

function placeOf(reference: Reference, { layout, ...options }: ImagePlaces): Pick<ImageSource, "store" | "refusals"> {
  return layout === undefined ? openAsIstio(reference, options) : { store: openLayout(layout) };
}

/** A Secret, with what keeps Istio's agent from pulling an extension's image with it. */
async function subjectOf(
  secret: FoundSecret,
  extension: FoundExtension,
): Promise<NonNullable<PluginSubject["secret"]>> {
  const { reference } = pluginSubject(extension);
  const unreadable = secret.config && reference ? await secretFault(reference, secret.config) : undefined;
  return { fault: secret.fault ?? unreadable };
}

function pinsOf({ reference, module }: PluginSubject): Pin[] {
  const { sha256 } = module;
  const valid = sha256 && /^[a-f0-9]{64}$/.test(sha256);
  return [
    ...(reference?.digest ? [{ digest: reference.digest, by: "its url" }] : []),
    ...(valid ? [{ digest: `sha256:${sha256}` as const, by: "its sha256" }] : []),
  ];
}

/** What Istio passes to the module: the exact bytes of its configuration, its root id and its environment variables. */
function conditionsOf({ module }: PluginSubject, given: Conditions): Conditions {
  const { pluginConfig, pluginName, vmConfig } = module;
  const object = typeof pluginConfig === "object" && pluginConfig !== null ? pluginConfig : undefined;
  const variables = Array.isArray(vmConfig?.env) ? vmConfig.env : [];
  const configuration = {
    configuration: pluginConfigBytes(object),
    configuredBy: object ? "its pluginConfig" : "having no pluginConfig",
  };
  const environment = Object.fromEntries(variables.map(({ name, value = "" }) => [name, value]));
  return {
    ...given,
    ...(given.configuration === undefined && configuration),
    plugin: { ...(pluginName && { rootId: pluginName }), environment, ...given.plugin },
  };
}
