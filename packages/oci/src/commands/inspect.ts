import { statSync } from "node:fs";
import { type Inspection, inspect, inspectImage } from "../inspect.ts";
import { formatReference, imageArgument } from "../reference.ts";
import type { RegistryOptions } from "../registry/options.ts";
import { openRepository } from "../registry/repository.ts";
import { nameOf } from "./pull.ts";

/**
 * Looks into the images of a layout, or into one in a registry.
 *
 * @param source a folder, else an image's name
 */
export async function inspectSource(source: string, options: () => Promise<RegistryOptions>): Promise<Inspection[]> {
  if (!source.startsWith("oci://") && isLayout(source)) return inspect(source);
  const reference = imageArgument(source);
  const image = await openRepository(reference, await options()).pull(nameOf(reference));
  return [await inspectImage(image, formatReference(reference))];
}

/** A folder is a layout, or meant as one; so is a path that can't be an image's name or names no registry. */
function isLayout(source: string): boolean {
  if (statSync(source, { throwIfNoEntry: false })) return true;
  return !/^[^/]*[.:][^/]*\/[^/]/.test(source) || /^\.{0,2}\//.test(source);
}
