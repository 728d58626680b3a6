import { openRepository, parseReference, readLayout, selectImage } from "@wasm-header-filter/oci";
import type { LabResources } from "./resources.ts";

/**
 * Pushes the lab's image, as `oci push` does.
 *
 * @param repository REGISTRY/NAME
 * @throws Failure if the registry refuses it or can't be reached
 */
export async function pushImage({ layout, image }: LabResources, repository: string): Promise<void> {
  const { tag } = image.image;
  await openRepository(parseReference(repository)).push(selectImage(readLayout(layout), layout, tag), tag);
}
