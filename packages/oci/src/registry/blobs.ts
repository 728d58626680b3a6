import { type Digest, digestOf } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import { moduleLimit } from "../layer.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

/**
 * Fetches a blob and holds it against its descriptor.
 *
 * @throws RegistryError if it isn't there, is larger than any module may be, or has another size or digest
 */
export async function getBlob(client: Client, blob: Descriptor): Promise<Uint8Array> {
  const { digest, size } = blob;
  const what = `blob ${digest}`;
  const where = client.where(what);
  if (size > moduleLimit) throw new RegistryError(`${where}: ${size} bytes, expected at most ${moduleLimit}`);
  const event = { kind: "blob", direction: "pull", blob } as const;
  const { bytes } = await client.read({ method: "GET", at: `blobs/${digest}`, what, expect: [200] }, size, (done) =>
    client.progress?.({ ...event, done, state: "moving" }),
  );
  if (bytes.length !== size) throw new RegistryError(`${where}: ${bytes.length} bytes, its descriptor says ${size}`);
  const actual = digestOf(bytes);
  if (actual !== digest) throw new RegistryError(`${where}: its bytes have the digest ${actual}, so they were changed`);
  client.progress?.({ ...event, done: size, state: "done" });
  return bytes;
}

/** Whether the repository has a blob, as far as whoever is about to push it may know. */
export async function hasBlob(client: Client, digest: Digest): Promise<boolean> {
  const ask = { method: "HEAD", at: `blobs/${digest}`, what: `blob ${digest}`, push: true } as const;
  // A refusal without a body gives no reason; that of the upload does.
  const { status } = await client.ask({ ...ask, expect: [200, 401, 403, 404] });
  return status === 200;
}
