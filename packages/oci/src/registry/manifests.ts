import type { Response } from "undici";
import { type Digest, digestOf, isDigest } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import { mediaTypes } from "../mediatypes.ts";
import { readBody } from "./body.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

/** The largest manifest taken, in bytes: what registries must accept at least (OCI distribution specification). */
const manifestLimit = 4 * 1024 * 1024;

const { manifest, dockerManifest, index, dockerList } = mediaTypes;
const accept = [manifest, dockerManifest, index, dockerList].join(", ");

/** A manifest or an index as the registry keeps it. */
export interface StoredManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/**
 * Asks what a tag or digest points at, without fetching it.
 *
 * @returns nothing if it isn't there
 */
export async function resolveManifest(client: Client, name: string): Promise<Descriptor | undefined> {
  const ask = { at: `manifests/${name}`, what: `manifest ${name}`, headers: { accept } };
  const response = await client.ask({ ...ask, method: "HEAD", expect: [200, 404] });
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  const digest = response.headers.get("docker-content-digest");
  const size = Number(response.headers.get("content-length") ?? Number.NaN);
  // Both headers are optional in the specification.
  if (!isDigest(digest) || !Number.isSafeInteger(size)) return (await getManifest(client, name)).descriptor;
  return { mediaType: mediaTypeOf(response), digest, size };
}

/**
 * Fetches a manifest or index.
 *
 * @param name a tag or a digest
 * @throws RegistryError if it isn't there, is too large, or its bytes don't have the digest asked for or the one that the registry says
 */
export async function getManifest(client: Client, name: string): Promise<StoredManifest> {
  const what = `manifest ${name}`;
  const where = `${client.endpoint.name}: ${what}`;
  const response = await client.ask({
    method: "GET",
    at: `manifests/${name}`,
    what,
    headers: { accept },
    expect: [200],
  });
  const bytes = await readBody(response, manifestLimit, where);
  const digest = digestOf(bytes);
  const expected = isDigest(name) ? name : response.headers.get("docker-content-digest");
  if (expected !== null && expected !== digest) {
    throw new RegistryError(`${where}: its bytes have the digest ${digest}, expected ${expected}`);
  }
  return { descriptor: { mediaType: mediaTypeOf(response), digest, size: bytes.length }, bytes };
}

/**
 * Stores a manifest or index under a tag or its digest.
 *
 * @throws RegistryError if the registry refuses it or says that it has another digest
 */
export async function putManifest(
  client: Client,
  name: string,
  bytes: Uint8Array,
  mediaType: string,
): Promise<Descriptor> {
  const digest = digestOf(bytes);
  const what = `manifest ${name}`;
  const headers = { "content-type": mediaType };
  const ask = { method: "PUT" as const, at: `manifests/${name}`, what, headers, body: bytes };
  const response = await client.ask({ ...ask, expect: [201] });
  await response.body?.cancel();
  checkDigest(response, digest, `${client.endpoint.name}: ${what}`);
  return { mediaType, digest, size: bytes.length };
}

function checkDigest(response: Response, digest: Digest, where: string): void {
  const said = response.headers.get("docker-content-digest") ?? digest;
  if (said !== digest) throw new RegistryError(`${where}: the registry says it has the digest ${said}, not ${digest}`);
}

/** Without the parameters that a registry may add. */
function mediaTypeOf(response: Response): string {
  return response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
}
