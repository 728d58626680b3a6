import { digestOf } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import { moduleLimit } from "../layer.ts";
import { readBody } from "./body.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

/**
 * Fetches a blob and holds it against its descriptor.
 *
 * @param onBytes told how many bytes have come so far
 * @throws RegistryError if it isn't there, or has another size or digest
 */
export async function getBlob(
  client: Client,
  { digest, size }: Descriptor,
  onBytes?: (count: number) => void,
): Promise<Uint8Array> {
  const what = `blob ${digest}`;
  const where = `${client.endpoint.name}: ${what}`;
  if (size > moduleLimit) throw new RegistryError(`${where}: ${size} bytes, expected at most ${moduleLimit}`);
  const response = await client.ask({ method: "GET", at: `blobs/${digest}`, what, expect: [200] });
  const bytes = await readBody(response, size, where, onBytes);
  if (bytes.length !== size) throw new RegistryError(`${where}: ${bytes.length} bytes, its descriptor says ${size}`);
  const actual = digestOf(bytes);
  if (actual !== digest) throw new RegistryError(`${where}: its bytes have the digest ${actual}, so they were changed`);
  return bytes;
}

/** Whether the repository has a blob. */
export async function hasBlob(client: Client, digest: string): Promise<boolean> {
  const what = `blob ${digest}`;
  const response = await client.ask({ method: "HEAD", at: `blobs/${digest}`, what, expect: [200, 404] });
  await response.body?.cancel();
  return response.status === 200;
}
