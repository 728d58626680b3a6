import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { moduleSource, pluginConfigBytes, readManifests, toYaml } from "@wasm-header-filter/manifests";
import { findVariants, type Plugin, type Variant } from "@wasm-header-filter/oci";

/** The lab's manifests, and the files on this machine that they name. */
export interface LabResources {
  /** The WasmPlugin's manifest: its file, the path that is shown, and its text without comments. */
  readonly manifest: string;
  readonly source: string;
  readonly yaml: string;
  /** `NAMESPACE.NAME` of the WasmPlugin. */
  readonly name: string;
  /** The image that its `url` names, and the layout that holds it. */
  readonly image: Plugin;
  readonly layout: string;
  /** The path of the module in the variant's build. */
  readonly modulePath: string;
  /** The workload's labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** The filter's configuration as Istio delivers it. */
  readonly configuration: Uint8Array;
  /** The headers that the configuration adds, in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Reads a variant's generated WasmPlugin and the workload, and checks that one selects the other and names the image that was built.
 *
 * @param root the repository's root
 * @param variant whose overlay it is
 * @throws Failure if something isn't built, or the WasmPlugin doesn't select the workload
 */
export function labResources(root: string, variant: string): LabResources {
  const built = builtVariant(findVariants(root, "all"), variant);
  const folder = join(root, "packages", "manifests", "dist");
  const pluginPath = join(folder, "overlays", variant, "plugin.yaml");
  const workloadPath = join(folder, "base", "httpbin.yaml");
  const { wasmPlugins } = readManifests(read(pluginPath), pluginPath);
  const { deployments } = readManifests(read(workloadPath), workloadPath);
  const [plugin] = wasmPlugins;
  if (!plugin) throw new Failure(`${pluginPath}: holds no WasmPlugin, run npm run build`);

  const labels = deployments[0]?.spec?.template.metadata?.labels ?? {};
  const wanted = Object.entries(plugin.spec.selector?.matchLabels ?? {});
  const missed = wanted.find(([name, value]) => labels[name] !== value);
  if (missed) throw new Failure(`${pluginPath}: selects ${missed.join("=")}, which no pod of ${workloadPath} has`);

  const source = moduleSource(plugin.spec.url);
  if (source.scheme !== "oci" || source.reference.tag !== built.plugin.image.tag) {
    throw new Failure(`${pluginPath}: names ${plugin.spec.url}, built is ${built.plugin.image.tag}; run npm run build`);
  }
  const config = plugin.spec.pluginConfig as Record<string, string> | undefined;
  return {
    manifest: pluginPath,
    source: relative(root, pluginPath),
    yaml: toYaml([plugin]),
    name: `${plugin.metadata.namespace ?? "default"}.${plugin.metadata.name}`,
    image: built.plugin,
    layout: built.dist.layout,
    modulePath: built.dist.module,
    labels,
    configuration: pluginConfigBytes(config),
    headers: new Map(Object.entries(config ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

/**
 * The same with the image in a registry, and another manifest that names it there.
 *
 * @param folder where that manifest is written
 * @param repository REGISTRY/NAME
 */
export function inRegistry(resources: LabResources, folder: string, repository: string): LabResources {
  const [plugin] = readManifests(resources.yaml, resources.source).wasmPlugins;
  if (!plugin) throw new Failure(`${resources.source}: holds no WasmPlugin, run npm run build`);
  const spec = { ...plugin.spec, url: `oci://${repository}:${resources.image.image.tag}` };
  const [manifest, yaml] = [join(folder, "plugin.yaml"), toYaml([{ ...plugin, spec }])];
  writeFileSync(manifest, yaml);
  return { ...resources, manifest, source: manifest, yaml };
}

function builtVariant(variants: readonly Variant[], name: string): Variant & { plugin: Plugin } {
  const found = variants.find(({ variant }) => variant === name);
  const names = variants.map(({ variant }) => variant).join(", ");
  if (!found) throw new Failure(`--variant ${name}: no such variant, expected one of ${names}`);
  if (!found.plugin)
    throw new Failure(`--variant ${name}: not built, run npm run build${found.onDemand ? ":all" : ""}`);
  return { ...found, plugin: found.plugin };
}

function read(path: string): string {
  return readInput(path, "manifest").toString();
}
