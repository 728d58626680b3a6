import { type FoundExtension, findExtensions, pluginConfigBytes } from "@wasm-header-filter/manifests";
import {
  type ImageStore,
  openLayout,
  openRepository,
  type Reference,
  type RegistryOptions,
} from "@wasm-header-filter/oci";
import { examine } from "proxy-wasm-host";
import { type Conditions, type Examined, examineImage, examineModule } from "./examination.ts";
import { DOWNLOAD_RULES } from "./rules/download-rules.ts";
import { MANIFEST_FILE_RULES } from "./rules/manifest-file-rules.ts";
import { MANIFEST_RULES } from "./rules/manifest-rules.ts";
import { TYPE_RULES } from "./rules/type-rules.ts";
import { download } from "./subjects/download.ts";
import type { Pin } from "./subjects/image.ts";
import { type PluginSubject, pluginSubject } from "./subjects/plugin.ts";

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
 * @param given the conditions; the manifest's configuration is used unless `configured` is true
 * @param places where images are read from
 * @returns the results by name; the first is that of the manifest itself if there are findings about it
 */
export async function examineManifest(
  text: string,
  where: string,
  given: Conditions & { readonly configured: boolean },
  places: ImagePlaces,
): Promise<[string, Examined][]> {
  const found = findExtensions(text, where);
  const findings = examine(MANIFEST_FILE_RULES, found);
  const examined: [string, Examined][] = findings.length > 0 ? [[where, { findings }]] : [];
  for (const extension of found.extensions) {
    const { kind, namespace, name } = extension;
    examined.push([`${where}: ${kind} ${namespace}/${name}`, await examineExtension(extension, given, places)]);
  }
  return examined;
}

async function examineExtension(
  extension: FoundExtension,
  given: Conditions & { readonly configured: boolean },
  places: ImagePlaces,
): Promise<Examined> {
  const examined = await examineBehind(extension, given, places);
  const { type = "HTTP" } = extension.module;
  const used = examined.module ? examine(TYPE_RULES, { type, callbacks: examined.module.callbacks }) : [];
  return { ...examined, findings: [...examined.findings, ...used] };
}

/** Examines the fields of an extension, and the image or download behind its `url`. */
async function examineBehind(
  extension: FoundExtension,
  given: Conditions & { readonly configured: boolean },
  places: ImagePlaces,
): Promise<Examined> {
  const plugin = pluginSubject(extension);
  const findings = examine(MANIFEST_RULES, plugin);
  const { reference, scheme, url } = plugin;
  const conditions = given.configured ? given : { ...given, ...configurationOf(plugin) };
  if (scheme === "http" || scheme === "https") {
    const examined = await examineDownload(url, plugin.module.sha256, conditions);
    return { ...examined, findings: [...findings, ...examined.findings] };
  }
  if (!reference) return { findings, pulled: true };
  const { tag = "latest", digest } = reference;
  const source = { name: plugin.url, store: storeOf(reference, places), at: digest ?? tag, pins: pinsOf(plugin) };
  const examined = await examineImage(source, conditions);
  return { ...examined, findings: [...findings, ...examined.findings] };
}

async function examineDownload(url: string, sha256: string | undefined, conditions: Conditions): Promise<Examined> {
  const downloaded = await download(url);
  const findings = examine(DOWNLOAD_RULES, { url, download: downloaded, ...(sha256 && { sha256 }) });
  if (downloaded.failure !== undefined) return { findings, pulled: true };
  const examined = examineModule(downloaded.module, conditions);
  return { ...examined, findings: [...findings, ...examined.findings], pulled: true };
}

function storeOf(reference: Reference, { layout, ...options }: ImagePlaces): ImageStore {
  return layout === undefined ? openRepository(reference, options) : openLayout(layout);
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
function configurationOf({ module }: PluginSubject): Partial<Conditions> {
  const { pluginConfig, pluginName, vmConfig } = module;
  const object = typeof pluginConfig === "object" && pluginConfig !== null ? pluginConfig : undefined;
  const variables = Array.isArray(vmConfig?.env) ? vmConfig.env : [];
  return {
    configuration: pluginConfigBytes(object),
    configuredBy: object ? "its pluginConfig" : "having no pluginConfig",
    plugin: {
      ...(pluginName && { rootId: pluginName }),
      environment: Object.fromEntries(variables.map(({ name, value = "" }) => [name, value])),
    },
  };
}
