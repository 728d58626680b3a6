import { Failure, readInput } from "@wasm-header-filter/cli";
import { moduleOf } from "./extract.ts";
import { layoutNamed, readModule } from "./layout.ts";
import { readImage } from "./reading/image.ts";
import { parseReference } from "./reference.ts";
import { openRepository } from "./registry/repository.ts";

/**
 * Reads a module that the user named.
 *
 * @param source a file, an OCI image layout's folder, such a folder and a tag as `DIR:TAG`, or an image in a registry as `oci://…`
 * @returns the module's bytes
 * @throws Failure if there is nothing of that name, it can't be read or pulled, or the image breaks Istio's rules
 */
export async function readModuleSource(source: string): Promise<Uint8Array> {
  if (source.startsWith("oci://")) return pullModule(source);
  if (source.includes("://")) {
    throw new Failure(
      `${source}: expected a file, an OCI layout's folder, DIR:TAG, or an image as oci://REGISTRY/NAME:TAG`,
    );
  }
  const layout = layoutNamed(source);
  return layout ? readModule(layout.dir, layout.tag) : readInput(source, "module");
}

async function pullModule(source: string): Promise<Uint8Array> {
  const reference = parseReference(source.slice("oci://".length));
  return moduleOf(await readImage(openRepository(reference), reference.digest ?? reference.tag ?? "latest"), source);
}
