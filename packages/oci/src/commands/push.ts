import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { readLayout, selectImage, type TaggedImage } from "../layout.ts";
import { formatReference, type Reference } from "../reference.ts";
import { openRepository } from "../registry/repository.ts";
import { type ConnectionOptions, connection } from "./connection.ts";

/** What a push did. */
export interface Pushed {
  /** With the tag that it has now. */
  readonly image: string;
  readonly digest: string;
}

/**
 * Pushes an image of a layout.
 *
 * @param source a layout, or a folder whose build has left one in `oci/` or `dist/oci/`
 * @param reference its tag is the one that the image gets; without one it keeps the layout's
 */
export async function push(source: string, reference: Reference, options: ConnectionOptions): Promise<Pushed> {
  if (reference.digest) throw new Failure(`${formatReference(reference)}: expected no digest, the image has its own`);
  const image = choose(findLayout(source), reference.tag);
  const tag = reference.tag ?? image.tag;
  const { digest } = await openRepository(reference, connection(options)).push(image, tag);
  return { image: formatReference({ ...reference, ...(tag && { tag }) }), digest };
}

/** The only image, else the one that has the tag already. */
function choose(dir: string, tag: string | undefined): TaggedImage {
  const images = readLayout(dir);
  return images.length === 1 ? images[0] : selectImage(images, dir, tag);
}

function findLayout(source: string): string {
  const places = ["", "oci", join("dist", "oci")].map((below) => join(source, below));
  return places.find((dir) => existsSync(join(dir, "oci-layout"))) ?? source;
}
