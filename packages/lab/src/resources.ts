import { join, relative } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { moduleSource, readManifests, toYaml } from "@wasm-header-filter/manifests";
import { findVariants, formatReference, type Plugin, readModule, type Variant } from "@wasm-header-filter/oci";
import { pluginConfigBytes } from "./plugin-config.ts";

/** What the lab's manifests name, found on this machine. */
export interface LabResources {
  /** The manifest's text, and where it comes from. */
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
 * Reads the generated WasmPlugin and workload, checks that one selects the other, and takes the module out of the image that the WasmPlugin names.
 *
 * @param root the repository's root
 * @param variant whose image takes the place of the generated manifest's
 * @throws Failure if something isn't built, or the WasmPlugin doesn't select the workload
 */
export async function labResources(root: string, variant: string): Promise<LabResources> {
  const folder = join(root, "packages", "manifests", "dist");
  const [pluginPath, workloadPath] = [join(folder, "plugin.yaml"), join(folder, "httpbin.yaml")];
  const generated = read(pluginPath);
  const { wasmPlugins } = readManifests(generated, pluginPath);
  const { deployments } = readManifests(read(workloadPath), workloadPath);
  const [plugin] = wasmPlugins;
  if (!plugin) throw new Failure(`${pluginPath}: holds no WasmPlugin, run npm run build`);

  const labels = deployments[0]?.spec?.template.metadata?.labels ?? {};
  const wanted = Object.entries(plugin.spec.selector?.matchLabels ?? {});
  const missed = wanted.find(([name, value]) => labels[name] !== value);
  if (missed) throw new Failure(`${pluginPath}: selects ${missed.join("=")}, which no pod of ${workloadPath} has`);

  const built = builtVariant(findVariants(root, "all"), variant);
  const source = moduleSource(plugin.spec.url);
  if (source.scheme !== "oci") throw new Failure(`${pluginPath}: expected an oci:// url, got ${plugin.spec.url}`);
  const url = `oci://${formatReference({ ...source.reference, tag: built.plugin.image.tag })}`;
  const changed = url !== plugin.spec.url;
  const config = plugin.spec.pluginConfig as Record<string, string> | undefined;
  const where = relative(root, pluginPath);
  return {
    yaml: changed ? toYaml([{ ...plugin, spec: { ...plugin.spec, url } }]) : generated,
    source: changed ? `${where}, with the tag of variant ${variant}` : where,
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
