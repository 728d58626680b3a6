import { createHash } from "node:crypto";
import { Failure } from "@wasm-header-filter/cli";
import { digestOf } from "../../src/digest.ts";
import { moduleOf } from "../../src/extract.ts";
import { readImage } from "../../src/reading/image.ts";
import type { ImageStore } from "../../src/store.ts";
import type { StoredForm } from "./registry-writer.ts";

/** What a reader makes of an image. */
export interface ImageVerdict {
  readonly module?: string;
  readonly image?: string;
  readonly invalid?: boolean;
  readonly error?: string;
}

/** A registry in memory, that checks what the project's own ones check. */
function storeOf({ manifests, blobs }: StoredForm): ImageStore {
  return {
    async manifest(name) {
      const found = manifests[name];
      if (!found) throw new Failure(`no manifest ${name}`);
      const bytes = new Uint8Array(Buffer.from(found.bytes, "base64"));
      return { descriptor: { mediaType: found.type, digest: digestOf(bytes), size: bytes.length }, bytes };
    },
    async blob({ digest, size }) {
      const found = blobs[digest];
      if (found === undefined) throw new Failure(`no blob ${digest}`);
      const bytes = new Uint8Array(Buffer.from(found, "base64"));
      if (size !== -1 && bytes.length !== size) throw new Failure(`blob ${digest}: ${bytes.length} bytes, not ${size}`);
      return bytes;
    },
  };
}

/** What this project's reader makes of an image. */
export async function readStored(form: StoredForm): Promise<ImageVerdict> {
  try {
    const image = await readImage(storeOf(form), "latest");
    const module = moduleOf(image, "image");
    return {
      module: createHash("sha256").update(module).digest("hex").slice(0, 16),
      image: image.image?.digest.slice(7, 23) ?? "",
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { error: error.message };
  }
}

/** What Istio's agent takes in the end: it does not take what is no module. */
export const taken = ({ module, image, invalid }: ImageVerdict) =>
  module === undefined || invalid ? "refused" : `${image} ${module}`;
