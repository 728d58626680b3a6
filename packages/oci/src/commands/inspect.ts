import { statSync } from "node:fs";
import { type Inspection, inspect, inspectImage } from "../inspect.ts";
import { formatReference, imageArgument } from "../reference.ts";
import type { RegistryOptions } from "../registry/options.ts";
import { openRepository } from "../registry/repository.ts";
import { nameOf } from "./pull.ts";

/**
 * Inspects the images of a layout, or one in a registry.
 *
 * @param source a folder, else an image's name
 */
export async function inspectSource(source: string, options: () => Promise<RegistryOptions>): Promise<Inspection[]> {
  if (!source.startsWith("oci://") && isLayout(source)) return inspect(source);
  const reference = imageArgument(source);
  const repository = openRepository(reference, await options());
  const tag = reference.digest ? undefined : nameOf(reference);
  return [await inspectImage(repository, nameOf(reference), formatReference(reference), tag)];
}

/** Whether a text means a layout: a file or folder that exists, a path, or anything that can't be an image's name with a registry. */
function isLayout(source: string): boolean {
  if (statSync(source, { throwIfNoEntry: false })) return true;
  return !/^[^/]*[.:][^/]*\/[^/]/.test(source) || /^\.{0,2}\//.test(source);
}
