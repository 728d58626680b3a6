import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { writeLayout } from "../layout.ts";
import { formatReference, type Reference } from "../reference.ts";
import type { RegistryOptions } from "../registry/options.ts";
import { openRepository } from "../registry/repository.ts";
import type { Located } from "./push.ts";

/**
 * Pulls an image into a layout.
 *
 * @param reference with a tag or a digest; with neither, the tag is `latest` as everywhere
 * @param output the layout's folder: an older layout is replaced, anything else is not overwritten
 */
export async function pull(reference: Reference, output: string, options: RegistryOptions): Promise<Located> {
  if (existsSync(output) && !existsSync(join(output, "oci-layout")) && readdirSync(output).length > 0) {
    throw new Failure(`${output}: is not an OCI image layout and not empty, choose another folder`);
  }
  const image = await openRepository(reference, options).pull(nameOf(reference));
  await writeLayout(output, image, reference.tag ?? image.tag);
  return { image: formatReference(reference), ...image.descriptor };
}

/** The tag or digest that a registry is asked for. */
export function nameOf({ tag, digest }: Reference): string {
  return digest ?? tag ?? "latest";
}
