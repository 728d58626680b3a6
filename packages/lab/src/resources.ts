import { join, relative } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { moduleSource, pluginConfigBytes, readManifests, toYaml } from "@wasm-header-filter/manifests";
import { findVariants, type Plugin, readModule, type Variant } from "@wasm-header-filter/oci";

/** What the lab's manifests name, found on this machine. */
export interface LabResources {
  /** The manifest's text without its comments, and where it comes from. */
  readonly yaml: string;
  readonly source: string;
  /** `NAMESPACE.NAME` of the WasmPlugin. */
  readonly name: string;
  /** The image that its `url` names. */
  readonly image: Plugin;
  /** The bytes of `plugin.wasm` in that image. */
  readonly module: Uint8Array;
  /** The path of the same module in the variant's build. */
  readonly modulePath: string;
  /** The filter's configuration as Istio delivers it. */
  readonly configuration: Uint8Array;
  /** The headers that the configuration adds, in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Reads a variant's generated WasmPlugin and the workload, checks that one selects the other, and takes the module out of the image
 * that the WasmPlugin names.
 *
 * @param root the repository's root
 * @param variant whose overlay it is
 * @throws Failure if something isn't built, or the WasmPlugin doesn't select the workload
 */
export async function labResources(root: string, variant: string): Promise<LabResources> {
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
    yaml: toYaml([plugin]),
    source: relative(root, pluginPath),
    name: `${plugin.metadata.namespace ?? "default"}.${plugin.metadata.name}`,
    image: built.plugin,
    module: await readModule(built.dist.layout, built.plugin.image.tag),
    modulePath: built.dist.module,
    configuration: pluginConfigBytes(config),
    headers: new Map(Object.entries(config ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

function builtVariant(variants: readonly Variant[], name: string): Variant & { plugin: Plugin } {
  const found = variants.find(({ variant }) => variant === name);
  const names = variants.map(({ variant }) => variant).join(", ");
  if (!found) throw new Failure(`--variant ${name}: there is no such variant, there is ${names}`);
  if (!found.plugin)
    throw new Failure(`--variant ${name}: not built, run npm run build${found.onDemand ? ":all" : ""}`);
  return { ...found, plugin: found.plugin };
}

function read(path: string): string {
  return readInput(path, "manifest").toString();
}
