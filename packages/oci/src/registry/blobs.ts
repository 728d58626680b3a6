import { type Digest, digestOf } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import { MODULE_LIMIT } from "../layer.ts";
import { ANY_SIZE } from "../reading/manifest.ts";
import { lengthOf, readBody } from "./body.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

/**
 * Fetches a blob and checks it against its descriptor. After a broken connection it resumes where it was.
 *
 * @throws RegistryError if it isn't there, is larger than any module may be, or has another size or digest
 */
export async function getBlob(client: Client, blob: Descriptor): Promise<Uint8Array> {
  const { digest } = blob;
  // go-containerregistry does not check the size that a negative one stands for.
  const size = blob.size === ANY_SIZE ? undefined : blob.size;
  const where = client.where(`blob ${digest}`);
  if (size !== undefined && size > MODULE_LIMIT)
    throw new RegistryError(`${where}: ${size} bytes, expected at most ${MODULE_LIMIT}`);
  const parts: Uint8Array[] = [];
  const bytes = await client.retry(() => readOn(client, blob, parts));
  if (size !== undefined && bytes.length !== size)
    throw new RegistryError(`${where}: ${bytes.length} bytes, its descriptor says ${size}`);
  const actual = digestOf(bytes);
  if (actual !== digest) throw new RegistryError(`${where}: its bytes have the digest ${actual}, so it was changed`);
  client.progress?.({ kind: "blob", direction: "pull", blob, done: bytes.length, state: "done" });
  return bytes;
}

/** Reads what is missing, or everything if the registry doesn't support ranges (RFC 9110, section 14). */
async function readOn(client: Client, blob: Descriptor, parts: Uint8Array[]): Promise<Uint8Array> {
  const what = `blob ${blob.digest}`;
  const have = lengthOf(parts);
  // The connection broke after the last byte: an empty range would be refused.
  if (have > 0 && have === blob.size) return new Uint8Array(Buffer.concat(parts));
  const headers = have > 0 ? { range: `bytes=${have}-` } : {};
  const ask = { method: "GET", at: `blobs/${blob.digest}`, what, headers } as const;
  const response = await client.once({ ...ask, expect: have > 0 ? [200, 206] : [200] });
  const fits = response.headers.get("content-range")?.startsWith(`bytes ${have}-`);
  if (response.status === 200 || !fits) parts.length = 0;
  if (response.status === 206 && !fits) {
    await response.body?.cancel();
    throw new RegistryError(`${client.where(what)}: the registry sent another range than was requested`, {
      transient: true,
    });
  }
  const event = { kind: "blob", direction: "pull", blob, state: "moving" } as const;
  const onBytes = (done: number) => client.progress?.({ ...event, done });
  return readBody(response, blob.size === ANY_SIZE ? MODULE_LIMIT : blob.size, client.where(what), parts, onBytes);
}

/** Whether the repository has a blob. False too if the registry doesn't say, since a push then shows why. */
export async function hasBlob(client: Client, digest: Digest): Promise<boolean> {
  const ask = { method: "HEAD", at: `blobs/${digest}`, what: `blob ${digest}`, push: true } as const;
  // An error without a body gives no reason; the upload's error does.
  const { status } = await client.ask({ ...ask, expect: [200, 401, 403, 404] });
  return status === 200;
}
