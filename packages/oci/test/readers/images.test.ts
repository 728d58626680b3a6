import { createHash } from "node:crypto";
import { Failure } from "@wasm-header-filter/cli";
import { verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { digestOf } from "../../src/digest.ts";
import { moduleOf } from "../../src/extract.ts";
import { readImage } from "../../src/reading/image.ts";
import type { ImageStore } from "../../src/store.ts";
import { imageForms } from "./image-forms.ts";
import type { StoredForm } from "./registry-writer.ts";

interface Verdict {
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

async function ours(form: StoredForm): Promise<Verdict> {
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
const taken = ({ module, image, invalid }: Verdict) =>
  module === undefined || invalid ? "refused" : `${image} ${module}`;

test("images are taken and refused as Istio's agent does, with the same module", async () => {
  const forms = imageForms();
  expect(new Set(forms.map(([name]) => name)).size).toBe(forms.length);
  const asked = forms.map(([name, form]) => ({ name, input: form }));
  const said = await verdicts<Verdict>("image", asked, new URL("./images.record.json", import.meta.url));
  const different: string[] = [];
  const kinds = { taken: 0, refused: 0 };
  for (const [name, form] of forms) {
    const [own, real] = [await ours(form), said.get(name) as Verdict];
    kinds[taken(real) === "refused" ? "refused" : "taken"]++;
    if (taken(own) !== taken(real)) different.push(`${name}: ${JSON.stringify(own)}, Istio: ${JSON.stringify(real)}`);
  }
  expect(different).toEqual([]);
  expect(kinds.taken).toBeGreaterThan(300);
  expect(kinds.refused).toBeGreaterThan(500);
});
