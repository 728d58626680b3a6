import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { place } from "@wasm-header-filter/oci";
import { httpbin } from "./httpbin.ts";
import type { ManifestKind } from "./kinds.ts";
import { kustomization } from "./kustomization.ts";
import { toYaml } from "./yaml.ts";

/** A manifest's text, and the name of its overlay or file. */
export interface Written {
  readonly name: string;
  readonly text: string;
}

/**
 * Writes manifests into a folder: the workload as a kustomize base with an overlay for each, or for plain Envoys a file each.
 *
 * @param folder what else is in it stays
 * @param namespace where base and overlays go
 * @throws Failure if the folder can't be written; it then stays as it was
 */
export async function writeFolder(
  folder: string,
  kind: ManifestKind,
  namespace: string,
  manifests: readonly Written[],
): Promise<void> {
  if (kind === "envoy") {
    const names = manifests.map(({ name }) => `envoy-${name}.yaml`);
    await place(folder, names, (staging) => {
      manifests.forEach(({ text }, at) => {
        writeFileSync(join(staging, names[at] ?? ""), text);
      });
    });
    return;
  }
  await place(folder, ["base", "overlays"], (staging) => {
    write(join(staging, "base"), {
      "httpbin.yaml": toYaml(httpbin()),
      "kustomization.yaml": toYaml([kustomization(namespace, ["httpbin.yaml"])]),
    });
    for (const { name, text } of manifests) {
      write(join(staging, "overlays", name), {
        "plugin.yaml": text,
        "kustomization.yaml": toYaml([kustomization(namespace, ["../../base", "plugin.yaml"])]),
      });
    }
  });
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
