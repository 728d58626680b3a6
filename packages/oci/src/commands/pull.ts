import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { writeLayout } from "../layout.ts";
import { formatReference, type Reference } from "../reference.ts";
import { openRepository } from "../registry/repository.ts";
import { type ConnectionOptions, connection } from "./connection.ts";
import type { Pushed } from "./push.ts";

/**
 * Pulls an image into a layout.
 *
 * @param reference with a tag or a digest; with neither, the tag is `latest` as everywhere
 * @param output the layout's folder: an older layout is replaced, anything else is left alone
 */
export async function pull(reference: Reference, output: string, options: ConnectionOptions): Promise<Pushed> {
  if (existsSync(output) && !existsSync(join(output, "oci-layout")) && readdirSync(output).length > 0) {
    throw new Failure(`${output}: holds something else than an OCI image layout, choose another folder`);
  }
  const { tag = "latest", digest } = reference;
  const image = await openRepository(reference, connection(options)).pull(digest ?? tag);
  await writeLayout(output, image, tag);
  return { image: formatReference({ ...reference, tag }), digest: image.descriptor.digest };
}
